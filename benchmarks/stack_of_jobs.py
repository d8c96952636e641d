"""The project with production's job many times, in a directory of its own.

Without its alarms where nothing else is said: what is measured beside it, CDK's program and the one by hand, has none.
"""

import shutil
from pathlib import Path
from typing import Any, Final

STACK: Final = "prod"
JOBS: Final = "scheduled-training:training_jobs"
_PROJECT: Final = Path(__file__).parent.parent
_PROGRAM: Final = ("__main__.py", "settings.py", "Pulumi.yaml")
_DIRECTORIES: Final = ("components", "training_code")


def jobs_of(training_jobs: dict[str, Any], count: int, *, alarms: bool = False) -> dict[str, dict[str, Any]]:
    """The first of `training_jobs` `count` times, by names of their own."""
    job = next(iter(training_jobs.values()))
    return {f"job-{number}": job if alarms else job | {"alarms": {"enabled": False}} for number in range(count)}


def stack_of_jobs(count: int, directory: Path, *, alarms: bool = False) -> Path:
    """Make it, with `count` jobs in the stack `STACK`, and give back the directory."""
    import yaml

    directory.mkdir(exist_ok=True)
    for name in _PROGRAM:
        shutil.copyfile(_PROJECT / name, directory / name)
    for name in _DIRECTORIES:
        shutil.copytree(_PROJECT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    values = yaml.safe_load((_PROJECT / f"Pulumi.{STACK}.yaml").read_text())
    values["config"][JOBS] = jobs_of(values["config"][JOBS], count, alarms=alarms)
    (directory / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(values))
    return directory
