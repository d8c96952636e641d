"""The project with production's job many times, in a directory of its own."""

import shutil
from pathlib import Path
from typing import Final

STACK: Final = "prod"
JOBS: Final = "scheduled-training:training_jobs"
_PROJECT: Final = Path(__file__).parent.parent
_PROGRAM: Final = ("__main__.py", "settings.py", "Pulumi.yaml")
_DIRECTORIES: Final = ("components", "training_code")


def stack_of_jobs(count: int, directory: Path) -> Path:
    """Make it, with `count` jobs in the stack `STACK`, and give back the directory."""
    import yaml

    directory.mkdir(exist_ok=True)
    for name in _PROGRAM:
        shutil.copyfile(_PROJECT / name, directory / name)
    for name in _DIRECTORIES:
        shutil.copytree(_PROJECT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    values = yaml.safe_load((_PROJECT / f"Pulumi.{STACK}.yaml").read_text())
    job = next(iter(values["config"][JOBS].values()))
    values["config"][JOBS] = {f"job-{number}": job for number in range(count)}
    (directory / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(values))
    return directory
