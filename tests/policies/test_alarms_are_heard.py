"""SG31: A topic has a subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.alarms_are_heard import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:alarms"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
SLACK = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"
LINE = (
    "topic| subscriptions is missing: nobody has subscribed, so that its messages go nowhere. Cure: set alarms.email, "
    "alarms.https or alarms.chat."
)


@pytest.fixture
def stack(good_stack: StackUnderTest) -> StackUnderTest:
    good_stack.set("topic", ("aws:sns/topic:Topic", {"name": "alarms"}))
    return good_stack.set("subscription", (SUBSCRIPTION, {"topic": TOPIC_ARN, "protocol": "email"}))


def test_a_topic_with_a_subscription_passes(stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack) == []


def test_a_topic_with_a_channel_passes(stack: StackUnderTest, findings_of: Judge) -> None:
    stack.set("subscription", MISSING).set("slack", (SLACK, {"snsTopicArns": [TOPIC_ARN]}))

    assert findings_of(RULE, stack) == []


def test_a_topic_that_is_unknown_is_told_by_what_it_was_made_from(stack: StackUnderTest, findings_of: Judge) -> None:
    stack.set("subscription.topic", UNKNOWN)
    assert findings_of(RULE, stack) == [LINE]

    stack.depends_on["subscription"] = {"topic": frozenset({stack.urn("topic")})}
    assert findings_of(RULE, stack) == []


def test_a_topic_without_a_subscription_is_reported(stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack.set("subscription", MISSING)) == [LINE]


def test_a_subscription_to_another_topic_is_none(stack: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, stack.set("subscription.topic", f"{TOPIC_ARN}-of-others")) == [LINE]


def test_a_stack_without_a_topic_is_left_alone(good_stack: StackUnderTest, not_applicable_of: Reasons) -> None:
    assert not_applicable_of(RULE, good_stack) == {"stack": "the stack has no topic"}
