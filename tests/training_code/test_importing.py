"""Merely importing a module of the training code does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_importing_every_module_reads_and_writes_nothing(tmp_path: Path) -> None:
    code = ROOT / "training_code"
    files = (path.relative_to(code).with_suffix("") for path in code.rglob("*.py"))
    modules = sorted(".".join(file.parts).removesuffix(".__init__") for file in files)
    program = f"import sys; sys.path.insert(0, {str(ROOT / 'training_code')!r})\n" + "\n".join(
        f"import {name}" for name in modules
    )
    program += "\nprint([name for name in ('mlflow', 'matplotlib') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", program],
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    assert list(tmp_path.iterdir()) == []
