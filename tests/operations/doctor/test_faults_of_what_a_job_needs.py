"""Each fault alone: buckets and data, image and machines, roles, MLflow, secrets, alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operations.doctor.diagnosis import findings
from operations.doctor.facts import (
    ChannelData,
    Denial,
    Facts,
    MovedChampion,
    Role,
    Secret,
    Topic,
    TrackingServer,
)
from rehearsal.permissions.permissions import AwsCall
from tests.operations.doctor.healthy import (
    BUCKET,
    DUE,
    HEALTHY,
    JOB_OF_STACK,
    PREFIX,
    REQUEST,
    SECRET,
    SERVER,
    STORE,
    TOPIC,
    only_finding,
    with_job,
    with_schedule,
)

URI = f"s3://{BUCKET}/datasets/training/"
IMAGE = REQUEST["AlgorithmSpecification"]["TrainingImage"]
QUOTA = "ml.m5.xlarge for spot training job usage"
ASSUME = AwsCall(
    "sts:AssumeRole", "", "SageMaker assumes the execution role", service_principal="sagemaker.amazonaws.com"
)
PASS = AwsCall("iam:PassRole", "arn:aws:iam::123456789012:role/other", "pass the execution role to SageMaker")
GET = AwsCall("s3:GetObject", "arn:aws:s3:::b/k", "download the channel 'training'")
SCHEDULER, EXECUTION = JOB_OF_STACK.scheduler_role_arn, JOB_OF_STACK.execution_role_arn


def with_data(data: ChannelData) -> Facts:
    return with_schedule(channels={"training": data})


def with_server(**members: Any) -> Facts:  # noqa: ANN401 - members of TrackingServer
    return replace(HEALTHY, servers={SERVER: replace(TrackingServer("", "3.0", STORE), **members)})


def with_role(arn: str, role: Role | None) -> Facts:
    return with_job(roles={**HEALTHY.jobs[0].roles, arn: role})


FAULTS: list[tuple[str, Facts, str, str]] = [
    ("bucket-missing", replace(HEALTHY, buckets={BUCKET: None}), BUCKET, f"there is no bucket {BUCKET}"),
    ("bucket-region", replace(HEALTHY, buckets={BUCKET: "eu-west-1"}), BUCKET, "it is in eu-west-1, and"),
    ("data-missing", with_data(ChannelData(URI, 0, 0)), "channel training", f"there is no object under {URI}"),
    ("data-empty", with_data(ChannelData(URI, 2, 0)), "channel training", f"{URI} has 2 objects, folder markers"),
    ("dated-data-missing", with_data(ChannelData(URI, 0, 0, None, DUE)), "channel training", "due at 2026-11-27 03:00"),
    (
        "data-unreadable",
        with_data(ChannelData(URI, 1, 1, "training/a.csv: no target")),
        "channel training",
        "no target",
    ),
    ("source-bundle-missing", with_schedule(bundle=False), "source bundle", "sourcedir.tar.gz"),
    ("image-missing", replace(HEALTHY, images={IMAGE: False}), IMAGE, "there is no such image"),
    (
        "image-region",
        replace(HEALTHY, images={IMAGE.replace("us-east-1", "eu-west-1"): True}),
        IMAGE.replace("us-east-1", "eu-west-1"),
        "it is in eu-west-1, and the stack in us-east-1",
    ),
    ("quota", replace(HEALTHY, quotas={QUOTA: 0.0}), QUOTA, "the quota is 0, and the job needs 1 machine"),
    ("role-missing", with_role(EXECUTION, None), f"role {PREFIX}-execution", f"{EXECUTION} does not exist"),
    (
        "role-trust",
        with_role(EXECUTION, Role((Denial(ASSUME, "no statement allows sts:AssumeRole"),))),
        f"role {PREFIX}-execution",
        "SageMaker assumes the execution role, and may not: no statement",
    ),
    (
        "pass-role",
        with_role(SCHEDULER, Role((), (Denial(PASS, "no policy of the role allows it"),))),
        f"role {PREFIX}-scheduler",
        "it may not pass arn:aws:iam::123456789012:role/other: no policy",
    ),
    (
        "role-permissions",
        with_role(EXECUTION, Role((), (Denial(GET, "an SCP of the organization denies it"),) * 7)),
        f"role {PREFIX}-execution",
        "and 2 more: an SCP of the organization denies it",
    ),
    ("tracking-missing", replace(HEALTHY, servers={SERVER: None}), SERVER, "it does not exist"),
    ("tracking-down", with_server(status="its status is Stopped"), SERVER, "its status is Stopped"),
    ("tracking-too-old", with_server(version="2.16.2"), SERVER, "it is MLflow 2.16.2"),
    (
        "artifact-store",
        with_server(artifact_store="s3://other/artifacts"),
        PREFIX,
        "in s3://other/artifacts, not s3://",
    ),
    ("secret-missing", replace(HEALTHY, secrets={SECRET: None}), SECRET, "it does not exist"),
    ("secret-missing", replace(HEALTHY, secrets={SECRET: Secret(deleted=True)}), SECRET, "marked for deletion"),
    ("secret-empty", replace(HEALTHY, secrets={SECRET: Secret(has_value=False)}), SECRET, "AWSCURRENT"),
    (
        "alarm-unheard",
        with_job(topic=Topic(0, ("ops@example.com",))),
        "breast-cancer",
        f"{TOPIC} has no confirmed subscription; not confirmed: ops@example.com",
    ),
    ("alarm-topic-missing", with_job(topic=None), "breast-cancer", f"{TOPIC} does not exist"),
    (
        "alias-moved",
        with_job(champion=MovedChampion("churn", "3", "5")),
        "breast-cancer",
        "champion of churn is version 3, and what gates and commands recorded ends at version 5",
    ),
]


@pytest.mark.parametrize(("check", "facts", "subject", "said"), FAULTS, ids=[f"{each[0]} {each[3]}" for each in FAULTS])
def test_a_fault_is_the_one_thing_that_is_found(check: str, facts: Facts, subject: str, said: str) -> None:
    found = only_finding(facts)

    assert (found.check, found.subject) == (check, subject)
    assert said in found.what


@pytest.mark.parametrize(
    "facts",
    [
        with_schedule(declared=JOB_OF_STACK.model_copy(update={"artifact_store": f"s3://{BUCKET}/"})),
        replace(HEALTHY, quotas={QUOTA: 5.0}),
        with_server(version=""),
        with_server(version="3.17.2"),
        with_job(topic=Topic(1, ("late@example.com",))),
        with_job(job=JOB_OF_STACK.model_copy(update={"alarm_topic_arn": None}), topic=None),
    ],
    ids=["a wider store", "quota to spare", "no version told", "new", "one hears", "no alarms"],
)
def test_what_is_well_is_not_named(facts: Facts) -> None:
    assert findings(facts) == []


def test_a_bucket_that_is_missing_is_told_once_and_not_for_its_channels() -> None:
    facts = replace(with_data(ChannelData(URI, 0, 0)), buckets={BUCKET: None})

    assert only_finding(facts).check == "bucket-missing"


def test_a_role_that_two_jobs_share_is_told_once() -> None:
    one = with_role(EXECUTION, None).jobs[0]
    another = replace(one, job=one.job.model_copy(update={"name": "another"}))

    assert [each.check for each in findings(replace(HEALTHY, jobs=(one, another)))] == ["role-missing"]


def test_what_blocks_is_told_before_what_is_advised() -> None:
    both = replace(with_job(topic=Topic(0)), buckets={BUCKET: None}, now=HEALTHY.now + timedelta(seconds=1))

    assert [each.check for each in findings(both)] == ["bucket-missing", "alarm-unheard"]
