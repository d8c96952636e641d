"""What the roles of the alarms may do: no more than is named, and a star only with its reason."""

import pytest

from components.alarm_names import AlarmNames
from components.alarm_permissions import (
    WILDCARD_REASONS,
    chat_trust,
    events_trust,
    key_policy,
    machine_permissions,
    machine_trust,
    starting_permissions,
    topic_policy,
    watch_trust,
)
from components.aws_names import AwsScope, JobNames
from components.statement_union import Statement

NAMES = AlarmNames(JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod"))
IN_CHINA = AlarmNames(JobNames(AwsScope("aws-cn", "cn-north-1", "123456789012"), "churn-prod"))
KEY = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
OF_ROLES = {
    "machine": machine_permissions(NAMES, NAMES.topic_arn, KEY),
    "what starts it": starting_permissions(NAMES),
}


@pytest.mark.parametrize("role", OF_ROLES)
def test_a_star_stands_only_beside_actions_with_a_reason(role: str) -> None:
    for statement in OF_ROLES[role]:
        assert not any("*" in action for action in statement["Action"])
        if statement["Resource"] == "*":
            assert set(statement["Action"]) <= set(WILDCARD_REASONS)


def test_every_reason_is_of_an_action_that_is_allowed() -> None:
    starred = [each["Action"] for each in OF_ROLES["machine"] if each["Resource"] == "*"]

    assert {action for actions in starred for action in actions} == set(WILDCARD_REASONS)


def test_the_machine_may_do_this_and_no_more() -> None:
    allowed = {
        (action, each["Resource"]) for each in machine_permissions(NAMES, NAMES.topic_arn) for action in each["Action"]
    }

    assert allowed == {
        ("sagemaker:DescribeTrainingJob", "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn-prod-*"),
        ("sagemaker:ListTrainingJobs", "*"),
        ("cloudwatch:PutMetricData", "*"),
        ("sns:Publish", "arn:aws:sns:us-east-1:123456789012:churn-prod-alarms"),
        ("states:StartExecution", "arn:aws:states:us-east-1:123456789012:stateMachine:churn-prod-alarms"),
    }


@pytest.mark.parametrize(
    ("statements", "service", "source"),
    [
        (machine_trust(NAMES), "states", "arn:aws:states:us-east-1:123456789012:stateMachine:churn-prod-alarms"),
        (events_trust(NAMES), "events", "arn:aws:events:us-east-1:123456789012:rule/churn-prod-ended"),
        (watch_trust(NAMES), "scheduler", "arn:aws:scheduler:us-east-1:123456789012:schedule-group/churn-prod"),
    ],
)
def test_a_role_is_for_one_source_of_this_account(statements: list[Statement], service: str, source: str) -> None:
    (statement,) = statements

    assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": source},
    }


def test_chat_assumes_a_role_that_has_no_permissions() -> None:
    (statement,) = chat_trust()

    assert (statement["Principal"], statement["Action"]) == ({"Service": "chatbot.amazonaws.com"}, "sts:AssumeRole")
    # AWS documents no key that the service sends: a condition on one would silence the channel.
    assert "Condition" not in statement


def test_eventbridge_writes_to_no_topic_and_uses_no_key() -> None:
    principals = [each["Principal"] for each in (*topic_policy(NAMES), *key_policy(NAMES))]

    assert {"Service": "cloudwatch.amazonaws.com"} in principals
    assert "events.amazonaws.com" not in str(principals)


def test_in_china_names_of_services_end_otherwise() -> None:
    *_, messages = key_policy(IN_CHINA)

    assert messages["Condition"]["StringEquals"]["kms:ViaService"] == "sns.cn-north-1.amazonaws.com.cn"
    assert messages["Principal"] == {"AWS": "arn:aws-cn:iam::123456789012:role/churn-prod-alarms"}
