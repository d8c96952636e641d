"""A policy that is too long for a managed one: as several, which allow the same."""

from __future__ import annotations

from typing import Any, Final

import pytest

from components.iam_policies import allow
from operations.delivery.policy_lengths import MANAGED_POLICY_MAX_LENGTH, length, length_note, managed_policies

ARNS: Final = [f"arn:aws:sqs:us-east-1:123456789012:job-{number}-prod-dead-letters" for number in range(400)]


def statements(count: int, each: int = 20) -> list[dict[str, Any]]:
    return [allow(f"Queues{place}", ["sqs:DeleteQueue"], ARNS[:each]) for place in range(count)]


@pytest.mark.parametrize(
    "long", [statements(1), statements(12), statements(1, 400), [*statements(3), *statements(1, 300)]]
)
def test_each_fits_and_all_of_them_allow_the_same(long: list[dict[str, Any]]) -> None:
    policies = managed_policies(long)

    assert max(map(length, policies)) <= MANAGED_POLICY_MAX_LENGTH
    allowed = [(action, arn) for each in long for action in each["Action"] for arn in each["Resource"]]
    assert allowed == [
        (action, arn) for policy in policies for each in policy for action in each["Action"] for arn in each["Resource"]
    ]
    sids = [each["Sid"] for policy in policies for each in policy]
    assert len(sids) == len(set(sids))


def test_a_short_policy_is_one_and_has_no_note() -> None:
    assert (len(managed_policies(statements(1))), length_note(statements(1), "less")) == (1, None)


def test_a_longer_one_may_be_inline_or_several() -> None:
    note = length_note(statements(5), "less")

    assert note == (
        f"the policy has {length(statements(5)):,} characters, and a managed policy takes 6,144: make it an inline "
        "policy of the role, which takes 10,240, or make it 2 managed policies, which --json lists, or less"
    )


def test_one_that_no_role_can_have_says_so() -> None:
    note = length_note(statements(80), "less")

    assert note is not None
    assert note.endswith("managed policies, and a role takes 10, or less")
    assert "inline" not in note
