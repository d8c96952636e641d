"""`training-jobs register` as it is typed: one document for programs, and what it cannot mean."""

from __future__ import annotations

import json

import pytest

from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import typed


@pytest.mark.slow
def test_all_that_is_left_is_one_document_and_the_words_are_beside_it(
    deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(deployed.project)
    deployed.run_job()

    done = typed("register", "--all", "--rehearsal", "--json", "--newest", "1")

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "version": 1,
        "stack": "staging",
        "registered": [],
        "failed": [],
        "notes": [],
    }
    assert done.stderr == "breast-cancer-staging-: 0 jobs that may have kept a record, 0 brought in, 0 not\n"


@pytest.mark.slow
def test_a_job_is_named_by_how_its_id_begins(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(deployed.project)
    name = deployed.run_job("Failed")

    done = typed("register", name[-36:-28], "--rehearsal")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: training job {name} (Failed) kept no record in s3://")


@pytest.mark.parametrize("arguments", [(), ("job-1", "--all")])
def test_one_job_is_named_or_all_are_asked_for(arguments: tuple[str, ...]) -> None:
    done = typed("register", *arguments)

    assert done.exit_code == 2
    assert "name one training job, or ask for --all" in " ".join(done.stderr.split())
