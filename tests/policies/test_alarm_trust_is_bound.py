"""SG30: Roles of state machines and rules are bound to their source."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from findings import MISSING
from rules.alarm_trust_is_bound import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "states.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:states:us-east-1:123456789012:stateMachine:breast-cancer-prod-alarms"},
    },
}
ROLE = ("aws:iam/role:Role", {"name": "alarms", "assumeRolePolicy": {"Statement": [STATEMENT]}})
FIRST = "role.assumeRolePolicy.Statement.0"
SHAPE = "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME"

REPORTED = {
    "no account": (
        f"{FIRST}.Condition.StringEquals",
        MISSING,
        "role| assumeRolePolicy.Statement[0].Condition: any AWS account can make the service assume the role. Cure: "
        'add StringEquals {"aws:SourceAccount": "<account id>"}.',
    ),
    "no source": (
        f"{FIRST}.Condition.ArnEquals",
        MISSING,
        "role| assumeRolePolicy.Statement[0].Condition: any resource of the service can make it assume the role. Cure: "
        f'add ArnLike {{"aws:SourceArn": "{SHAPE}"}}.',
    ),
    "every state machine": (
        f"{FIRST}.Condition.ArnEquals.aws:SourceArn",
        "arn:aws:states:us-east-1:123456789012:stateMachine:*",
        'role| assumeRolePolicy.Statement[0].Condition.ArnEquals["aws:SourceArn"] is '
        f'["arn:aws:states:us-east-1:123456789012:stateMachine:*"]: aws:SourceArn must be {SHAPE}. Cure: add ArnLike '
        f'{{"aws:SourceArn": "{SHAPE}"}}.',
    ),
    "somebody else": (
        f"{FIRST}.Principal.Service",
        ["states.amazonaws.com", "lambda.amazonaws.com"],
        'role| assumeRolePolicy.Statement[0].Principal.Service[1] is "lambda.amazonaws.com": another principal may '
        "assume the role. Cure: trust states.amazonaws.com alone.",
    ),
}


@pytest.fixture
def stack(good_stack: StackUnderTest) -> StackUnderTest:
    return good_stack.set("role", copy.deepcopy(ROLE))


def of_a_rule(stack: StackUnderTest) -> StackUnderTest:
    condition: dict[str, Any] = copy.deepcopy(STATEMENT["Condition"])  # type: ignore[arg-type] # as above
    condition["ArnEquals"]["aws:SourceArn"] = "arn:aws:events:us-east-1:123456789012:rule/breast-cancer-prod-ended"
    return stack.set(f"{FIRST}.Principal.Service", "events.amazonaws.com").set(f"{FIRST}.Condition", condition)


def test_roles_that_are_bound_pass(stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack) == []
    assert findings_of(RULE, of_a_rule(stack)) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, stack: StackUnderTest, findings_of: Judge) -> None:
    path, value, line = REPORTED[case]

    assert findings_of(RULE, stack.set(path, value)) == [line]


def test_the_role_of_a_rule_is_bound_to_a_rule(stack: StackUnderTest, findings_of: Judge) -> None:
    (line,) = findings_of(RULE, stack.set(f"{FIRST}.Principal.Service", "events.amazonaws.com"))

    assert "aws:SourceArn must be arn:aws:events:REGION:ACCOUNT:rule/NAME" in line


def test_other_roles_are_left_alone(stack: StackUnderTest, not_applicable_of: Reasons) -> None:
    reason = not_applicable_of(RULE, stack)["scheduler_role"]

    assert reason == "the role trusts neither states.amazonaws.com nor events.amazonaws.com"
