"""Tries whether the alarms of a job are heard: asks Step Functions and CloudWatch, and sends the two test messages.

Sources: Step Functions API, StartExecution and DescribeExecution; CloudWatch API, SetAlarmState ("the action
configured for the appropriate state is invoked") and DescribeAlarmHistory.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import uuid4

from components.alarm_machine import TEST_INPUT, TEST_STATE
from operations.deployed_jobs import StackJob
from operations.doctor.asking.answers import asked, code_of
from operations.doctor.facts import Asked, Topic
from operations.doctor.finding import Unseen
from operations.places import Place
from operations.verifying import alarms
from operations.verifying.alarms import Execution
from operations.verifying.steps import Outcome, Step

T = TypeVar("T")
_LOOKS_AGAIN_AFTER_SECONDS: Final = 5
WAITS_IN_SECONDS: Final = 120
"""Ours, for each answer: AWS names no time for it; most often it is seconds."""
_ALARM = "ALARM"


@dataclass(frozen=True)
class AlarmTest:
    """Of the alarms of one job, whose topic has these hearers."""

    place: Place
    job: StackJob
    hears: Asked[Topic | None]
    wait: Callable[[float], None] = time.sleep

    @property
    def has_alarms(self) -> bool:
        """Whether the job has any."""
        return self.job.alarm_machine_arn is not None and self.job.alarm_topic_arn is not None

    @property
    def question(self) -> str:
        """As `alarms.question`."""
        return alarms.question(self.hears)

    def steps(self, completed: str, *, send: bool) -> Iterator[Step]:
        """Each step as soon as it is over; `completed` is a training job of the flight, `send` that somebody agreed."""
        if not self.has_alarms:
            yield alarms.no_alarms_step()
            return
        yield tried(alarms.RECORDED, lambda: self._recorded(completed))
        if not send:
            yield alarms.not_wanted_step()
            return
        yield tried(alarms.MESSAGE, self._message)
        yield tried(alarms.ALARM, self._alarm)

    def _recorded(self, completed: str) -> Step:
        if self.place.is_rehearsal:
            return Step(alarms.RECORDED, Outcome.SKIPPED, "the embedded AWS sends no events and runs no state machine")
        execution = self._execution(f"{completed}-Completed")
        return alarms.recorded_step(completed, execution, WAITS_IN_SECONDS)

    def _message(self) -> Step:
        """Start the state machine for a test; in a rehearsal, which runs none, send what it would send."""
        machine = self.place.client("stepfunctions").describe_state_machine(stateMachineArn=self.job.alarm_machine_arn)
        state = json.loads(machine["definition"])["States"].get(TEST_STATE)
        if state is None:
            told = "the deployed state machine is of an earlier version and has no test: run pulumi up"
            return Step(alarms.MESSAGE, Outcome.SKIPPED, told)
        sent = state["Arguments"]
        if self.place.is_rehearsal:
            return self._rehearsed_message(sent)
        name = f"test-{uuid4()}"
        self.place.client("stepfunctions").start_execution(
            stateMachineArn=self.job.alarm_machine_arn, name=name, input=TEST_INPUT
        )
        return alarms.message_step(sent["Subject"], self.execution(name), self.hears)

    def _rehearsed_message(self, sent: Any) -> Step:  # noqa: ANN401 - arguments of Publish, as the machine has them
        sns = self.place.client("sns")
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=sent["TopicArn"])
        protocols = frozenset(each["Protocol"] for page in pages for each in page["Subscriptions"])
        if alarms.posts_for_real(protocols):
            told = "not sent: the embedded AWS would really post it to the https address that subscribes"
            return Step(alarms.MESSAGE, Outcome.SKIPPED, told)
        sns.publish(**sent)
        return alarms.rehearsed_message_step(sent["Subject"], self.hears)

    def _alarm(self) -> Step:
        """Set one alarm off, read what came of it, and leave it as it was."""
        cloudwatch, name = self.place.client("cloudwatch"), f"{self.job.training_job_name_prefix}-{alarms.ALARM_KEY}"
        before = self._described(name)
        fault = alarms.alarm_fault(before, name, self.job.alarm_topic_arn or "")
        if fault or before is None:
            return Step(alarms.ALARM, Outcome.FAILED, fault)
        if before["StateValue"] == _ALARM:
            return Step(alarms.ALARM, Outcome.SKIPPED, f"{name} is in ALARM already: see what it tells of")
        seen = None if self.place.is_rehearsal else self._newest_action(name)
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=_ALARM, StateReason=alarms.REASON)
        try:
            if self.place.is_rehearsal:
                return _rehearsed_alarm_step(name, self._described(name))
            action = self._until(lambda: self._action_after(name, seen))
            return alarms.alarm_step(name, action, self.hears, WAITS_IN_SECONDS)
        finally:
            now = self._described(name) or {}
            if (now.get("StateValue"), now.get("StateReason")) == (_ALARM, alarms.REASON):
                cloudwatch.set_alarm_state(AlarmName=name, StateValue=before["StateValue"], StateReason=alarms.OVER)

    def _described(self, name: str) -> dict[str, Any] | None:
        found = self.place.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return found[0] if found else None

    def _newest_action(self, name: str) -> dict[str, Any] | None:
        """By the history's own times, so that the clock here does not matter."""
        told = self.place.client("cloudwatch").describe_alarm_history(
            AlarmName=name, HistoryItemType="Action", ScanBy="TimestampDescending", MaxRecords=1
        )
        items = told["AlarmHistoryItems"]
        return items[0] if items else None

    def _action_after(self, name: str, seen: dict[str, Any] | None) -> str | None:
        newest = self._newest_action(name)
        if newest is None or (seen is not None and newest["Timestamp"] <= seen["Timestamp"]):
            return None
        return str(newest.get("HistorySummary", ""))

    def execution(self, name: str) -> Execution:
        """An execution that was started by that name, at its end if that comes soon."""
        return self._execution(name) or Execution(alarms.RUNNING)

    def _execution(self, name: str) -> Execution | None:
        """An execution of the alarms' machine, at its end if that comes soon; None where there is none of the name."""
        seen: list[Execution] = []

        def ended() -> Execution | None:
            seen[:] = filter(None, [self._described_execution(name)])
            return seen[0] if seen and seen[0].status != alarms.RUNNING else None

        return self._until(ended) or (seen[0] if seen else None)

    def _described_execution(self, name: str) -> Execution | None:
        from botocore.exceptions import ClientError

        arn = f"{str(self.job.alarm_machine_arn).replace(':stateMachine:', ':execution:')}:{name}"
        try:
            told = self.place.client("stepfunctions").describe_execution(executionArn=arn)
        except ClientError as error:
            if code_of(error) == "ExecutionDoesNotExist":
                return None
            raise
        reason = ": ".join(filter(None, [told.get("error"), told.get("cause")]))
        return Execution(told["status"], reason, told.get("output", ""))

    def _until(self, ask: Callable[[], T | None]) -> T | None:
        """The first answer, or None when it has taken too long."""
        for waited in range(0, WAITS_IN_SECONDS + 1, _LOOKS_AGAIN_AFTER_SECONDS):
            if (found := ask()) is not None:
                return found
            if waited < WAITS_IN_SECONDS:
                self.wait(_LOOKS_AGAIN_AFTER_SECONDS)
        return None


def _rehearsed_alarm_step(name: str, now: dict[str, Any] | None) -> Step:
    """The embedded AWS keeps the state, and calls no action for it."""
    if now is None or (now["StateValue"], now["StateReason"]) != (_ALARM, alarms.REASON):
        return Step(alarms.ALARM, Outcome.FAILED, f"{name} was set to ALARM, and is not")
    told = f"{name} was set to ALARM and back; the embedded AWS calls no action for it, so that nobody was told"
    return Step(alarms.ALARM, Outcome.PASSED, told)


def tried(name: str, ask: Callable[[], Step]) -> Step:
    """A step that AWS refuses the caller is skipped: that says nothing about the alarms."""
    told = asked(name, ask)
    return Step(name, Outcome.SKIPPED, f"could not be tried: {told.reason}") if isinstance(told, Unseen) else told
