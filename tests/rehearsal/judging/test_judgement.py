import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from components.aws_names import AwsScope
from rehearsal.declaring.program import RegisteredResource
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import (
    Fault,
    declared_schedules,
    due_faults,
    permission_faults,
    request_faults,
    sample_request,
)
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.permissions.role_documents import RoleDocuments
from tests.rehearsal.permissions.test_role_documents import resource
from tests.rehearsal.s3_channels import s3_channel

SCOPE = AwsScope("aws", "us-east-1", "123456789012")
NAME = "breast-cancer-staging"
TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
SCHEDULER_ROLE = f"arn:aws:iam::123456789012:role/{NAME}-scheduler"
EXECUTION_ROLE = f"arn:aws:iam::123456789012:role/{NAME}-execution"
QUEUE = f"arn:aws:sqs:us-east-1:123456789012:{NAME}-dead-letters"
GOOD_INPUT = {
    "TrainingJobName": f"{NAME}-<aws.scheduler.execution-id>",
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "RoleArn": EXECUTION_ROLE,
    "InputDataConfig": [s3_channel("training", "s3://bucket/datasets/training/")],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/training-outputs/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "HyperParameters": {"sagemaker_submit_directory": "s3://bucket/training-code/sourcedir.tar.gz"},
    "Environment": {
        "MLFLOW_TRACKING_URI": "http://mlflow:5000",
        "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
        "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
    },
}


def schedule_resource(**changes: object) -> RegisteredResource:
    target: dict[str, Any] = {
        "arn": TARGET,
        "roleArn": SCHEDULER_ROLE,
        "input": json.dumps(GOOD_INPUT),
        "retryPolicy": {"maximumRetryAttempts": 2},
        "deadLetterConfig": {"arn": QUEUE},
    }
    found = resource("aws:scheduler/schedule:Schedule", "schedule")
    return replace(
        found, inputs={"name": NAME, "groupName": NAME, "state": "DISABLED", "target": {**target, **changes}}
    )


def good_schedule() -> DeployedSchedule:
    (schedule,) = declared_schedules([schedule_resource()], SCOPE)
    return schedule


def role(trusted: str, *statements: dict[str, Any]) -> RoleDocuments:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": trusted}}
    documents = [PolicyDocument.parse("role/policy", {"Version": "2012-10-17", "Statement": list(statements)})]
    return RoleDocuments(
        PolicyDocument.parse("role (trust)", {"Version": "2012-10-17", "Statement": [trust]}), tuple(documents)
    )


def all_of(*services: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [f"{service}:*" for service in services], "Resource": "*"}


def good_roles() -> dict[str, RoleDocuments]:
    return {
        f"{NAME}-scheduler": role("scheduler.amazonaws.com", all_of("sagemaker", "iam", "sqs")),
        f"{NAME}-execution": role("sagemaker.amazonaws.com", all_of("s3", "ecr", "logs", "cloudwatch")),
    }


def faults(roles: dict[str, RoleDocuments], uris: dict[str, list[str]] | None = None) -> list[Fault]:
    schedule = good_schedule()
    return permission_faults(
        schedule, sample_request(schedule), roles, object_uris=uris or {}, artifact_store="s3://bucket/mlflow/"
    )


def test_a_declared_schedule_is_what_will_be_deployed() -> None:
    assert good_schedule() == DeployedSchedule(
        name=NAME,
        group_name=NAME,
        arn=f"arn:aws:scheduler:us-east-1:123456789012:schedule/{NAME}/{NAME}",
        state="DISABLED",
        target_arn=TARGET,
        target_input=json.dumps(GOOD_INPUT),
        role_arn=SCHEDULER_ROLE,
        maximum_retry_attempts=2,
        dead_letter_queue_arn=QUEUE,
    )


@pytest.mark.parametrize(
    "other",
    [
        resource("aws:sqs/queue:Queue", "queue"),
        schedule_resource(arn="arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"),
        schedule_resource(arn="arn:aws:lambda:us-east-1:123456789012:function:train"),
    ],
)
def test_what_does_not_start_training_jobs_is_left_out(other: RegisteredResource) -> None:
    assert [each.name for each in declared_schedules([other, schedule_resource()], SCOPE)] == [NAME]


