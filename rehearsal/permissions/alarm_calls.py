"""Which AWS calls the roles of a job's alarms will make: of the state machine, and of what starts it.

They follow from what is declared: the machine's own tasks, and the rules and schedules that start it.
Sources: Step Functions Developer Guide, "Creating an IAM role for your state machine"; EventBridge User Guide, "IAM
roles for sending events to targets"; Service Authorization Reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from components.aws_names import AwsScope
from rehearsal.permissions.permissions import AwsCall

if TYPE_CHECKING:
    from rehearsal.declaring.program import RegisteredResource

_MACHINE: Final = "aws:sfn/stateMachine:StateMachine"
_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
_SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
_GROUP: Final = "aws:scheduler/scheduleGroup:ScheduleGroup"
_SUFFIX: Final = "-alarms"
"""A job's state machine is called as its schedule group with this."""
_SERVICES: Final = {"sfn": "states"}
"""Names of services in a task's ARN that IAM calls otherwise."""
_ANY_JOB: Final = "00000000-0000-4000-8000-000000000000"

RoleCall = tuple[str, AwsCall]


def alarm_calls(resources: Iterable[RegisteredResource], scope: AwsScope) -> Iterator[RoleCall]:
    """Pairs of a role's name and a call that it makes; other state machines of a stack are left alone."""
    resources = list(resources)
    groups = {each.inputs.get("name") for each in resources if each.type == _GROUP}
    machines: dict[str, Mapping[str, Any]] = {}
    for machine in (each.inputs for each in resources if each.type == _MACHINE):
        name = str(machine.get("name"))
        if name.removesuffix(_SUFFIX) in groups and name.endswith(_SUFFIX):
            machines[scope.arn("states", f"stateMachine:{name}")] = machine
            yield from _machine_calls(machine, scope)
    for resource in resources:
        inputs = resource.inputs
        if resource.type == _TARGET and inputs.get("arn") in machines:
            source = scope.arn("events", f"rule/{inputs['rule']}")
            yield from _starting_calls(inputs["roleArn"], inputs["arn"], "events.amazonaws.com", source, scope)
        elif resource.type == _SCHEDULE and inputs["target"]["arn"] in machines:
            target = inputs["target"]
            source = scope.arn("scheduler", f"schedule-group/{inputs['groupName']}")
            yield from _starting_calls(target["roleArn"], target["arn"], "scheduler.amazonaws.com", source, scope)


def _starting_calls(
    role_arn: str, machine_arn: str, service: str, source_arn: str, scope: AwsScope
) -> Iterator[RoleCall]:
    yield _assumed(role_arn, service, source_arn, scope)
    yield _name(role_arn), AwsCall("states:StartExecution", machine_arn, "start the state machine")


def _machine_calls(inputs: Mapping[str, Any], scope: AwsScope) -> Iterator[RoleCall]:
    role_arn, name = inputs["roleArn"], inputs["name"]
    yield _assumed(role_arn, "states.amazonaws.com", scope.arn("states", f"stateMachine:{name}"), scope)
    for state in _tasks(json.loads(inputs["definition"])):
        service, _, operation = state["Resource"].rpartition("aws-sdk:")[2].partition(":")
        action = f"{_SERVICES.get(service, service)}:{operation[0].upper()}{operation[1:]}"
        yield _name(role_arn), _task_call(action, state["Arguments"], name.removesuffix(_SUFFIX), scope)


def _task_call(action: str, arguments: Any, prefix: str, scope: AwsScope) -> AwsCall:  # noqa: ANN401 - any JSON
    purpose = "record and tell how training jobs ended"
    told: Mapping[str, Any] = arguments if isinstance(arguments, Mapping) else {}
    if "Namespace" in told:
        return AwsCall(action, "*", purpose, {"cloudwatch:namespace": told["Namespace"]})
    if "TrainingJobName" in told:
        return AwsCall(action, scope.arn("sagemaker", f"training-job/{prefix}-{_ANY_JOB}"), purpose)
    return AwsCall(action, told.get("TopicArn") or told.get("StateMachineArn") or "*", purpose)


def _tasks(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for state in definition["States"].values():
        if state["Type"] == "Task":
            yield state
        elif "ItemProcessor" in state:
            yield from _tasks(state["ItemProcessor"])


def _assumed(role_arn: str, service: str, source_arn: str, scope: AwsScope) -> RoleCall:
    context = {"aws:SourceAccount": scope.account_id, "aws:SourceArn": source_arn}
    purpose = f"{service} assumes the role"
    return _name(role_arn), AwsCall("sts:AssumeRole", role_arn, purpose, context, service_principal=service)


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]
