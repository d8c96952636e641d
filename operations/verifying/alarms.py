"""Whether an alarm of a job would reach somebody: what a test says, and what each of its steps came to.

A real alarm takes one of two ways to the topic: the state machine of the alarms publishes with its role, and
CloudWatch as a service that the topic's and the key's policies let in. A test takes both. The way from EventBridge to
the state machine is taken by the flight's own run; that of a run which does not come is tried in `watches`. Values in,
values out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.doctor.facts import Asked, Topic
from operations.doctor.finding import Unseen
from operations.verifying.steps import Outcome, Step, passed_if

RECORDED: Final = "run recorded"
MESSAGE: Final = "test message"
ALARM: Final = "test alarm"
ALARM_KEY: Final = "alarms-failed"
"""End of the name of the alarm that is set off: one that without data is well again by itself. An alarm on a run's
metrics would keep its state until the next run."""
REASON: Final = "A test by training-jobs verify: nothing has failed, and nothing needs to be done."
"""What the alarm gives as its reason, in the message and in its history. Longest: 1023 characters (CloudWatch API,
SetAlarmState)."""
OVER: Final = "The test by training-jobs verify is over."
RUNNING: Final = "RUNNING"
SUCCEEDED: Final = "SUCCEEDED"
_FAILED_ACTION: Final = "Failed"
"""How the history begins to tell of an action that failed: `Failed to execute action arn:… Received error: …`. Source:
AWS re:Post Knowledge Center, "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?"."""
_POSTED: Final = frozenset({"http", "https"})


@dataclass(frozen=True)
class Execution:
    """How an execution of the state machine stands, in the words of Step Functions.

    `reason` is told where it failed, `output`, as JSON, where it ended well.
    """

    status: str
    reason: str = ""
    output: str = ""


def question(hears: Asked[Topic | None]) -> str:
    """What whoever is asked has to know before messages go out."""
    return (
        f"2 test messages to whoever hears the alarms ({who_hears(hears)}): each says that it is a test and that "
        "nothing has failed; a service for incidents may open one, which is to be closed there. The state machine "
        "also looks for the run: if it does not find it, they hear that a run is missing"
    )


def may_send(wanted: bool | None, *, is_rehearsal: bool, can_ask: bool) -> bool | None:
    """Whether messages may go out: as was said; unsaid, in a rehearsal, or None where somebody is to be asked."""
    if wanted is not None:
        return wanted
    if is_rehearsal:
        return True
    return None if can_ask else False


def who_hears(hears: Asked[Topic | None]) -> str:
    """How many have confirmed, and who has not."""
    if isinstance(hears, Unseen):
        return f"who has confirmed could not be looked at: {hears.reason}"
    if hears is None:
        return "their topic does not exist"
    pending = f", not confirmed: {', '.join(hears.pending)}" if hears.pending else ""
    return f"{hears.confirmed} confirmed{pending}"


def no_alarms_step() -> Step:
    """Of a job without alarms."""
    return Step("alarms", Outcome.SKIPPED, "the job has no alarms, so nobody is told when it fails (docs/alarms.md)")


def not_wanted_step() -> Step:
    """Of a test that nobody has agreed to."""
    return Step(MESSAGE, Outcome.SKIPPED, "nobody has agreed to test messages: --alarms sends them")


def recorded_step(run: str, execution: Execution | None, waited_in_seconds: int) -> Step:
    """What the state machine made of the flight's run; None: EventBridge has not started it."""
    if execution is None:
        return Step(RECORDED, Outcome.FAILED, f"EventBridge has told of {run} to nobody within {waited_in_seconds} s")
    fault = "" if execution.status == SUCCEEDED else _failed(execution)
    return passed_if(RECORDED, fault, f"EventBridge told the state machine of {run}, which recorded it")


def message_step(subject: str, execution: Execution, hears: Asked[Topic | None]) -> Step:
    """The message that the state machine has sent."""
    fault = _failed(execution) if execution.status != SUCCEEDED else _nobody(hears)
    return passed_if(MESSAGE, fault, f"{subject!r} is on its way ({who_hears(hears)}); ask them whether it came")


def rehearsed_message_step(subject: str, hears: Asked[Topic | None]) -> Step:
    """The message that this command has sent, because the embedded AWS runs no state machine."""
    told = f"{subject!r} was sent to the topic, as the deployed state machine would; the embedded AWS sends no mail"
    return passed_if(MESSAGE, _nobody(hears), told)


def alarm_fault(alarm: Mapping[str, Any] | None, name: str, topic_arn: str) -> str:
    """Why an alarm, as DescribeAlarms tells of it, would not be heard whatever it measures."""
    if alarm is None:
        return f"there is no alarm {name}: run pulumi up"
    if not alarm.get("ActionsEnabled", True):
        return f"the actions of {name} are switched off: run pulumi refresh and pulumi up"
    if topic_arn not in alarm.get("AlarmActions", ()):
        return f"{name} tells another topic than {topic_arn}: run pulumi refresh and pulumi up"
    return ""


def alarm_step(name: str, action: str | None, hears: Asked[Topic | None], waited_in_seconds: int) -> Step:
    """What the alarm's history tells of its action; None: nothing."""
    if action is None:
        told = f"{name} was set to ALARM, and its history tells of no action within {waited_in_seconds} s"
        return Step(ALARM, Outcome.FAILED, told)
    fault = f"{name}: {action}" if action.startswith(_FAILED_ACTION) else _nobody(hears)
    return passed_if(ALARM, fault, f"{name} told the topic ({who_hears(hears)}); ask them whether it came")


def posts_for_real(protocols: frozenset[str]) -> bool:
    """Whether the embedded AWS would post a message to an address in the world, which no rehearsal may."""
    return bool(protocols & _POSTED)


def _failed(execution: Execution) -> str:
    if execution.status == RUNNING:
        return "the state machine of the alarms still tries, as when AWS refuses a task: look at its execution"
    why = f": {execution.reason}" if execution.reason else ""
    return f"the state machine of the alarms ended as {execution.status}{why}"


def _nobody(hears: Asked[Topic | None]) -> str:
    if isinstance(hears, Unseen) or (hears is not None and hears.confirmed):
        return ""
    return f"it reaches nobody: {who_hears(hears)}"
