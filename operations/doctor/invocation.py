"""An invocation as the doctor looks at it: what a schedule sends, for its last time or else its next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from components.schedule_input import InvocationContext, render
from components.schedule_spec import ScheduleSpec
from operations.deployed_jobs import StackJob, StackSchedule
from operations.doctor.facts import Deployed
from operations.doctor.finding import Unseen
from operations.jobs.missed_times import last_time
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.permissions import AwsCall
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.requests.request_check import check_request

_SAMPLE_EXECUTION_ID: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Invocation:
    """What a schedule would send; `schedule` is what is deployed, or where that is not known what is declared.

    `faults` are why its input is no request: `request` is then what the stack declares.
    """

    declared: StackSchedule
    schedule: DeployedSchedule
    request: dict[str, Any]
    last_due: datetime | None = None
    due: datetime | None = None
    """For which the request was filled in; None where the schedule names no time: for now."""
    faults: tuple[str, ...] = ()


def invocation_of(
    job: StackJob, declared: StackSchedule, deployed: Deployed | Unseen | None, now: datetime
) -> Invocation:
    """The invocation of a schedule; for an input that somebody has broken by hand the declared one is taken.

    Raises:
        ValueError: the stack's own target input is no request.
    """
    by_the_stack = _declared(job, declared)
    schedule = deployed.schedule if isinstance(deployed, Deployed) else by_the_stack
    before, due = _times(schedule, now)
    request, faults = _request(schedule, due or now)
    if faults:
        request = _rendered(by_the_stack, due or now)
    return Invocation(declared, schedule, request, before, due, faults)


def _request(schedule: DeployedSchedule, due: datetime) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a schedule sends, and why SageMaker would refuse it."""
    try:
        request = _rendered(schedule, due)
    except ValueError as error:
        return {}, (str(error),)
    return request, tuple(map(str, check_request("sagemaker", "CreateTrainingJob", request)))


def role_calls(invocations: Sequence[Invocation]) -> dict[str, list[AwsCall]]:
    """Role -> the calls that the invocations of one job make with it, each once."""
    found: dict[str, dict[str, AwsCall]] = {}
    for each in invocations:
        made = {
            each.schedule.role_arn: scheduler_role_calls(each.schedule, each.request),
            str(each.request["RoleArn"]): execution_role_calls(
                each.request,
                scope=each.schedule.scope,
                object_uris={},
                artifact_store=each.declared.artifact_store,
            ),
        }
        for arn, calls in made.items():
            found.setdefault(arn, {}).update({repr(call): call for call in calls})
    return {arn: list(calls.values()) for arn, calls in found.items()}


def _declared(job: StackJob, declared: StackSchedule) -> DeployedSchedule:
    return DeployedSchedule(
        name=declared.schedule_name,
        group_name=declared.group_name,
        arn=declared.schedule_arn,
        state=declared.schedule_state,
        target_arn="",
        target_input=declared.target_input,
        role_arn=job.scheduler_role_arn,
    )


def spec_of(schedule: DeployedSchedule) -> ScheduleSpec | None:
    """When a schedule fires; None where this machine cannot read its expression, its time zone or a date."""
    try:
        return schedule.spec
    except ValueError:
        return None


def _times(schedule: DeployedSchedule, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The last time it was due, and that or the next one; neither where they cannot be told.

    Of a `rate` without a start date AWS alone knows from when it counts.
    """
    spec = spec_of(schedule)
    if spec is None or (spec.kind == "rate" and spec.start_date is None):
        return None, None
    before = last_time(spec, now)
    return (before.moment, before.moment) if before else (None, next(iter(spec.next_fire_times(now)), None))


def _rendered(schedule: DeployedSchedule, due: datetime) -> dict[str, Any]:
    return render(schedule.target_input, InvocationContext(schedule.arn, due, _SAMPLE_EXECUTION_ID, 1))
