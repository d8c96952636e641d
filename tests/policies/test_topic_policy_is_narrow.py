"""SG29: A topic's policy lets only this account's services publish."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.topic_policy_is_narrow import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": ["sns:Publish"],
    "Resource": "arn:aws:sns:us-east-1:123456789012:alarms",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:breast-cancer-prod-*"},
    },
}
TOPIC = ("aws:sns/topic:Topic", {"name": "alarms", "policy": {"Version": "2012-10-17", "Statement": [STATEMENT]}})
OPEN = (
    "topic| policy.Statement[0].Condition: others than this account can have messages published. Cure: add "
    'StringEquals {"aws:SourceAccount": "<account id>"} and ArnLike {"aws:SourceArn": "<alarms>"}.'
)

REPORTED = {
    "no condition": ("policy.Statement.0.Condition", MISSING, OPEN),
    "a condition that an absent key fulfils": (
        "policy.Statement.0.Condition",
        {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}},
        OPEN,
    ),
    "any account": ("policy.Statement.0.Condition", {"StringLike": {"aws:SourceAccount": "*"}}, OPEN),
    "resources of any account": (
        "policy.Statement.0.Condition",
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:*:alarm:breast-cancer-prod-*"}},
        OPEN,
    ),
    "anybody": ("policy.Statement.0", {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}, OPEN),
    "more than publishing": (
        "policy.Statement.0.Action",
        ["sns:Publish", "sns:Subscribe"],
        'topic| policy.Statement[0].Action[1] is "sns:Subscribe": more than sns:Publish is allowed. Cure: allow '
        "sns:Publish alone.",
    ),
}
ACCEPTED = {
    "the account alone": ("policy.Statement.0.Condition.ArnLike", MISSING),
    "the source alone": ("policy.Statement.0.Condition.StringEquals", MISSING),
    "somebody by name": (
        "policy.Statement.0",
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/x"}, "Action": "sns:Publish"},
    ),
    "what is denied": ("policy.Statement.0.Effect", "Deny"),
}
LEFT_ALONE = {
    "a topic with the policy that SNS gives it": (
        MISSING,
        "the topic has the policy that SNS gives it: its account may publish",
    ),
    "a policy that is unknown at preview": (UNKNOWN, "the topic's policy is unknown at preview"),
    "a policy that is no JSON": ("{", None),
}


@pytest.fixture
def stack(good_stack: StackUnderTest) -> StackUnderTest:
    return good_stack.set("topic", copy.deepcopy(TOPIC))


def test_the_good_topic_passes(stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, stack: StackUnderTest, findings_of: Judge) -> None:
    path, value, line = REPORTED[case]

    assert findings_of(RULE, stack.set(f"topic.{path}", value)) == [line]


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_right_in_another_way_passes(case: str, stack: StackUnderTest, findings_of: Judge) -> None:
    path, value = ACCEPTED[case]

    assert findings_of(RULE, stack.set(f"topic.{path}", value)) == []


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_cannot_be_read_is_left_alone_and_said_so(
    case: str, stack: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons
) -> None:
    value, reason = LEFT_ALONE[case]
    stack.set("topic.policy", value)

    assert findings_of(RULE, stack) == []
    found = not_applicable_of(RULE, stack)["topic"]
    assert found == reason or (reason is None and found.startswith("the topic's policy "))
