"""Everything that can be judged of a stack before it exists: requests, permissions, policies. Values in, faults out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from components.aws_names import AwsScope
from components.schedule_input import InvocationContext, render
from rehearsal.declaring.program import RegisteredResource
from rehearsal.permissions.permissions import AwsCall, judge, judge_trust
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.permissions.role_documents import RoleDocuments
from rehearsal.requests.request_check import check_request
from rehearsal.running.deployed_schedule import DeployedSchedule

SCHEDULE_TYPE: Final = "aws:scheduler/schedule:Schedule"
_CREATE_TRAINING_JOB: Final = ":scheduler:::aws-sdk:sagemaker:createTrainingJob"
_SAMPLE_EXECUTION_ID: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or worth a note, with a stack."""

    kind: Literal["request", "permission", "policy"]
    subject: str
    """What it is about: a schedule, a role, a resource."""
    message: str
    mandatory: bool = True
    """A mandatory fault stops; an advisory one is shown."""
    rule: str = ""
    """Name of the policy, for faults of that kind."""
    path: str = ""
    """Property path inside the resource or the request, where there is one."""


def declared_schedules(resources: Iterable[RegisteredResource], scope: AwsScope) -> list[DeployedSchedule]:
    """The schedules among declared resources that start training jobs, as they will be deployed."""
    return [
        DeployedSchedule(
            name=inputs["name"],
            group_name=inputs["groupName"],
            arn=scope.arn("scheduler", f"schedule/{inputs['groupName']}/{inputs['name']}"),
            state=inputs["state"],
            target_arn=inputs["target"]["arn"],
            target_input=inputs["target"]["input"],
            role_arn=inputs["target"]["roleArn"],
            maximum_retry_attempts=inputs["target"]["retryPolicy"]["maximumRetryAttempts"],
            dead_letter_queue_arn=inputs["target"].get("deadLetterConfig", {}).get("arn"),
        )
        for resource in resources
        if resource.type == SCHEDULE_TYPE
        for inputs in [resource.inputs]
        if str(inputs["target"]["arn"]).endswith(_CREATE_TRAINING_JOB)
    ]


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


def request_faults(schedule: DeployedSchedule, request: Mapping[str, Any]) -> list[Fault]:
    """What SageMaker would refuse of a request."""
    return [
        Fault("request", schedule.name, str(problem), path=problem.path)
        for problem in check_request("sagemaker", "CreateTrainingJob", request)
    ]


def permission_faults(
    schedule: DeployedSchedule,
    request: Mapping[str, Any],
    roles: Mapping[str, RoleDocuments],
    *,
    object_keys: Mapping[str, Sequence[str]],
    artifact_store: str | None,
) -> list[Fault]:
    """The AWS calls of one invocation that the two roles' documents deny.

    `object_keys` are the objects under each channel's prefix (channel name -> keys); none known: a made-up one.

    Raises:
        PolicyError: a document uses what cannot be judged.
    """
    scope = schedule.scope
    calls = {
        schedule.role_arn: scheduler_role_calls(schedule, request),
        str(request["RoleArn"]): execution_role_calls(
            request, scope=scope, object_keys=object_keys, artifact_store=artifact_store
        ),
    }
    return [fault for role_arn, made in calls.items() for fault in _denied(role_arn, made, roles)]


def _denied(role_arn: str, calls: Sequence[AwsCall], roles: Mapping[str, RoleDocuments]) -> Iterator[Fault]:
    role = roles.get(role_arn.rpartition("/")[2])
    if role is None:
        yield Fault(
            "permission", role_arn, "is not part of this stack, so its permissions are not judged", mandatory=False
        )
        return
    for call in calls:
        decision = judge_trust(call, role.trust) if call.service_principal else judge(call, role.permissions)
        if not decision.allowed:
            message = f"may not {call.action} on {call.resource}, which is needed ({call.purpose}): {decision.reason}"
            yield Fault("permission", role_arn, message)
