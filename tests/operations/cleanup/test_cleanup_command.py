"""`training-jobs cleanup` about a deployed stack: what it would delete, what it deletes, and when it does nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from operations.cleanup.asking import everything
from operations.cleanup.deleting import BATCH, NotDeleted, delete
from operations.cleanup.plan import Wanted, plan
from operations.cleanup.roots import Kind
from operations.models import asking
from tests.operations.deployed_stack import DeployedStack
from tests.operations.projects import typed
from tests.operations.test_models_command import answer_here

MARKS = pytest.mark.slow
BUCKET = "ml-platform-staging-ml-bucket"
SPARE = f"training-code/breast-cancer-staging/{'e' * 64}/sourcedir.tar.gz"


@pytest.fixture
def stack(deployed: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedStack]:
    """The stack with a bundle that nothing refers to, which is taken away again."""
    monkeypatch.chdir(deployed.project)
    monkeypatch.setattr(asking, "run_training_script", answer_here)
    deployed.clients.s3.put_object(Bucket=BUCKET, Key=SPARE, Body=b"x" * 1234)
    try:
        yield deployed
    finally:
        deployed.clients.s3.delete_object(Bucket=BUCKET, Key=SPARE)


def document(*arguments: str) -> dict[str, Any]:
    done = typed("cleanup", "--rehearsal", "--json", "--older-than", "0", *arguments)
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def keys(stack: DeployedStack) -> set[str]:
    pages = stack.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {each["Key"] for page in pages for each in page.get("Contents", [])}


class TestOfADeployedStack:
    pytestmark = MARKS

    def test_what_nothing_refers_to_is_found_and_deleted_and_nothing_else(self, stack: DeployedStack) -> None:
        failed = stack.run_job("Failed")
        running = stack.create_job()
        for name in (failed, running):
            stack.clients.s3.put_object(Bucket=BUCKET, Key=f"training-outputs/{name}/output/model.tar.gz", Body=b"m")
        place, jobs, now = stack.place, stack.jobs, datetime.now(UTC)

        found, refers = everything(stack.project, place, jobs, now)
        made = plan(found, refers, Wanted(now))

        told = {each.uri: (each.kind, each.size) for each in made.delete}
        own = {
            f"s3://{BUCKET}/{SPARE.rpartition('/')[0]}/": (Kind.BUNDLE, 1234),
            f"s3://{BUCKET}/training-outputs/{failed}/": (Kind.OUTPUT, 1),
        }
        assert told.items() >= own.items()
        kept = {(kind, why.partition(" ")[0] if why.endswith(" reads it") else why) for kind, why in made.kept}
        assert (Kind.OUTPUT, "its job is running") in kept
        assert {kind for kind, who in kept if who in {"schedule", "training"}} >= {Kind.BUNDLE, Kind.PACKAGES}
        assert delete(place.s3, replace(made, delete=tuple(each for each in made.delete if each.uri in own)).keys) == []
        assert not {SPARE, f"training-outputs/{failed}/output/model.tar.gz"} & keys(stack)
        stack.report(running, TrainingJobStatus="Completed", SecondaryStatus="Completed")
        stack.clients.s3.delete_object(Bucket=BUCKET, Key=f"training-outputs/{running}/output/model.tar.gz")

    def test_a_program_is_told_what_would_be_deleted_and_nothing_is(self, stack: DeployedStack) -> None:
        there = keys(stack)

        told = document()

        assert (told["deleted"], told["errors"]) == (False, [])
        assert f"s3://{BUCKET}/{SPARE.rpartition('/')[0]}/" in {each["uri"] for each in told["delete"]}
        assert keys(stack) == there

    def test_without_anybody_to_ask_or_where_all_is_young_nothing_is_deleted(self, stack: DeployedStack) -> None:
        done = typed("cleanup", "--rehearsal", "--older-than", "0", "--delete")
        assert (done.exit_code, done.stderr) == (
            1,
            "error: nothing is deleted: nobody is there to be asked; add --yes to do it\n",
        )
        young = typed("cleanup", "--rehearsal", "--delete", "--yes")
        assert (young.exit_code, young.stderr) == (0, "")
        assert young.stdout.splitlines()[-1] == "nothing refers to: nothing, older than 30 days"
        assert SPARE in keys(stack)

    def test_where_mlflow_does_not_answer_nothing_is_deleted(
        self, stack: DeployedStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

        def away(*arguments: Any) -> Any:  # noqa: ANN401 - as answer_here
            project, script, more, environment, question = arguments
            return answer_here(
                project, script, more, {**environment, "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}, question
            )

        monkeypatch.setattr(asking, "run_training_script", away)

        done = typed("cleanup", "--rehearsal", "--older-than", "0", "--delete", "--yes")

        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(
            "error: nothing is deleted, because it cannot be told which versions need what: MLflow at http://127.0.0.1:9"
        )
        assert SPARE in keys(stack)


def test_keys_are_deleted_a_thousand_at_a_time_and_what_is_left_is_told() -> None:
    client = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    names = [f"{uuid.uuid4()}" for _ in range(BATCH + 2)]
    denied = {"Key": names[0], "Code": "AccessDenied", "Message": "no"}
    with Stubber(client) as stub:
        for batch, answer in ((names[:BATCH], {"Errors": [denied]}), (names[BATCH:], {})):
            wanted = {"Objects": [{"Key": key} for key in batch], "Quiet": True}
            stub.add_response("delete_objects", answer, {"Bucket": "b", "Delete": wanted})
        stub.add_client_error("delete_objects", "SlowDown", "later")

        failed = delete(client, {"b": names, "c": ["one"]})
        stub.assert_no_pending_responses()

    assert failed == [
        NotDeleted(f"s3://b/{names[0]}", "AccessDenied: no"),
        NotDeleted("s3://c/one", "SlowDown: later"),
    ]
