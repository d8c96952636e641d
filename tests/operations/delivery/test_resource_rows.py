"""The table: its actions exist, are narrowed where they can be, and allow no neighbour of a resource."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from operations.delivery.deploy_policy import DeployPolicyError, deploy_statements
from operations.delivery.grants import Boundary, Phase, Tagged
from operations.delivery.resource_rows import ROWS
from rehearsal.declaring.recording_monitor import RegisteredResource
from rehearsal.permissions.permissions import AwsCall
from tests.operations.delivery.declared import SCOPE, decide, declared, deployed
from tests.operations.projects import ROOT

TAGS: Final = {"project": "scheduled-training", "stack": "staging", "training-job": "churn"}
ROLE: Final = "arn:aws:iam::123456789012:role/churn-staging-alarms"
INPUTS: Final[dict[str, dict[str, Any]]] = {
    "aws:budgets/budget:Budget": {"name": "churn-staging-alarms"},
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": {
        "configurationName": "churn-staging-slack",
        "iamRoleArn": ROLE,
    },
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": {
        "configurationName": "churn-staging-teams",
        "iamRoleArn": ROLE,
    },
    "aws:cloudwatch/dashboard:Dashboard": {"dashboardName": "churn-staging-alarms"},
    "aws:cloudwatch/eventRule:EventRule": {"name": "churn-staging-ended"},
    "aws:cloudwatch/eventTarget:EventTarget": {"rule": "churn-staging-ended", "roleArn": ROLE},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"name": "churn-staging-dead-letters"},
    "aws:iam/role:Role": {"name": "churn-staging-alarms"},
    "aws:iam/rolePolicy:RolePolicy": {"name": "alarms", "role": "churn-staging-alarms"},
    "aws:kms/alias:Alias": {"name": "alias/churn-staging-alarms"},
    "aws:kms/key:Key": {"tags": TAGS},
    "aws:s3/bucketObject:BucketObject": {"bucket": "ml-bucket", "key": f"code/churn-staging/{'0f' * 32}/x.tar.gz"},
    "aws:s3/bucketObjectv2:BucketObjectv2": {"bucket": "ml-bucket", "key": f"code/churn-staging/{'0f' * 32}/x.tar.gz"},
    "aws:scheduler/schedule:Schedule": {
        "groupName": "churn-staging",
        "name": "churn-staging",
        "target": {"roleArn": ROLE},
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {"name": "churn-staging"},
    "aws:sfn/stateMachine:StateMachine": {"name": "churn-staging-alarms", "roleArn": ROLE},
    "aws:sns/topic:Topic": {"name": "churn-staging-alarms"},
    "aws:sns/topicSubscription:TopicSubscription": {"topic": "arn:aws:sns:us-east-1:123456789012:churn-staging-alarms"},
    "aws:sqs/queue:Queue": {"name": "churn-staging-dead-letters"},
}
"""Type -> what such a resource says, as far as its row asks."""
OPERATIONS_OF: Final = {"states": "stepfunctions"}
NOT_OPERATIONS: Final = {
    *("s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObjectVersion", "iam:PassRole"),
    *("budgets:ModifyBudget", "budgets:ViewBudget"),
}
"""Permissions that no operation of the API is called like. Source: Service Authorization Reference."""


def resource(type_: str, **changes: object) -> RegisteredResource:
    good = next(each for each in declared("staging").resources if each.type == "aws:sqs/queue:Queue")
    urn = f"urn:pulumi:staging::scheduled-training::{type_}::it"
    return replace(good, type=type_, urn=urn, inputs={**INPUTS[type_], **changes})


def statements(type_: str, **changes: object) -> list[dict[str, Any]]:
    return deploy_statements([resource(type_, **changes)], deployed("staging"))


def only_star() -> set[str]:
    lines = (ROOT / "policies" / "actions_without_resources.txt").read_text().splitlines()
    return {f"{line.partition(':')[0]}:{name}" for line in lines for name in line.partition(":")[2].split()}


def test_each_row_is_tried_here() -> None:
    assert INPUTS.keys() == ROWS.keys()


def test_each_action_exists_and_none_has_a_wildcard() -> None:
    actions = {action for row in ROWS.values() for grant in row for action in grant.actions}
    operations = set()
    for service in {action.partition(":")[0] for action in actions}:
        model = ServiceModel(Loader().load_service_model(OPERATIONS_OF.get(service, service), "service-2"))
        operations |= {f"{service}:{name}" for name in model.operation_names}

    assert actions - operations == NOT_OPERATIONS
    assert "*" not in "".join(actions)


@pytest.mark.parametrize("type_", ROWS)
def test_a_star_stands_beside_actions_that_accept_nothing_else_and_beside_no_other(type_: str) -> None:
    starred = {action.lower() for each in statements(type_) if each["Resource"] == "*" for action in each["Action"]}
    narrowed = {action.lower() for each in statements(type_) if each["Resource"] != "*" for action in each["Action"]}

    assert starred <= only_star()
    assert not narrowed & only_star()


@pytest.mark.parametrize("type_", ROWS)
def test_a_resource_of_another_name_account_or_region_is_left_alone(type_: str) -> None:
    policy = statements(type_)
    for grant in ROWS[type_]:
        arn = grant.arn(INPUTS[type_], SCOPE)
        if arn == "*" or arn.endswith((":key/*", ":alarm:*")) or grant.boundary is Boundary.SET:
            continue
        context = {"iam:PassedToService": grant.passed_to} if grant.passed_to else {}
        for action in grant.actions:
            assert decide(AwsCall(action, own_of(arn), "own", context), policy).allowed, action
            calls = [AwsCall(action, each, "other", context) for each in neighbours_of(arn)]
            assert [call for call in calls if decide(call, policy).allowed] == []


def own_of(arn: str) -> str:
    return arn.replace("*", "0f0f")


def neighbours_of(arn: str) -> list[str]:
    """ARNs that differ in one part; what ends with a star is of any end."""
    own = own_of(arn)
    others = (("churn", "my-churn"), ("churn", "churn2"), ("-staging", "-prod"), ("123456789012", "999999999999"))
    found = [own.replace(*each) for each in (*others, ("us-east-1", "eu-west-1"))]
    return [each for each in (*found, *([] if arn.endswith("*") else [f"{own}x"])) if each != own]


@pytest.mark.parametrize("type_", [name for name, row in ROWS.items() if any(grant.passed_to for grant in row)])
def test_a_role_is_passed_to_one_service(type_: str) -> None:
    (service,) = {grant.passed_to for grant in ROWS[type_] if grant.passed_to}

    def allowed(role: str, to: str) -> bool:
        return decide(AwsCall("iam:PassRole", role, "x", {"iam:PassedToService": to}), statements(type_)).allowed

    assert allowed(ROLE, service)
    assert not allowed(ROLE, "ec2.amazonaws.com")
    assert not allowed(f"{ROLE}-2", service)


KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
OWN: Final = {"aws:ResourceTag/project": "scheduled-training", "aws:ResourceTag/stack": "staging"}
OTHERS: Final = {"aws:ResourceTag/project": "scheduled-training", "aws:ResourceTag/stack": "prod"}
GIVES: Final = {"aws:RequestTag/project": "scheduled-training", "aws:RequestTag/stack": "staging"}


@pytest.mark.parametrize(
    ("action", "context", "allowed"),
    [
        ("kms:PutKeyPolicy", OWN, True),
        ("kms:PutKeyPolicy", OTHERS, False),
        ("kms:PutKeyPolicy", {}, False),
        ("kms:ScheduleKeyDeletion", OWN, True),
        ("kms:ScheduleKeyDeletion", OTHERS, False),
        ("kms:TagResource", GIVES, True),
        ("kms:TagResource", GIVES | OWN, True),
        ("kms:TagResource", GIVES | OTHERS, False),
        ("kms:TagResource", OWN, False),
        ("kms:CreateKey", GIVES, True),
        ("kms:CreateKey", {}, False),
        ("kms:DescribeKey", OTHERS, True),
        ("kms:Decrypt", OWN, False),
        ("kms:CreateGrant", OWN, False),
        ("kms:DisableKey", OWN, False),
    ],
)
def test_keys_are_known_by_their_tags(action: str, context: dict[str, str], allowed: bool) -> None:
    assert decide(AwsCall(action, KEY, "x", context), statements("aws:kms/key:Key")).allowed == allowed


def test_a_key_without_the_tags_is_an_error() -> None:
    with pytest.raises(DeployPolicyError, match="its tags lack project and stack, by which the role knows it"):
        statements("aws:kms/key:Key", tags={"team": "ml"})


def test_a_role_with_a_path_is_an_error() -> None:
    with pytest.raises(DeployPolicyError, match="path is '/team/'; allowed: /"):
        statements("aws:iam/role:Role", path="/team/")


def test_what_reads_changes_nothing() -> None:
    reading = ("Get", "List", "Describe", "Head", "View", "Validate")
    grants = [grant for row in ROWS.values() for grant in row if grant.phase is Phase.READ]
    actions = {action for grant in grants for action in grant.actions}

    assert [action for action in actions if not action.partition(":")[2].startswith(reading)] == []
    assert all(grant.tagged is Tagged.NOT for grant in grants)
