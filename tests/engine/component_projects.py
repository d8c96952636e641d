"""The examples that use the component from another language, as they lie in a clone of this repository."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.engine.pulumi_cli import ROOT, Engine, Project, Run
from tests.engine.test_preview import SCHEDULE

EXAMPLES: Final = ROOT / "examples"
COMPONENT: Final = "scheduled-training:index:ScheduledTrainingJob"
PARTS: Final = ("provider", "components", "training_code")
ALL: Final = {
    f"{COMPONENT}::readmission",
    f"{COMPONENT}$aws:scheduler/scheduleGroup:ScheduleGroup::readmission-group",
    f"{COMPONENT}$aws:scheduler/schedule:Schedule::readmission-schedule",
    f"{COMPONENT}$aws:sqs/queue:Queue::readmission-dead-letters",
    f"{COMPONENT}$aws:s3/bucketObjectv2:BucketObjectv2::readmission-source-bundle",
    f"{COMPONENT}$aws:iam/role:Role::readmission-scheduler-role",
    f"{COMPONENT}$aws:iam/rolePolicy:RolePolicy::readmission-scheduler-policy",
    f"{COMPONENT}$aws:iam/role:Role::readmission-execution-role",
    f"{COMPONENT}$aws:iam/rolePolicy:RolePolicy::readmission-execution-policy",
}
"""The URNs of the examples' job, without their stack."""


def cloned(engine: Engine, directory: Path, example: str) -> Project:
    """An example in a clone, with the environment that runs the tests."""
    for part in PARTS:
        shutil.copytree(ROOT / part, directory / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(ROOT / "pyproject.toml", directory)
    (directory / ".venv").symlink_to(sys.prefix)
    project = engine.project(directory / "examples" / example, EXAMPLES / example)
    return replace(project, environ={**project.environ, "XDG_CACHE_HOME": str(directory / "cache")})


def request_in(run: Run) -> dict[str, Any]:
    """What the schedule of a run asks SageMaker for."""
    (schedule,) = [inputs for urn, inputs in run.inputs.items() if f"{SCHEDULE}::" in urn]
    request: dict[str, Any] = json.loads(schedule["target"]["input"])
    return request
