"""A stack with which nothing is wrong, as the doctor knows it: each test changes one fact of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from components.schedule_input import render
from operations.deployed_jobs import StackJob
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.facts import (
    Caller,
    ChannelData,
    Clock,
    DeadLetters,
    Deployed,
    Facts,
    JobFacts,
    Network,
    Role,
    ScheduleFacts,
    Secret,
    Subnet,
    Topic,
    TrackingServer,
)
from operations.doctor.finding import Finding
from operations.jobs.history import History, JobRun
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from settings import parse_settings
from tests.job_requests import INVOCATION, requests_of
from tests.stack_values import JOB, PROD, changed

STACK: Final = "prod"
NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
DUE: Final = datetime(2026, 11, 27, 3, tzinfo=UTC)
ACCOUNT: Final = "123456789012"
PREFIX: Final = "breast-cancer-prod"
SECRET: Final = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:mlflow-AbCdEf"
TOPIC: Final = f"arn:aws:sns:us-east-1:{ACCOUNT}:{PREFIX}-alarms"
ARN: Final = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/{PREFIX}/{PREFIX}"
BUCKET: Final = "ml-platform-prod-ml-bucket"
SERVER: Final = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:mlflow-tracking-server/ml-platform-prod"
STORE: Final = f"s3://{BUCKET}/mlflow-artifacts/"


def _request_of(values: dict[str, Any]) -> dict[str, Any]:
    ((request, _),) = requests_of(parse_settings(values, STACK, "us-east-1"))
    return request


DECLARED: Final = _request_of(changed(f"{JOB}/tracking/secret_arn", SECRET, PROD))
INPUT: Final = json.dumps(DECLARED)
REQUEST: Final = render(INPUT, INVOCATION)
JOB_OF_STACK: Final = StackJob(
    name="breast-cancer",
    schedule_name=PREFIX,
    schedule_arn=ARN,
    schedule_state="ENABLED",
    target_input=INPUT,
    artifact_store=STORE,
    scheduler_role_arn=f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-scheduler",
    execution_role_arn=REQUEST["RoleArn"],
    training_job_name_prefix=PREFIX,
    s3_output_path=f"s3://{BUCKET}/training-outputs/",
    alarm_topic_arn=TOPIC,
)
SCHEDULE: Final = DeployedSchedule(
    name=PREFIX,
    group_name=PREFIX,
    arn=ARN,
    state="ENABLED",
    target_arn="arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
    target_input=INPUT,
    role_arn=JOB_OF_STACK.scheduler_role_arn,
    dead_letter_queue_arn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{PREFIX}-dead-letters",
    expression="cron(0 3 * * ? *)",
)
VPC: Final = (*REQUEST["VpcConfig"]["Subnets"], *REQUEST["VpcConfig"]["SecurityGroupIds"])
RUN: Final = JobRun(
    f"{PREFIX}-1",
    "Completed",
    "Completed",
    DUE + timedelta(seconds=20),
    ended=DUE + timedelta(minutes=5),
    schedule_arn=ARN,
    scheduled_time="2026-11-27T03:00:00Z",
)
ENDPOINTS: Final = frozenset(
    {
        *(f"com.amazonaws.us-east-1.{each}" for each in ("s3", "secretsmanager", "sts", "logs")),
        "aws.sagemaker.us-east-1.experiments",
    }
)

HEALTHY: Final = Facts(
    stack=STACK,
    region="us-east-1",
    now=NOW,
    caller=Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/somebody"),
    clock=Clock(NOW, NOW + timedelta(seconds=2)),
    jobs=(
        JobFacts(
            job=JOB_OF_STACK,
            schedules={
                "": ScheduleFacts(
                    declared=JOB_OF_STACK,
                    deployed=Deployed(SCHEDULE, NOW - timedelta(days=30)),
                    request=REQUEST,
                    channels={
                        "training": ChannelData(f"s3://{BUCKET}/datasets/training/", 2, 2, ""),
                        "validation": ChannelData(f"s3://{BUCKET}/datasets/validation/", 1, 1, ""),
                    },
                )
            },
            group_tags={"stack": STACK, "training-job": "breast-cancer"},
            dead_letters=DeadLetters(0),
            roles={JOB_OF_STACK.scheduler_role_arn: Role(), JOB_OF_STACK.execution_role_arn: Role()},
            runs=History(PREFIX, (RUN,)),
            topic=Topic(1),
        ),
    ),
    buckets={BUCKET: "us-east-1"},
    images={REQUEST["AlgorithmSpecification"]["TrainingImage"]: True},
    networks={
        VPC: Network(
            vpcs=("vpc-1",),
            domain_name="ec2.internal",
            subnets={
                VPC[0]: Subnet(has_way_out=True),
                VPC[1]: Subnet(has_way_out=False, endpoints=ENDPOINTS),
            },
        )
    },
    quotas={"ml.m5.xlarge for spot training job usage": 1.0},
    servers={SERVER: TrackingServer("", "3.0", STORE.rstrip("/"))},
    secrets={SECRET: Secret()},
)


def with_job(**members: Any) -> Facts:  # noqa: ANN401 - members of JobFacts
    """The healthy stack with other members of its job."""
    return replace(HEALTHY, jobs=(replace(HEALTHY.jobs[0], **members),))


def with_runs(*runs: JobRun, is_whole: bool = True) -> Facts:
    """The healthy stack with other training jobs."""
    return with_job(runs=History(PREFIX, runs, is_whole=is_whole))


def with_schedule(**members: Any) -> Facts:  # noqa: ANN401 - members of ScheduleFacts
    """The healthy stack with other members of its schedule."""
    schedule = replace(HEALTHY.jobs[0].schedules[""], **members)
    return with_job(schedules={"": schedule})


def with_deployed(**members: Any) -> Facts:  # noqa: ANN401 - members of DeployedSchedule
    """The healthy stack with another schedule on AWS than it declares."""
    return with_schedule(deployed=Deployed(replace(SCHEDULE, **members), NOW - timedelta(days=30)))


def with_network(change: Callable[[Network], Network]) -> Facts:
    """The healthy stack with another network."""
    network = HEALTHY.networks[VPC]
    assert isinstance(network, Network)
    return replace(HEALTHY, networks={VPC: change(network)})


def only_finding(facts: Facts) -> Finding:
    """The one thing that is found; the cure is there, and nothing else is named."""
    assert unseen(facts) == []
    (found,) = findings(facts)
    assert found.what
    assert found.cure
    return found
