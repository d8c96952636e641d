"""What a rehearsal calls when it deploys is a lower bound of what the provider does: the policy allows each call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pulumi
import pytest
from botocore.model import OperationModel

from operations.delivery.deploy_policy import deploy_statements
from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.recording_monitor import ResourceToCreate
from rehearsal.deploying.deployment import EmbeddedAwsMocks
from rehearsal.permissions.permissions import AwsCall
from tests.operations.delivery.declared import SCOPE, decide, declared, deployed
from tests.operations.delivery.provider_calls import pass_role

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """As much of an HTTP answer as boto3 looks at."""

    status_code: int = 200


def calls_of(service: str, operation: str, told: Parameters) -> Iterator[AwsCall]:
    """An API call as IAM sees it."""
    action, why = f"{service}:{operation}", f"the rehearsal calls {operation}"
    match service:
        case "iam":
            arn = SCOPE.arn("iam", f"role/{told['RoleName']}", regional=False)
            yield AwsCall(action, arn, why)
            if told.get("Tags"):
                yield AwsCall("iam:TagRole", arn, why)
        case "sqs":
            arn = SCOPE.arn("sqs", told.get("QueueName") or told["QueueUrl"].rpartition("/")[2])
            yield AwsCall(action, arn, why)
            if told.get("tags"):
                yield AwsCall("sqs:TagQueue", arn, why)
        case "s3":
            arn = f"arn:aws:s3:::{told['Bucket']}/{told['Key']}"
            yield AwsCall(action, arn, why)
            if told.get("Tagging"):
                yield AwsCall("s3:PutObjectTagging", arn, why)
        case "scheduler" if operation.endswith("Group"):
            arn = SCOPE.arn("scheduler", f"schedule-group/{told['Name']}")
            yield AwsCall(action, arn, why)
            if told.get("Tags"):
                yield AwsCall("scheduler:TagResource", arn, why)
        case "scheduler":
            yield AwsCall(action, SCOPE.arn("scheduler", f"schedule/{told['GroupName']}/{told['Name']}"), why)
            yield pass_role(told["Target"]["RoleArn"])
        case _:
            yield AwsCall(action, "*", why)


ANSWERS: Final[dict[str, Parameters]] = {
    "CreateRole": {
        "Role": {"Arn": "arn:aws:iam::1:role/r", "RoleId": "A", "CreateDate": datetime(2026, 11, 27, tzinfo=UTC)}
    },
    "CreateQueue": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/breast-cancer-staging-dead-letters"},
    "CreateSchedule": {"ScheduleArn": "arn:aws:scheduler:us-east-1:1:schedule/g/s"},
    "CreateScheduleGroup": {"ScheduleGroupArn": "arn:aws:scheduler:us-east-1:1:schedule-group/g"},
    "GetQueueAttributes": {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:1:q"}},
    "PutObject": {"ETag": '"e"'},
}
"""Operation -> as much of an answer as the rehearsal goes on with; nothing is sent anywhere."""


@pytest.fixture(scope="module")
def recorded() -> list[AwsCall]:
    """The calls of a deployment of staging, as boto3 would have sent them."""
    clients, found = AwsClients("http://127.0.0.1:9", SCOPE.region), list[AwsCall]()

    def record(params: Parameters, model: OperationModel, **_: object) -> None:
        found.extend(calls_of(model.service_model.signing_name, model.name, params))

    def answer(model: OperationModel, **_: object) -> tuple[Answered, Parameters]:
        return Answered(), {**ANSWERS.get(model.name, {}), "ResponseMetadata": {}}

    clients.session.events.register("before-parameter-build", record)
    clients.session.events.register("before-call", answer)
    mocks = EmbeddedAwsMocks(clients)
    for each in declared("staging").resources:
        inputs = dict(each.inputs) | ({"source": pulumi.StringAsset("x")} if "source" in each.inputs else {})
        mocks.new_resource(
            ResourceToCreate(typ=each.type, name=each.name, inputs=inputs, custom=each.custom, urn=each.urn)
        )
    return found


def test_each_call_of_a_rehearsed_deployment_is_allowed(recorded: list[AwsCall]) -> None:
    statements = deploy_statements(declared("staging").resources, deployed("staging"))

    assert {call.action for call in recorded} >= {
        *("iam:CreateRole", "iam:PutRolePolicy", "iam:TagRole", "iam:PassRole", "s3:PutObject", "sqs:CreateQueue"),
        *("scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:TagResource"),
    }
    assert [f"{call.action} {call.resource}" for call in recorded if not decide(call, statements).allowed] == []


def test_the_policy_of_the_other_stack_allows_none_of_them(recorded: list[AwsCall]) -> None:
    statements = deploy_statements(declared("prod").resources, deployed("prod"))

    assert [f"{call.action} {call.resource}" for call in recorded if decide(call, statements).allowed] == []
