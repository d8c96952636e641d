"""Finds the Python that a training image has on this machine: what is compiled for the image, that one compiles.

    python -m components.image_python [VERSION]

prints its path, or what to install.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which

from .package_archives import IMAGE_TARGET


class NoImagePythonError(Exception):
    """No Python of that version runs here, and none could be had; the message says what to install."""


def find_python(version: str, environ: Mapping[str, str]) -> Path:
    """A Python of a version such as `3.12` that runs: this one, one on PATH, of pyenv or of uv, which may fetch it.

    Raises:
        NoImagePythonError: there is none.
    """
    for candidate in _candidates(version, environ):
        if runs_as(candidate, version):
            return candidate
    raise NoImagePythonError(
        f"no Python {version} runs here, and the training image has that one; install it with your system's packages "
        f"(python{version}, with its venv module), with pyenv (`pyenv install {version}`) or with uv "
        f"(`uv python install {version}`)"
    )


def runs_as(python: Path, version: str) -> bool:
    """Whether it starts, and is of that version."""
    code = "import sys, venv; print('.'.join(map(str, sys.version_info[:2])))"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def _candidates(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    yield Path(sys.executable)
    if on_path := which(f"python{version}", path=environ.get("PATH")):
        yield Path(on_path)
        # pyenv puts a command of each version on PATH, which works for the versions that are switched on.
        yield from sorted(Path(on_path).parents[1].glob(f"versions/{version}.*/bin/python"))
    uv = [sys.executable, "-m", "uv", "python"]
    for command in (["find", version], ["install", "--quiet", version], ["find", version]):
        # Once more, at most: where it cannot be fetched, waiting does not help.
        variables = {**environ, "UV_HTTP_RETRIES": environ.get("UV_HTTP_RETRIES", "1")}
        done = subprocess.run([*uv, *command], env=variables, capture_output=True, text=True, check=False)
        if done.returncode == 0 and (path := done.stdout.strip()):
            yield Path(path)


def main() -> int:
    """Print the path, or on standard error what to install; 0 if there is one."""
    version = sys.argv[1] if len(sys.argv) > 1 else IMAGE_TARGET.python_version
    try:
        print(find_python(version, os.environ))  # noqa: T201 - what the command is for
    except NoImagePythonError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
