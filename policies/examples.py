"""Building blocks of the rules' examples: resources as the engine describes them, cut down to what a rule looks at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from documents import ROLE, ROLE_POLICY
from resources import Resource
from rule import Example
from target_input import SCHEDULE

Json: TypeAlias = Any

ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::ml-platform-prod-ml-bucket"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/breast-cancer-prod-execution"
SCHEDULER_ROLE = "arn:aws:iam::123456789012:role/breast-cancer-prod-scheduler"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TRAINING_JOBS = "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-prod-*"
TRAINING_TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
TRAINING_JOB_NAME = "breast-cancer-prod-<aws.scheduler.execution-id>"
_CONDITION = "Condition"


def resource(type_token: str, properties: Mapping[str, Json], name: str = "breast-cancer") -> Resource:
    """Build a resource with the URN that the engine would give it."""
    return Resource(type_token, name, f"urn:pulumi:prod::scheduled-training::{type_token}::{name}", dict(properties))


def example(type_token: str, properties: Mapping[str, Json]) -> Example:
    """Show one resource."""
    return Example((resource(type_token, properties),))


def schedule(
    target: Mapping[str, Json] | None = None, request: Mapping[str, Json] | None = None, **more: Json
) -> Example:
    """Show a schedule that starts training jobs."""
    whole = {"arn": TRAINING_TARGET, "input": json.dumps(request or {})} | dict(target or {})
    return example(SCHEDULE, {"target": whole, **more})


def job(**members: Json) -> Example:
    """Show a schedule whose target input has these members only."""
    return schedule(request=members)


def document(*statements: Json) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role_policy(*statements: Json) -> Example:
    """Show a policy attached to a role."""
    return example(ROLE_POLICY, {"policy": document(*statements)})


def role_trusting(service: str, condition: Json) -> Example:
    """Show a role's trust document."""
    principal = {"Principal": {"Service": service}}
    statement = {"Effect": "Allow"} | principal | {"Action": "sts:AssumeRole", _CONDITION: condition}
    return example(ROLE, {"assumeRolePolicy": document(statement)})


def allow(action: Json, on: Json, condition: Json = None) -> Json:
    """Write an ``Allow`` statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": on}
    return statement | ({_CONDITION: condition} if condition else {})


def stack(request: Mapping[str, Json], scheduler: tuple[Json, ...] = (), execution: tuple[Json, ...] = ()) -> Example:
    """Show a scheduled job with the policies of its two roles."""
    resources = [*schedule({"roleArn": SCHEDULER_ROLE}, {"RoleArn": EXECUTION_ROLE, **request}).resources]
    for kind, arn, statements in (("scheduler", SCHEDULER_ROLE, scheduler), ("execution", EXECUTION_ROLE, execution)):
        if statements:
            name = arn.rpartition("/")[2]
            resources.append(resource(ROLE, {"name": name}, f"breast-cancer-{kind}"))
            policy = {"role": name, "policy": document(*statements)}
            resources.append(resource(ROLE_POLICY, policy, f"breast-cancer-{kind}"))
    return Example(tuple(resources))
