"""The program of one job, and what is read of what it declares."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import pulumi

from components.prepared_job import PreparedJob
from components.scheduled_training_job import ScheduledTrainingJob

Declare = Callable[..., Any]
DeclaredResources = Annotated[Any, "conftest.Declared"]
COMPONENT = "scheduled-training:index:ScheduledTrainingJob"
GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"
SCHEDULE = "aws:scheduler/schedule:Schedule"
QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUNDLE = "aws:s3/bucketObjectv2:BucketObjectv2"
TAGS = {"team": "ml-platform", "project": "scheduled-training", "stack": "staging", "training-job": "breast-cancer"}


def replaced(args: PreparedJob, **changes: object) -> PreparedJob:
    return PreparedJob(**(vars(args) | changes))


def program(args: PreparedJob, opts: pulumi.ResourceOptions | None = None) -> Callable[[], None]:
    return lambda: ScheduledTrainingJob("breast-cancer", args, opts) and None


def request_of(declared: object) -> dict[str, Any]:
    schedule = declared.one(SCHEDULE, "breast-cancer-schedule")  # type: ignore[attr-defined] # conftest.Declared
    return json.loads(schedule.inputs["target"]["input"])
