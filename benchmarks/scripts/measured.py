"""Runs a script as `python SCRIPT ...` would, and leaves its seconds and its peak memory in a file.

`python measured.py FILE SCRIPT ...`: a process's own view, as its parent's would hold the parent's memory too.
"""

import json
import runpy
import sys
import time
from pathlib import Path

started = time.perf_counter()
figures, script, *arguments = sys.argv[1:]
sys.argv = [script, *arguments]
sys.path[0] = str(Path(script).parent)
try:
    runpy.run_path(script, run_name="__main__")
finally:
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    Path(figures).write_text(json.dumps({"seconds": time.perf_counter() - started, "megabytes": peak / 1024}))
