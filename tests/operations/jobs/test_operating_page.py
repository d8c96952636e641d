"""docs/operating.md: its commands do what they say, and its tables are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from operations.jobs.reasons import reason_of
from tests.operations.deployed_stack import DeployedStack
from tests.operations.jobs.descriptions import run
from tests.operations.projects import typed

PAGE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
TYPED = [line.removeprefix("$ training-jobs ") for block in BLOCKS for line in block.splitlines() if line[:2] == "$ "]


def test_each_command_of_the_page_is_one_for_a_kept_rehearsal() -> None:
    assert {line.split()[0] for line in TYPED} == {"status", "logs", "run", "stop", "backfill"}
    assert all("--rehearsal" in line for line in TYPED)


@pytest.mark.slow
def test_the_commands_that_train_nothing_end_as_the_page_shows(
    deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(deployed.project)
    name = deployed.run_job()
    tried = []
    for line in TYPED:
        command, *arguments = shlex.split(line.partition(" | ")[0])
        if command == "run":
            continue  # one that trains is in rehearsing/test_rehearsed_dates.py, one that is refused beside this
        known = [name[-36:-28] if re.fullmatch(r"[0-9a-f]{8}", each) else each for each in arguments]
        if command == "status" and "--no-models" not in known:
            known.append("--no-models")
        tried.append(command)
        result = typed(command, *known)
        assert result.exit_code == 0, (line, result.output)
    assert {*tried} == {"status", "logs", "stop", "backfill"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("AlgorithmError: , exit code: 137", "the memory was not enough, or the process was killed"),
        ("AlgorithmError: InstallRequirementsError:\nExitCode 1", "pip could not install the code's packages"),
        ("ClientError: Data download failed:Insufficient disk space", "the job's volume was full"),
        ("ClientError: Cannot pull algorithm container. x", "SageMaker could not pull the training image"),
        ("ClientError: SageMaker was unable to assume the role 'x'", "SageMaker may not assume the execution role"),
        ("ClientError: Data download failed: x", "SageMaker could not bring the data of a channel"),
        ("ClientError: Artifact upload failed: x", "SageMaker could not put the model into S3"),
        ("ClientError: x", "SageMaker could not do what the job asks for"),
        ("CapacityError: x", "AWS had no machine of the type that was asked for to spare"),
        ("InternalServerError: x", "a fault of SageMaker's own"),
    ],
)
def test_the_table_of_reasons_says_what_status_says(told: str, words: str) -> None:
    reason = reason_of(run(TrainingJobStatus="Failed", FailureReason=told, ResourceConfig={}))

    assert reason is not None
    assert f"| {words} |" in PAGE
    assert reason.words.startswith(words)
