"""SG04: An execution role passes no role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING
from rules import pass_one_role
from rules.execution_role_passes_none import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

PASS_ADMIN = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/admin",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}
REPORT = (
    "training code that may pass a role can start jobs with the permissions of that role. Cure: take it out; the "
    "scheduler role, a role of its own, passes the execution role."
)
REPORTED = {
    "one role to SageMaker": (
        ("execution_policy.policy.Statement.+", PASS_ADMIN),
        f'execution_policy| policy.Statement[9].Action is "iam:PassRole": {REPORT}',
    ),
    "its own role, as one of several actions": (
        ("execution_policy.policy.Statement.0.Action.+", "iam:passrole"),
        f'execution_policy| policy.Statement[0].Action[1] is "iam:passrole": {REPORT}',
    ),
    "every action but one": (
        ("execution_policy.policy.Statement.+", {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
        f'execution_policy| policy.Statement[9].NotAction is "s3:*": {REPORT}',
    ),
    "an inline policy of the role": (
        ("execution_role.inlinePolicies", [{"name": "a", "policy": {"Statement": PASS_ADMIN}}]),
        f'execution_role| inlinePolicies[0].policy.Statement.Action is "iam:PassRole": {REPORT}',
    ),
}


def test_the_good_stack_whose_scheduler_role_passes_a_role_passes(
    good_stack: StackUnderTest, findings_of: Judge
) -> None:
    assert findings_of(RULE, good_stack) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, good_stack: StackUnderTest, findings_of: Judge) -> None:
    (path, value), line = REPORTED[case]
    assert findings_of(RULE, good_stack.set(path, value)) == [line]


def test_the_rule_about_single_documents_cannot_see_it(good_stack: StackUnderTest, findings_of: Judge) -> None:
    good_stack.set("execution_policy.policy.Statement.+", PASS_ADMIN)
    assert findings_of(pass_one_role.RULE, good_stack) == []


def test_a_denied_action_passes(good_stack: StackUnderTest, findings_of: Judge) -> None:
    good_stack.set("execution_policy.policy.Statement.+", PASS_ADMIN | {"Effect": "Deny"})
    assert findings_of(RULE, good_stack) == []


def test_an_execution_role_of_another_stack_is_left_alone_and_said_so(
    good_stack: StackUnderTest, not_applicable_of: Reasons
) -> None:
    good_stack.set("execution_role", MISSING).set("execution_policy", MISSING)
    assert not_applicable_of(RULE, good_stack) == {
        "stack": "the stack has no execution role of a scheduled training job"
    }
