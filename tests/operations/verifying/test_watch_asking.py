"""How the way of a missed run is tried on AWS: what is asked, in which order, and what each answer comes to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from operations.verifying.steps import Outcome, Step
from operations.verifying.watch_asking import WatchTest
from tests.operations.doctor.healthy import ACCOUNT, ARN, JOB_OF_STACK, PREFIX, REQUEST
from tests.operations.verifying.stubbed_place import stubbed_place

MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{PREFIX}-alarms"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-alarms-watch"
JOB = JOB_OF_STACK.model_copy(update={"alarm_machine_arn": MACHINE})
RUN = f"{PREFIX}-1"
CREATED = datetime(2026, 11, 27, 3, 0, 20, tzinfo=UTC)
SERVICES = ("scheduler", "iam", "stepfunctions", "sagemaker")
TOLD = {"id": "missed", "schedule_arn": ARN, "scheduled_time": "<aws.scheduler.scheduled-time>", "wait": 7200}
LOOK = TOLD | {"scheduled_time": "2026-11-27T02:59:20Z", "wait": 1, "look_back": 0, "once": True}


def schedule(name: str, target: str, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "Arn": ARN.replace(f"/{PREFIX}/{PREFIX}", f"/{PREFIX}/{name}"),
        "Name": name,
        "GroupName": PREFIX,
        "State": "ENABLED",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "Target": {"Arn": target, "RoleArn": ROLE, "Input": json.dumps(told)},
    }


def asked_for_schedules(stub: Stubber) -> None:
    of_job = schedule(PREFIX, "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", REQUEST)
    for name, answer in ((PREFIX, of_job), (f"{PREFIX}_watch", schedule(f"{PREFIX}_watch", MACHINE, TOLD))):
        stub.add_response("get_schedule", answer, {"GroupName": PREFIX, "Name": name})


def asked_for_the_role(stub: Stubber, service: str = "scheduler.amazonaws.com") -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    told = {"Path": "/", "RoleName": "watch-role", "RoleId": "A" * 16, "Arn": ROLE, "CreateDate": CREATED}
    stub.add_response("get_role", {"Role": told | {"AssumeRolePolicyDocument": trust}})


def simulated(stub: Stubber, decision: str = "allowed") -> None:
    result = {"EvalActionName": "states:StartExecution", "EvalDecision": decision}
    asked = {"PolicySourceArn": ROLE, "ActionNames": ["states:StartExecution"], "ResourceArns": [MACHINE]}
    stub.add_response(
        "simulate_principal_policy",
        {"EvaluationResults": [result], "IsTruncated": False},
        {**asked, "ContextEntries": []},
    )


def steps(stubs: dict[str, Stubber], place: Any, execution: dict[str, Any] | None = None) -> dict[str, Step]:  # noqa: ANN401 - a Place
    """Of a stack that is well; `execution` is what became of the look, of which there is none without it."""
    asked_for_schedules(stubs["scheduler"])
    asked_for_the_role(stubs["iam"])
    simulated(stubs["iam"])
    if execution:
        asked_for_schedules(stubs["scheduler"])
        described = {"TrainingJobName": RUN, "TrainingJobStatus": "Completed", "CreationTime": CREATED}
        stubs["sagemaker"].add_response("describe_training_job", _whole(described), {"TrainingJobName": RUN})
        started = {"executionArn": "arn:e", "startDate": CREATED}
        look = {"stateMachineArn": MACHINE, "name": ANY, "input": json.dumps(LOOK)}
        stubs["stepfunctions"].add_response("start_execution", started, look)
        told = {"executionArn": "arn:e", "stateMachineArn": MACHINE, "startDate": CREATED, **execution}
        stubs["stepfunctions"].add_response("describe_execution", told, {"executionArn": ANY})
    found = WatchTest(place, JOB, wait=lambda _: None).steps(RUN, send=execution is not None)
    return {step.name: step for step in found}


def _whole(described: dict[str, Any]) -> dict[str, Any]:
    needed = {
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/{RUN}",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"},
        "SecondaryStatus": "Completed",
        **{name: REQUEST[name] for name in ("AlgorithmSpecification", "ResourceConfig", "StoppingCondition")},
    }
    return needed | described


def test_the_watches_are_judged_and_the_machine_finds_the_run() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        found = steps(stubs, place, {"status": "SUCCEEDED", "output": '{"TrainingJobSummaries": []}'})

    assert {name: step.outcome for name, step in found.items()} == dict.fromkeys(
        ["watch for missed runs", "look for a run"], Outcome.PASSED
    )
    assert found["look for a run"].text == f"the state machine looked for a run, found {RUN}, and told nobody"


@pytest.mark.parametrize(
    ("execution", "said"),
    [
        ({"status": "FAILED", "error": "SageMaker.AccessDenied", "cause": "no"}, "ended as FAILED: SageMaker.AccessD"),
        ({"status": "SUCCEEDED", "output": '{"MessageId": "1"}'}, f"did not find {RUN}, which completed, and has told"),
    ],
)
def test_a_look_that_goes_wrong_is_told(execution: dict[str, Any], said: str) -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        step = steps(stubs, place, execution)["look for a run"]

    assert step.outcome == Outcome.FAILED
    assert said in step.text


def test_without_consent_the_machine_does_not_look() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        step = steps(stubs, place)["look for a run"]

    assert (step.outcome, step.text) == (
        Outcome.SKIPPED,
        "nobody has agreed to test messages, and a look that goes wrong sends one",
    )


def test_a_watch_that_is_gone_is_told_with_its_schedule() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        of_job = schedule(PREFIX, "arn:target", REQUEST)
        stubs["scheduler"].add_response("get_schedule", of_job)
        stubs["scheduler"].add_client_error("get_schedule", "ResourceNotFoundException")

        step = next(WatchTest(place, JOB).steps(RUN, send=False))

    assert (step.outcome, step.text) == (
        Outcome.FAILED,
        f"there is no schedule {PREFIX}_watch, which watches {PREFIX}: run pulumi refresh and pulumi up",
    )


def test_what_may_not_be_asked_is_skipped_with_the_reason() -> None:
    with stubbed_place(*SERVICES) as (place, stubs):
        stubs["scheduler"].add_client_error("get_schedule", "AccessDeniedException", "not you")

        step = next(WatchTest(place, JOB).steps(RUN, send=False))

    assert step.outcome == Outcome.SKIPPED
    assert step.text.startswith("could not be tried: GetSchedule: AccessDeniedException: not you; ask for that")


def test_a_job_without_alarms_has_nothing_to_try() -> None:
    with stubbed_place(*SERVICES) as (place, _):
        assert list(WatchTest(place, JOB_OF_STACK).steps(RUN, send=True)) == []
