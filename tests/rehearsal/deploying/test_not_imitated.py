"""What a rehearsal says of resources that exist on the embedded AWS and do nothing there."""

from dataclasses import dataclass
from typing import Any

from rehearsal.deploying.not_imitated import not_imitated


@dataclass
class Registered:
    type: str


def said(*types: str) -> list[str]:
    resources: Any = [Registered(each) for each in types]
    return list(not_imitated(resources))


def test_nothing_is_said_of_a_stack_without_alarms() -> None:
    assert said("aws:scheduler/schedule:Schedule", "aws:sqs/queue:Queue") == []


def test_each_kind_is_told_once() -> None:
    alarm, machine = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:sfn/stateMachine:StateMachine"

    assert said(alarm, machine, alarm) == ["no state machine runs", "no alarm goes off"]
