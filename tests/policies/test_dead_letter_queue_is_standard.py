"""SG19: A dead-letter queue of the stack is a standard queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.dead_letter_queue_is_standard import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

FIFO = ("aws:sqs/queue:Queue", {"name": "dead.fifo", "fifoQueue": True})
REPORT = (
    "schedule| target.deadLetterConfig.arn is unknown: EventBridge Scheduler delivers dead letters to standard SQS "
    "queues only, and this queue is FIFO. Cure: take fifoQueue out of the queue."
)
NOTHING_TO_JUDGE = {"stack": "no schedule has a dead-letter queue of this stack whose ARN is unknown"}


@pytest.fixture
def unknown_queue(good_stack: StackUnderTest) -> StackUnderTest:
    """The good stack at its first preview: its provider has not made up the queue's ARN yet."""
    good_stack.set("schedule.target.deadLetterConfig.arn", UNKNOWN)
    good_stack.depends_on = {"schedule": {"target": frozenset({good_stack.urn("queue"), good_stack.urn("bundle")})}}
    return good_stack


def test_a_standard_queue_passes(unknown_queue: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons) -> None:
    assert findings_of(RULE, unknown_queue) == []
    assert not_applicable_of(RULE, unknown_queue) == {}


def test_a_fifo_queue_is_reported_before_its_arn_is_known(unknown_queue: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, unknown_queue.set("queue", FIFO)) == [REPORT]


def test_a_fifo_queue_is_reported_when_the_whole_setting_is_unknown(
    unknown_queue: StackUnderTest, findings_of: Judge
) -> None:
    unknown_queue.set("queue", FIFO).set("schedule.target.deadLetterConfig", UNKNOWN)
    assert findings_of(RULE, unknown_queue) == [REPORT]


def test_a_target_that_is_also_made_from_a_standard_queue_passes(
    unknown_queue: StackUnderTest, findings_of: Judge
) -> None:
    unknown_queue.set("other", FIFO)
    made_from = frozenset({unknown_queue.urn("queue"), unknown_queue.urn("other")})
    unknown_queue.depends_on = {"schedule": {"target": made_from}}
    assert findings_of(RULE, unknown_queue) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schedule.target.deadLetterConfig.arn", "arn:aws:sqs:us-east-1:123456789012:dead.fifo"),
        ("schedule.target.deadLetterConfig", MISSING),
        ("schedule.target.arn", "arn:aws:lambda:us-east-1:123456789012:function:train"),
    ],
)
def test_what_the_rule_is_not_about_is_left_alone_and_said_so(
    path: str, value: object, unknown_queue: StackUnderTest, findings_of: Judge, not_applicable_of: Reasons
) -> None:
    unknown_queue.set("queue", FIFO).set(path, value)
    assert findings_of(RULE, unknown_queue) == []
    assert not_applicable_of(RULE, unknown_queue) == NOTHING_TO_JUDGE
