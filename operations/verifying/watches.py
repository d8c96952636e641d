"""Whether a run that does not come would be told: the schedules that watch a job's, and what a look of theirs came to.

A missed run is told by a way of its own: a schedule with the times of the watched one starts the state machine, which
waits for hours, looks for a run that completed, and publishes where there is none. Values in, values out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.aws_names import AwsScope
from operations.doctor.facts import Denial
from operations.verifying.alarms import RUNNING, SUCCEEDED, Execution
from operations.verifying.steps import Outcome, Step, passed_if
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.permissions import AwsCall

WATCHED: Final = "watch for missed runs"
LOOKED: Final = "look for a run"
_UP: Final = "run pulumi refresh and pulumi up"
_SAME: Final = ("expression", "time_zone", "start_date", "end_date")
_TOLD: Final = "MessageId"
"""What only an execution ends with that has published. Source: SNS API, Publish."""


@dataclass(frozen=True)
class Watched:
    """A schedule of the job as it is deployed, and the one that watches it; None of one that is not there."""

    schedule: DeployedSchedule
    watch_name: str
    watch: DeployedSchedule | None


def watch_fault(each: Watched, machine_arn: str) -> str:
    """Why a missed run of a schedule would be told to nobody; "" where it would be."""
    name, watch = each.schedule.name, each.watch
    if watch is None:
        return f"there is no schedule {each.watch_name}, which watches {name}: {_UP}"
    if each.schedule.state == "ENABLED" and watch.state != "ENABLED":
        return f"{watch.name} is {watch.state}, and {name}, which it watches, is ENABLED: {_UP}"
    for member in _SAME:
        own, other = getattr(watch, member), getattr(each.schedule, member)
        if own != other:
            return f"{watch.name} has the {member} {own}, and {name}, which it watches, has {other}: {_UP}"
    if watch.target_arn != machine_arn:
        return f"{watch.name} starts {watch.target_arn}, and not the state machine of the alarms: {_UP}"
    if told_of(watch).get("schedule_arn") != each.schedule.arn:
        return f"{watch.name} tells the state machine of another schedule than {name}: {_UP}"
    return ""


def told_of(watch: DeployedSchedule) -> Mapping[str, Any]:
    """What a watch tells the state machine; nothing where somebody has broken it by hand."""
    try:
        told = json.loads(watch.target_input)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def starting_calls(watch: DeployedSchedule, machine_arn: str) -> list[AwsCall]:
    """What EventBridge Scheduler does at each time of a watch."""
    scope: AwsScope = watch.scope
    return [
        AwsCall(
            "sts:AssumeRole",
            watch.role_arn,
            "EventBridge Scheduler assumes the role of the watch",
            {"aws:SourceAccount": scope.account_id, "aws:SourceArn": watch.group_arn},
            service_principal="scheduler.amazonaws.com",
        ),
        AwsCall("states:StartExecution", machine_arn, "start the state machine of the alarms"),
    ]


def watched_step(watched: Sequence[Watched], faults: Sequence[str], denials: Sequence[Denial]) -> Step:
    """The schedules that watch, and the role with which they start the machine."""
    told = [*faults, *(f"{each.call.purpose}, and may not: {each.reason}" for each in denials)]
    names = ", ".join(each.watch_name for each in watched)
    there = f"there, with the times of their schedules, and allowed to start the state machine: {names}"
    return passed_if(WATCHED, "; ".join(told), there)


def look_input(watch: DeployedSchedule, since: str) -> str:
    """What starts the machine for a look that waits for nothing and finds a run that was created after `since`.

    `once` is what the machine itself says where it starts a second time, so that no later look is taken for this one.
    """
    return json.dumps({**told_of(watch), "scheduled_time": since, "wait": 1, "look_back": 0, "once": True})


def looked_step(run: str, execution: Execution, waited_in_seconds: int) -> Step:
    """What the machine made of a look for a run that is there."""
    if execution.status == RUNNING:
        fault = f"the state machine has not ended its look within {waited_in_seconds} s: look at its execution"
    elif execution.status != SUCCEEDED:
        fault = f"the look for {run} ended as {execution.status}: {execution.reason or 'no reason was given'}"
    elif _TOLD in execution.output:
        fault = f"the state machine did not find {run}, which completed, and has told that a run is missing"
    else:
        fault = ""
    return passed_if(LOOKED, fault, f"the state machine looked for a run, found {run}, and told nobody")


def not_looked_step(why: str) -> Step:
    """Of a look that was not taken."""
    return Step(LOOKED, Outcome.SKIPPED, why)
