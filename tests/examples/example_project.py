"""A copy of the project with an example's stack in it, as the example's first line says to make one."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.operations.projects import ROOT, copy_project


def with_example(directory: Path, name: str) -> Path:
    project = copy_project(directory)
    shutil.copytree(ROOT / "examples" / name, project / "examples" / name)
    shutil.copyfile(ROOT / "examples" / name / f"Pulumi.{name}.yaml", project / f"Pulumi.{name}.yaml")
    shutil.copyfile(project / "policies" / "staging.json", project / "policies" / f"{name}.json")
    return project
