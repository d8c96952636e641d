"""Scripts of a team's own, each run as a process with `scheduled_job` beside it and nothing else of this project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "training_code" / "scheduled_job"
SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/group/nightly",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
    "SCHEDULE_EXECUTION_ID": "2f9c",
    "SCHEDULE_ATTEMPT_NUMBER": "2",
}


@dataclass
class OwnScript:
    """A script in a directory of its own, with /opt/ml beside it."""

    directory: Path
    text: str
    environ: dict[str, str] = field(default_factory=dict)
    interpreter: tuple[str, ...] = (sys.executable, "-S")
    """Without packages: the standard library is all that there is."""

    @property
    def base(self) -> Path:
        return self.directory / "ml"

    @property
    def failure(self) -> Path:
        return self.base / "output" / "failure"

    def start(self) -> subprocess.Popen[str]:
        code = self.directory / "code"
        if not code.exists():
            shutil.copytree(PACKAGE, code / "scheduled_job", ignore=shutil.ignore_patterns("__pycache__"))
        (code / "fit.py").write_text(self.text)
        (self.base / "model").mkdir(parents=True, exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        own = {
            "SAGEMAKER_BASE_DIR": str(self.base),
            "SM_MODEL_DIR": str(self.base / "model"),
            "TRAINING_JOB_NAME": "job-1",
        }
        return subprocess.Popen(
            [*self.interpreter, str(code / "fit.py")],
            env=kept | own | self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        process = self.start()
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)
