"""Runs a script of the training code outside of a job, as whoever completes or looks into one does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rehearsal.container.packages import packages_variables

CONTAINER_ENVIRONMENT: Final = ".venv-container"
"""The environment that holds what the image holds, in the project's directory."""

REGISTER: Final = Path("training_code") / "register.py"
"""What sends a record."""


def run_training_script(
    project_dir: Path, script: Path, arguments: Sequence[str], environment: Mapping[str, str], stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script of the training code with the image's Python and the packages of its jobs, and see it end.

    Without a container environment this program's own Python does it: it has no plugin that signs requests to a managed
    tracking server.

    Raises:
        PackagesError: the packages cannot be made.
    """
    container = project_dir / CONTAINER_ENVIRONMENT
    python, variables = container / "bin" / "python", dict[str, str]()
    if python.is_file():
        variables = packages_variables(project_dir, container, lambda _: None)
    else:
        python = Path(sys.executable)
    with tempfile.TemporaryDirectory(prefix="script-") as temporary:
        return subprocess.run(
            [str(python), str(project_dir / script), *arguments],
            env={**environment, **variables, "TMPDIR": temporary},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