def test_a_schedule_of_another_partition_starts_training_jobs_too() -> None:
    china = schedule_resource(arn="arn:aws-cn:scheduler:::aws-sdk:sagemaker:createTrainingJob")
    (schedule,) = declared_schedules([china], AwsScope("aws-cn", "cn-north-1", "123456789012"))
    assert schedule.arn == f"arn:aws-cn:scheduler:cn-north-1:123456789012:schedule/{NAME}/{NAME}"


def test_a_schedule_without_dead_letters_is_read_as_one() -> None:
    found = schedule_resource()
    target = {name: value for name, value in found.inputs["target"].items() if name != "deadLetterConfig"}
    (schedule,) = declared_schedules([replace(found, inputs={**found.inputs, "target": target})], SCOPE)
    assert schedule.dead_letter_queue_arn is None


def test_a_schedule_without_a_retry_policy_has_awss_default() -> None:
    found = schedule_resource()
    target = {name: value for name, value in found.inputs["target"].items() if name != "retryPolicy"}
    (schedule,) = declared_schedules([replace(found, inputs={**found.inputs, "target": target})], SCOPE)
    assert schedule.maximum_retry_attempts == 185


def test_a_schedule_that_leaves_out_group_and_state_has_awss_defaults() -> None:
    found = schedule_resource()
    inputs = {name: value for name, value in found.inputs.items() if name not in ("groupName", "state")}
    (schedule,) = declared_schedules([replace(found, inputs=inputs)], SCOPE)
    assert (schedule.group_name, schedule.state) == ("default", "ENABLED")
    assert schedule.arn == f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{NAME}"


def test_a_sample_request_has_every_context_attribute_filled_in() -> None:
    request = sample_request(good_schedule())

    assert request["TrainingJobName"] == f"{NAME}-00000000-0000-4000-8000-000000000000"
    assert request["Environment"]["SCHEDULED_TIME"] == "2026-01-01T03:00:00Z"
    assert "<aws.scheduler" not in json.dumps(request)


def test_a_good_request_has_no_faults() -> None:
    schedule = good_schedule()
    assert request_faults(schedule, sample_request(schedule)) == []


def test_a_request_that_sagemaker_would_refuse_is_a_fault_with_its_path() -> None:
    schedule = good_schedule()
    request = sample_request(schedule) | {"StoppingCondition": {"MaxRuntimeInSeconds": 0}}

    (fault,) = request_faults(schedule, request)

    assert (fault.kind, fault.subject, fault.mandatory) == ("request", NAME, True)
    assert fault.path == "StoppingCondition.MaxRuntimeInSeconds"
    assert fault.message.startswith("StoppingCondition.MaxRuntimeInSeconds")


def test_roles_that_may_do_everything_have_no_faults() -> None:
    assert faults(good_roles()) == []


def test_a_role_of_somebody_else_is_not_judged_and_said_so() -> None:
    roles = good_roles()
    del roles[f"{NAME}-execution"]

    assert faults(roles) == [
        Fault(
            "permission",
            EXECUTION_ROLE,
            "is not part of this stack or not known at a preview, so its permissions are not judged",
            mandatory=False,
        )
    ]


def test_a_call_that_is_denied_names_action_resource_purpose_and_reason() -> None:
    roles = good_roles() | {f"{NAME}-execution": role("sagemaker.amazonaws.com", all_of("s3", "ecr", "cloudwatch"))}

    found = faults(roles)

    assert found
    assert {fault.subject for fault in found} == {EXECUTION_ROLE}
    assert all(fault.mandatory and fault.message.startswith("may not logs:") for fault in found)
    assert all("which is needed (" in fault.message and "arn:aws:logs:us-east-1:" in fault.message for fault in found)


def test_a_trust_of_another_service_is_denied() -> None:
    roles = good_roles() | {f"{NAME}-scheduler": role("lambda.amazonaws.com", all_of("sagemaker", "iam", "sqs"))}

    (fault,) = faults(roles)

    assert fault.message.startswith("may not sts:AssumeRole on ")


