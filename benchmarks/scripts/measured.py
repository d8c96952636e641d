"""Runs a script as `python SCRIPT ...` would; leaves in a file its seconds, peak memory, and when it printed what.

`python measured.py FILE SCRIPT ...`: a process's own view, as its parent's would hold the parent's memory too.
"""

import io
import json
import runpy
import sys
import time
from pathlib import Path

started = time.perf_counter()
figures, script, *arguments = sys.argv[1:]
sys.argv = [script, *arguments]
sys.path[0] = str(Path(script).parent)
lines: list[tuple[float, str]] = []


class Printed(io.TextIOWrapper):
    """Standard output that remembers when each line began."""

    def write(self, text: str) -> int:
        lines.extend((time.perf_counter() - started, line) for line in text.splitlines())
        return super().write(text)


sys.stdout = Printed(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
try:
    runpy.run_path(script, run_name="__main__")
finally:
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    seconds = time.perf_counter() - started
    Path(figures).write_text(json.dumps({"seconds": seconds, "megabytes": peak / 1024, "lines": lines}))
