"""What an invocation asks of the account: for which time, with which roles, of which buckets, quotas and channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from operations.deployed_jobs import StackJob
from operations.doctor.asking.answers import Questions
from operations.doctor.channels import add_channels, channels_of
from operations.doctor.facts import ChannelData, Deployed
from operations.doctor.invocation import invocation_of, role_calls
from operations.doctor.job_needs import buckets_of, data_channels, network_of, quotas_of, secrets_of, tracking_of
from operations.places import Place
from settings import parse_settings
from tests.job_requests import requests_of
from tests.operations.doctor.healthy import BUCKET, DUE, JOB_OF_STACK, NOW, REQUEST, SCHEDULE, SECRET, SERVER, VPC
from tests.operations.doctor.test_asking_aws import stubbed
from tests.stack_values import JOB, PROD, changed

RESOURCES = REQUEST["ResourceConfig"]


def quotas(**resources: Any) -> Mapping[str, int]:  # noqa: ANN401 - members of ResourceConfig
    return dict(quotas_of({**REQUEST, "ResourceConfig": RESOURCES | resources}))


def test_the_request_is_filled_in_for_the_last_time_that_the_schedule_was_due() -> None:
    invocation = invocation_of(JOB_OF_STACK, JOB_OF_STACK, Deployed(SCHEDULE), NOW)

    assert (invocation.last_due, invocation.due) == (DUE, DUE)
    assert invocation.request["Environment"]["SCHEDULED_TIME"] == "2026-11-27T03:00:00Z"


def test_before_its_first_time_it_is_filled_in_for_the_next_one() -> None:
    first = datetime(2026, 12, 1, 3, tzinfo=UTC)
    schedule = replace(SCHEDULE, start_date=first - timedelta(hours=1))

    invocation = invocation_of(JOB_OF_STACK, JOB_OF_STACK, Deployed(schedule), NOW)

    assert (invocation.last_due, invocation.due) == (None, first)


def test_an_input_that_somebody_has_broken_is_judged_by_the_declared_one() -> None:
    broken = Deployed(replace(SCHEDULE, target_input="no JSON"))

    assert invocation_of(JOB_OF_STACK, JOB_OF_STACK, broken, NOW).request["RoleArn"] == JOB_OF_STACK.execution_role_arn


def test_a_schedule_that_is_not_there_is_looked_at_as_it_is_declared() -> None:
    invocation = invocation_of(JOB_OF_STACK, JOB_OF_STACK, None, NOW)

    assert (invocation.due, invocation.schedule.role_arn) == (None, JOB_OF_STACK.scheduler_role_arn)


def test_the_calls_of_both_roles_are_those_that_a_rehearsal_judges_each_once() -> None:
    invocation = invocation_of(JOB_OF_STACK, JOB_OF_STACK, Deployed(SCHEDULE), NOW)

    once, twice = role_calls([invocation]), role_calls([invocation, invocation])

    assert once == twice
    assert {arn: {"sts:AssumeRole"} <= {call.action for call in calls} for arn, calls in once.items()} == {
        JOB_OF_STACK.scheduler_role_arn: True,
        JOB_OF_STACK.execution_role_arn: True,
    }
    assert "secretsmanager:GetSecretValue" in {call.action for call in once[JOB_OF_STACK.execution_role_arn]}


def test_the_needs_of_a_job_are_read_from_its_request() -> None:
    assert buckets_of(REQUEST, "s3://elsewhere/artifacts/") == [("elsewhere", False), (BUCKET, True)]
    assert buckets_of(REQUEST, f"s3://{BUCKET}/artifacts/") == [(BUCKET, True)]
    assert network_of(REQUEST) == (VPC[:2], VPC[2:])
    assert (secrets_of(REQUEST), tracking_of(REQUEST)) == ([SECRET], SERVER)
    assert [each["ChannelName"] for each in data_channels(REQUEST)] == ["training", "validation"]


def test_quotas_count_machines_by_type_and_not_those_of_a_plan_or_of_a_choice() -> None:
    groups = [{"InstanceType": kind, "InstanceCount": count} for kind, count in (("ml.a", 2), ("ml.b", 1), ("ml.a", 3))]

    assert quotas() == {"ml.m5.xlarge for spot training job usage": 1}
    assert dict(quotas_of({**REQUEST, "EnableManagedSpotTraining": False})) == {
        "ml.m5.xlarge for training job usage": 1
    }
    assert quotas(InstanceGroups=groups) == {
        "ml.a for spot training job usage": 5,
        "ml.b for spot training job usage": 1,
    }
    assert quotas(TrainingPlanArn="arn") == {}
    assert dict(quotas_of({"ResourceConfig": {"InstancePreferences": groups}})) == {}


def test_a_channel_by_date_is_looked_for_at_the_last_time_that_the_schedule_was_due() -> None:
    dated = changed(f"{JOB}/channels/training/s3_path", "datasets/dt={scheduled_date-1d:%Y-%m-%d}/", PROD)
    ((request, _),) = requests_of(parse_settings(dated, "prod", "us-east-1"))
    text = json.dumps(request)
    job = StackJob.model_validate({**JOB_OF_STACK.model_dump(), "target_input": text})
    invocation = invocation_of(job, job, Deployed(replace(SCHEDULE, target_input=text)), NOW)
    questions = Questions()
    with stubbed("s3") as (s3, stub):
        for prefix in ("datasets/validation/", "datasets/dt=2026-11-26/"):
            stub.add_response("list_objects_v2", {"Contents": []}, {"Bucket": BUCKET, "Prefix": prefix})
        place = Place(lambda _: s3, "us-east-1", {})
        add_channels(questions, invocation, Path(), place)
        answers = {key: ask() for key, (_, ask) in questions._asked.items()}

    found = channels_of(invocation, answers)

    assert found == {
        "training": ChannelData(f"s3://{BUCKET}/datasets/dt=2026-11-26/", 0, 0, due=DUE),
        "validation": ChannelData(f"s3://{BUCKET}/datasets/validation/", 0, 0),
    }
