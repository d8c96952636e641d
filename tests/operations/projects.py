"""A copy of the project for a test: what a person does to theirs does not reach the tests, nor the other way round."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from operations.command_line import app

ROOT = Path(__file__).parents[2]
COMMITTED_FILES = ("*.py", "Pulumi*.yaml")
COMMITTED_DIRECTORIES = ("components", "training_code", "policies")
PROGRAM = Path(sys.executable).with_name("training-jobs")
WITH_DEFAULT_SIGNALS = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""A program that becomes another one: a background process of a shell ignores Ctrl-C, and so would what it starts."""


def copy_project(destination: Path) -> Path:
    """The project's files without anybody's state; the container environment is the one of this checkout.

    What Python has compiled of them comes along, but for files that it is about to write, which vanish.
    """
    destination.mkdir(parents=True)
    for pattern in COMMITTED_FILES:
        for path in ROOT.glob(pattern):
            shutil.copyfile(path, destination / path.name)
    for name in COMMITTED_DIRECTORIES:
        shutil.copytree(ROOT / name, destination / name, ignore=shutil.ignore_patterns("*.pyc.*", ".*"))
    (destination / ".venv-container").symlink_to(ROOT / ".venv-container")
    (destination / "tmp").mkdir()
    return destination


def require_container() -> Path:
    """The container environment, or a skip that says how to make it."""
    container = ROOT / ".venv-container"
    if not (container / "bin" / "train").is_file():
        pytest.skip(f"no container environment in {container}: run `make install`")
    return container


def change(project: Path, stack: str, old: str, new: str) -> None:
    """Change one thing in a stack's YAML; it must be there, once."""
    change_file(project / f"Pulumi.{stack}.yaml", old, new)


def draw_no_pictures(project: Path) -> None:
    """Let the job of the staging stack draw none, which is a fifth of its time: other rehearsals look at them."""
    change(project, "staging", "        max_depth: 5\n", "        max_depth: 5\n        pictures: false\n")


def change_file(path: Path, old: str, new: str) -> None:
    """Change one thing in a file; it must be there, once."""
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def environment_for(project: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment, with temporary files where a test can see what is left of them."""
    return {**os.environ, "TMPDIR": str(project / "tmp"), "COLUMNS": "100", **(extra or {})}


def training_jobs(
    project: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a project, as a person does."""
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=project,
        env=environment_for(project, environ),
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
    )


def processes_of(project: Path) -> list[str]:
    """Command lines of the living processes that have to do with a project: by command, directory or environment."""
    sought = os.fsencode(project)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            about = [command, (process / "environ").read_bytes(), os.fsencode((process / "cwd").readlink())]
        except OSError:
            continue  # it has ended meanwhile, or is a zombie, or somebody else's
        if int(process.name) != os.getpid() and any(sought in text for text in about):
            found.append(command.replace(b"\0", b" ").decode(errors="replace").strip())
    return found


def left_in_temporary_files(project: Path) -> list[str]:
    """Names of what commands left in their directory for temporary files."""
    return sorted(path.name for path in (project / "tmp").iterdir())


def typed(*arguments: str) -> Result:
    """What `training-jobs` makes of these arguments, in this process and in the working directory."""
    return CliRunner().invoke(app, list(arguments))
