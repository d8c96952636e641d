"""Everything that can be judged of a stack before it exists: requests, permissions, policies. Values in, faults out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from components.aws_names import AwsScope
from components.schedule_input import InvocationContext, render
from rehearsal.declaring.program import RegisteredResource
from rehearsal.invoking.deployed_schedule import DEFAULT_MAXIMUM_RETRY_ATTEMPTS, DeployedSchedule
from rehearsal.permissions.alarm_calls import alarm_calls
from rehearsal.permissions.permissions import AwsCall, judge, judge_trust
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.permissions.role_documents import RoleDocuments
from rehearsal.requests.request_check import check_request

SCHEDULE_TYPE: Final = "aws:scheduler/schedule:Schedule"
_CREATE_TRAINING_JOB: Final = ":scheduler:::aws-sdk:sagemaker:createTrainingJob"
DEFAULT_GROUP: Final = "default"
"""Of a schedule that names none."""
_SAMPLE_EXECUTION_ID: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or worth a note, with a stack."""

    kind: Literal["settings", "schedule", "request", "permission", "policy", "remediated"]
    """`remediated` is no fault left: a policy has changed what the program declares."""
    subject: str
    """What it is about: a schedule, a role, a resource."""
    message: str
    mandatory: bool = True
    """A mandatory fault stops; an advisory one is shown."""
    rule: str = ""
    """Name of the policy, for faults of kind `policy` and `remediated`."""
    path: str = ""
    """Property path inside the resource or the request, where there is one."""
    value: str = ""
    """What stands there, as the message shows it; empty where it does not."""
    what: str = ""
    """What is wrong, without path, value and cure; empty where that is the whole message."""
    cure: str = ""
    """What to do about it, where that is known."""
    urn: str = ""
    """Of the resource, where the stack declares it."""


def declared_schedules(resources: Iterable[RegisteredResource], scope: AwsScope) -> list[DeployedSchedule]:
    """The schedules among declared resources that start training jobs, as they will be deployed, by group and name.

    A program registers resources side by side, in no order. What a schedule written by hand leaves out has the default
    of EventBridge Scheduler.
    """
    found = (
        _deployed(resource, scope)
        for resource in resources
        if resource.type == SCHEDULE_TYPE and str(resource.inputs["target"]["arn"]).endswith(_CREATE_TRAINING_JOB)
    )
    return sorted(found, key=lambda schedule: (schedule.group_name, schedule.name))


def _deployed(resource: RegisteredResource, scope: AwsScope) -> DeployedSchedule:
    inputs, target = resource.inputs, resource.inputs["target"]
    name, group_name = inputs.get("name", resource.name), inputs.get("groupName", DEFAULT_GROUP)
    return DeployedSchedule(
        name=name,
        group_name=group_name,
        arn=scope.arn("scheduler", f"schedule/{group_name}/{name}"),
        state=inputs.get("state", "ENABLED"),
        target_arn=target["arn"],
        target_input=target.get("input", ""),
        role_arn=target["roleArn"],
        maximum_retry_attempts=target.get("retryPolicy", {}).get(
            "maximumRetryAttempts", DEFAULT_MAXIMUM_RETRY_ATTEMPTS
        ),
        dead_letter_queue_arn=target.get("deadLetterConfig", {}).get("arn"),
        expression=inputs.get("scheduleExpression", ""),
        time_zone=inputs.get("scheduleExpressionTimezone", "UTC"),
        start_date=inputs.get("startDate"),
        end_date=inputs.get("endDate"),
        flexible_time_window_in_minutes=_window(inputs.get("flexibleTimeWindow")),
    )


def _window(declared: object) -> int | None:
    minutes = declared.get("maximumWindowInMinutes") if isinstance(declared, Mapping) else None
    return int(minutes) if isinstance(minutes, int | float) else None


def sample_request(schedule: DeployedSchedule) -> dict[str, Any]:
    """What an invocation of the schedule would send, with made-up context attributes.

    Raises:
        ValueError: the target input is not JSON, or names an attribute that does not exist.
    """
    return render(
        schedule.target_input,
        InvocationContext(
            schedule_arn=schedule.arn,
            scheduled_time=datetime(2026, 1, 1, 3, tzinfo=UTC),
            execution_id=_SAMPLE_EXECUTION_ID,
            attempt_number=1,
        ),
    )


def due_faults(schedule: DeployedSchedule, now: datetime) -> list[Fault]:
    """That a schedule never fires after `now` (aware): mandatory for one that is enabled (docs/adr/0021).

    What cannot be read as a schedule is not judged here: a policy reports it.
    """
    try:
        due = schedule.next_fire_time(now)
    except ValueError:
        return []
    if due is not None:
        return []
    is_enabled = schedule.state == "ENABLED"
    what, _, cure = schedule.never_due(now).partition(" Cure: ")
    return [
        Fault(
            "schedule",
            schedule.name,
            schedule.never_due(now),
            mandatory=is_enabled,
            path="scheduleExpression",
            value=schedule.expression,
            what=what,
            cure=cure,
        )
    ]


def request_faults(schedule: DeployedSchedule, request: Mapping[str, Any]) -> list[Fault]:
    """What SageMaker would refuse of a request."""
    return [
        Fault(
            "request",
            schedule.name,
            str(problem),
            path=problem.path,
            value=problem.got,
            what="SageMaker would refuse it",
            cure=f"allowed: {problem.allowed}",
        )
        for problem in check_request("sagemaker", "CreateTrainingJob", request)
    ]


def permission_faults(
    schedule: DeployedSchedule,
    request: Mapping[str, Any],
    roles: Mapping[str, RoleDocuments],
    *,
    object_uris: Mapping[str, Sequence[str]],
    artifact_store: str | None,
) -> list[Fault]:
    """The AWS calls of one invocation that the two roles' documents deny.

    `object_uris` are the objects that are read for each channel (channel name -> URIs); none known: a made-up one.

    Raises:
        PolicyError: a document uses what cannot be judged.
    """
    scope = schedule.scope
    calls = {
        schedule.role_arn: scheduler_role_calls(schedule, request),
        str(request["RoleArn"]): execution_role_calls(
            request, scope=scope, object_uris=object_uris, artifact_store=artifact_store
        ),
    }
    return [fault for role_arn, made in calls.items() for fault in _denied(role_arn, made, roles)]


def alarm_faults(
    resources: Sequence[RegisteredResource], scope: AwsScope, roles: Mapping[str, RoleDocuments]
) -> list[Fault]:
    """The AWS calls of the alarms that their roles' documents deny.

    Raises:
        PolicyError: a document uses what cannot be judged.
    """
    calls: dict[str, list[AwsCall]] = {}
    for role, call in alarm_calls(resources, scope):
        calls.setdefault(role, []).append(call)
    return [fault for role, made in calls.items() for fault in _denied(role, made, roles)]


def _denied(role_arn: str, calls: Sequence[AwsCall], roles: Mapping[str, RoleDocuments]) -> Iterator[Fault]:
    role = roles.get(role_arn.rpartition("/")[2])
    if role is None:
        message = "is not part of this stack or not known at a preview, so its permissions are not judged"
        yield Fault("permission", role_arn, message, mandatory=False)
        return
    for call in calls:
        decision = judge_trust(call, role.trust) if call.service_principal else judge(call, role.permissions)
        if not decision.allowed:
            message = f"may not {call.action} on {call.resource}, which is needed ({call.purpose}): {decision.reason}"
            document = "trust document" if call.service_principal else "policy"
            cure = f"allow {call.action} on {call.resource} in the role's {document}"
            yield Fault("permission", role_arn, message, cure=cure)