def test_every_object_of_a_channel_has_to_be_readable() -> None:
    only = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/datasets/training/b.csv"}
    roles = good_roles() | {
        f"{NAME}-execution": role("sagemaker.amazonaws.com", all_of("s3", "ecr", "logs", "cloudwatch"), only)
    }

    assert faults(roles, {"training": ["s3://bucket/datasets/training/a.csv"]}) == []
    (fault,) = faults(roles, {"training": [f"s3://bucket/datasets/training/{name}.csv" for name in "ab"]})
    assert fault.message.startswith("may not s3:GetObject on arn:aws:s3:::bucket/datasets/training/b.csv, ")


NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
OVER = {
    "an-end-date": (
        {"expression": "rate(1 day)", "end_date": "2026-06-30T00:00:00Z"},
        "rate(1 day) in UTC and the end date 2026-06-30T00:00:00Z name",
    ),
    "an-at": ({"expression": "at(2026-07-01T12:00:00)"}, "at(2026-07-01T12:00:00) in UTC name"),
    "a-day-that-never-comes": ({"expression": "cron(0 3 31 2 ? *)"}, "cron(0 3 31 2 ? *) in UTC name"),
}


@pytest.mark.parametrize(("changes", "said"), OVER.values(), ids=OVER)
@pytest.mark.parametrize(("state", "mandatory"), [("ENABLED", True), ("DISABLED", False)])
def test_a_schedule_that_is_never_due_again_is_a_fault_and_stops_where_it_is_enabled(
    changes: dict[str, Any], said: str, state: str, mandatory: bool
) -> None:
    (fault,) = due_faults(replace(good_schedule(), state=state, **changes), NOW)

    assert fault.message == (
        f"never due again: after 2026-07-01 12:00 UTC, {said} no time. "
        "Cure: correct schedule.expression or schedule.end_date"
    )
    assert (fault.kind, fault.mandatory, fault.subject) == ("schedule", mandatory, NAME)


@pytest.mark.parametrize(
    "changes",
    [
        {"expression": "at(2026-07-01T14:00:01)", "time_zone": "Europe/Berlin"},
        {"expression": "rate(1 day)", "end_date": "2026-07-03T00:00:00Z"},
        {"expression": "cron(0 3 29 2 ? *)", "start_date": "2027-01-01T00:00:00Z"},
        {"expression": "every night"},
    ],
)
def test_a_schedule_that_is_still_due_or_cannot_be_read_is_no_such_fault(changes: dict[str, Any]) -> None:
    assert due_faults(replace(good_schedule(), **changes), NOW) == []


def test_the_next_time_heeds_the_start_date() -> None:
    schedule = replace(good_schedule(), expression="cron(0 3 * * ? *)", start_date="2026-08-01T04:00:00Z")

    assert schedule.next_fire_time(NOW) == datetime(2026, 8, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "minutes"),
    [({"mode": "OFF"}, None), ({"mode": "FLEXIBLE", "maximumWindowInMinutes": 15.0}, 15), ("unknown", None)],
)
def test_a_declared_schedule_has_its_flexible_time_window(window: object, minutes: int | None) -> None:
    found = schedule_resource()
    declared = replace(
        found, inputs={**found.inputs, "scheduleExpression": "rate(1 day)", "flexibleTimeWindow": window}
    )

    (schedule,) = declared_schedules([declared], SCOPE)

    assert schedule.flexible_time_window_in_minutes == minutes
    assert schedule.spec.flexible_time_window_in_minutes == minutes


@pytest.mark.parametrize(("state", "enabled"), [("ENABLED", True), ("DISABLED", False)])
def test_a_schedule_as_it_is_deployed_says_when_it_fires(state: str, enabled: bool) -> None:
    schedule = replace(
        good_schedule(), state=state, expression="cron(0 3 * * ? *)", time_zone="Europe/Berlin", end_date=NOW
    )

    assert schedule.spec.model_dump(exclude_defaults=True) == {
        "expression": "cron(0 3 * * ? *)",
        "time_zone": "Europe/Berlin",
        "end_date": NOW,
        **({"enabled": True} if enabled else {}),
    }
