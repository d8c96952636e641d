"""docs/runbook.md at work: from what the doctor finds to a stack that is well, by the commands of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.operations.deployed_stack import DeployedStack
from tests.operations.night import Night, a_night, arrange
from tests.operations.projects import require_container
from tests.runbook import STACK, commands_of

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType")]
Step = tuple[str, int, str]
"""A command of the page, how it ends, and a word of what it says."""

FOUND: Final = {"schedule-disabled", "data-missing", "dead-letters", "run-failed", "alarm-unheard", "alias-moved"}
LOOKING: Final[tuple[Step, ...]] = (
    ("status", 0, "the job's volume was full"),
    ("logs TRAINING_JOB", 0, "the job's volume was full"),
    ("next", 0, "breast-cancer-staging"),
    ("check", 0, "passes"),
    ("run --dry-run", 0, '"TrainingJobName"'),
    ("doctor --profile PROFILE", 1, "it has no --profile"),
)
SWITCHING: Final[tuple[Step, ...]] = (
    ("enable JOB", 0, "breast-cancer-staging  ENABLED, was DISABLED"),
    ("disable JOB", 0, "breast-cancer-staging  DISABLED, was ENABLED"),
)
REDRIVING: Final[tuple[Step, ...]] = (
    ("dead-letters --redrive LETTER", 0, "created"),
    ("dead-letters --redrive --all", 0, "created"),
)
MODELS: Final[tuple[Step, ...]] = (
    ("models", 0, "champion version 3"),
    ("compare VERSION OTHER_VERSION --job JOB", 0, "max_depth"),
    ("promote JOB VERSION", 0, "version 3 -> version 2"),
    ("rollback JOB", 0, "version 2 -> version 3"),
    ("promote JOB VERSION", 0, "version 3 -> version 2"),
)
REGISTERING: Final[tuple[Step, ...]] = (
    ("register TRAINING_JOB", 1, "kept no record"),
    ("register --all", 0, "jobs that may have kept a record"),
)
MAKING_UP: Final[tuple[Step, ...]] = (
    ("backfill --from DAY --to DAY --dry-run", 0, "to make up for"),
    ("backfill --from DAY --to DAY", 0, "Completed"),
    ("run --wait", 0, "Completed"),
)


@pytest.fixture
def night(deployed: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """A night on the deployed stack."""
    require_container()
    with a_night(deployed, tmp_path) as night:
        arrange(monkeypatch, night)
        yield night


def test_the_commands_of_the_page_lead_from_findings_to_a_stack_with_which_nothing_is_wrong(night: Night) -> None:
    def take(*steps: Step) -> str:
        said = ""
        for command, code, word in steps:
            done = night.type(command)
            said = done.output
            assert (done.exit_code, word in said) == (code, True), f"{command}: {done.exit_code}\n{said}"
        return said

    assert night.findings() == (1, FOUND)
    take(*LOOKING, *SWITCHING)
    night.copy_data()
    night.pulumi_up()
    night.confirm()
    letters = take(("dead-letters", 1, "the scheduler role may not pass the execution role"))
    night.values["LETTER"] = re.findall(r"^([0-9a-f-]{36})  ", letters, re.MULTILINE)[0]
    take(*REDRIVING, *MODELS, *REGISTERING)
    night.ends += ["Completed", "Completed", "MaxRuntimeExceeded"]
    night.end_what_runs()
    take(("run --wait", 1, "it was stopped at its limit"))

    assert night.findings() == (0, {"run-stopped-at-limit", "run-missed"})
    night.values["DAY"] = re.findall(r"it was due at (\S+)", night.said)[0]
    night.ends += ["Completed", "Completed"]
    take(*MAKING_UP)

    assert night.findings() == (0, set())
    written = (" ".join(word for word in words if word not in STACK) for words in commands_of("training-jobs"))
    assert {*night.tried} == {*written}
