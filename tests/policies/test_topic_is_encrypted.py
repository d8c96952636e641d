"""SG28: Topics are encrypted with a customer key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.topic_is_encrypted import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

TOPIC = ("aws:sns/topic:Topic", {"name": "alarms", "kmsMasterKeyId": "alias/alarms"})
CURE = "Cure: set it to the ARN or the alias of a key whose policy lets CloudWatch use it."

REPORTED = {
    "no key": (MISSING, f"topic| kmsMasterKeyId is missing: messages of the topic are not encrypted. {CURE}"),
    "an empty key": ("", f"topic| kmsMasterKeyId is missing: messages of the topic are not encrypted. {CURE}"),
    "AWS's own key": (
        "alias/aws/sns",
        'topic| kmsMasterKeyId is "alias/aws/sns": CloudWatch cannot use AWS\'s own key, so that its alarms go '
        f"nowhere. {CURE}",
    ),
    "AWS's own key by ARN": (
        "arn:aws:kms:us-east-1:123456789012:alias/aws/sns",
        'topic| kmsMasterKeyId is "arn:aws:kms:us-east-1:123456789012:alias/aws/sns": CloudWatch cannot use AWS\'s own '
        f"key, so that its alarms go nowhere. {CURE}",
    ),
}
ACCEPTED = {
    "an alias": "alias/alarms",
    "an ARN": "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d",
    "a key that the stack makes": UNKNOWN,
}


@pytest.fixture
def stack(good_stack: StackUnderTest) -> StackUnderTest:
    return good_stack.set("topic", (TOPIC[0], dict(TOPIC[1])))


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, stack: StackUnderTest, findings_of: Judge) -> None:
    value, line = REPORTED[case]

    assert findings_of(RULE, stack.set("topic.kmsMasterKeyId", value)) == [line]


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_key_of_the_customer_passes(case: str, stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack.set("topic.kmsMasterKeyId", ACCEPTED[case])) == []


def test_a_queue_is_left_alone(stack: StackUnderTest, not_applicable_of: Reasons) -> None:
    assert not_applicable_of(RULE, stack)["queue"] == "the rule does not look at aws:sqs/queue:Queue"
