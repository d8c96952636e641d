"""Fire a deployed schedule as EventBridge Scheduler would: read it back, fill in its input, call its target.

A delivery that fails puts a dead letter into the schedule's queue. No time passes between attempts.
Sources: EventBridge Scheduler User Guide, "Universal targets", "Context attributes", "Configuring a schedule's
dead-letter queue" (the message's attributes).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from components.schedule_input import SCHEDULED_TIME, InvocationContext, render
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.target_call import Authorize, CallFailedError, Request, call_target

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

    from rehearsal.aws_clients import AwsClients

TARGET: Final = ":scheduler:::aws-sdk:sagemaker:createTrainingJob"
"""How the ARN of the one target that a rehearsal can call ends, after its partition."""


class ScheduleError(RehearsalError):
    """The schedule cannot be fired at all: it is missing, or its target or input is not what a rehearsal can call."""


class InvocationFailedError(RehearsalError):
    """The target refused the invocation, with `error_code`; `dead_letter_queue_arn` is where that is recorded."""

    def __init__(self, error_code: str, message: str, dead_letter_queue_arn: str | None) -> None:
        where = (
            f"a dead letter is in {dead_letter_queue_arn}" if dead_letter_queue_arn else "no dead letter was recorded"
        )
        super().__init__(f"{error_code}: {message} ({where})")
        self.error_code = error_code
        self.message = message
        self.dead_letter_queue_arn = dead_letter_queue_arn


@dataclass(frozen=True)
class Invocation:
    """One firing of a schedule that its target accepted. `notes` says what differs from AWS."""

    schedule: DeployedSchedule
    context: InvocationContext
    request: Request
    training_job_arn: str
    notes: tuple[str, ...] = ()

    @property
    def training_job_name(self) -> str:
        """Name of the training job that was created."""
        return str(self.request["TrainingJobName"])


def read_schedule(clients: "AwsClients", group_name: str, name: str) -> DeployedSchedule:
    """Read a schedule back from EventBridge Scheduler.

    Raises:
        ScheduleError: there is no such schedule; the message names those that are deployed.

    """
    deployed = [item for page in _schedule_pages(clients) for item in page]
    if (group_name, name) not in deployed:
        names = ", ".join(sorted(f"{group}/{schedule}" for group, schedule in deployed)) or "none"
        raise ScheduleError(f"schedule {group_name}/{name} is not deployed; deployed: {names}")
    return DeployedSchedule.from_response(clients.scheduler.get_schedule(GroupName=group_name, Name=name))


def _schedule_pages(clients: "AwsClients") -> list[list[tuple[str, str]]]:
    pages = clients.scheduler.get_paginator("list_schedules").paginate()
    return [[(item["GroupName"], item["Name"]) for item in page["Schedules"]] for page in pages]


def prepare_request(schedule: DeployedSchedule, context: InvocationContext) -> dict[str, Any]:
    """Fill in the schedule's target input for one attempt.

    Raises:
        ScheduleError: the target is not CreateTrainingJob, or the input is no JSON object or names an attribute that
            EventBridge Scheduler does not know.

    """
    partition, _, _ = schedule.target_arn.removeprefix("arn:").partition(":")
    if schedule.target_arn != f"arn:{partition}{TARGET}":
        raise ScheduleError(
            f"schedule {schedule.group_name}/{schedule.name} has the target {schedule.target_arn}; "
            f"allowed in a rehearsal: arn:{schedule.scope.partition}{TARGET}"
        )
    try:
        return render(schedule.target_input, context)
    except ValueError as error:
        raise ScheduleError(f"schedule {schedule.group_name}/{schedule.name}: {error}") from None


def invoke_schedule(
    clients: "AwsClients",
    schedule: DeployedSchedule,
    *,
    scheduled_time: datetime,
    authorize: Authorize = lambda _schedule, _request: (),
    new_execution_id: Callable[[], str] = lambda: str(uuid4()),
) -> Invocation:
    """Invoke the target, with as many retries as the schedule allows; each attempt has an execution id of its own.

    Args:
        clients: of the embedded AWS.
        schedule: as `read_schedule` answers it.
        scheduled_time: when it is due, with a time zone.
        authorize: judges the scheduler role's calls; what it answers fails the invocation.
        new_execution_id: makes the id of one attempt.

    Raises:
        ScheduleError: the schedule cannot be fired; nothing was sent.
        InvocationFailedError: the target refused; a dead letter is recorded if the schedule has a queue.

    """
    for attempt_number in range(1, schedule.maximum_retry_attempts + 2):
        context = InvocationContext(schedule.arn, scheduled_time, new_execution_id(), attempt_number)
        request = prepare_request(schedule, context)
        try:
            arn = call_target(clients, schedule, request, authorize)
        except CallFailedError as error:
            is_last = attempt_number > schedule.maximum_retry_attempts
            if is_last or not error.retryable:
                raise _failed(clients, schedule, context, request, error) from None
        else:
            return Invocation(schedule, context, request, arn, _notes(schedule))
    raise AssertionError("unreachable: the last attempt returns or raises")


def deliver_once(
    clients: "AwsClients", schedule: DeployedSchedule, request: dict[str, Any], authorize: Authorize
) -> str:
    """Send a schedule's request as somebody other than the Scheduler does: tried once, and no dead letter is written.

    Returns:
        The training job's ARN.

    Raises:
        InvocationFailedError: it is refused.

    """
    try:
        return call_target(clients, schedule, request, authorize)
    except CallFailedError as error:
        raise InvocationFailedError(error.code, str(error), None) from None


def _notes(schedule: DeployedSchedule) -> tuple[str, ...]:
    if schedule.state == "ENABLED":
        return ()
    return (f"schedule {schedule.group_name}/{schedule.name} is {schedule.state}: on AWS it would not fire by itself",)


def _failed(
    clients: "AwsClients",
    schedule: DeployedSchedule,
    context: InvocationContext,
    request: Request,
    error: CallFailedError,
) -> InvocationFailedError:
    sent = _send_dead_letter(clients, schedule, context, request, error)
    return InvocationFailedError(error.code, str(error), schedule.dead_letter_queue_arn if sent else None)


def _send_dead_letter(
    clients: "AwsClients",
    schedule: DeployedSchedule,
    context: InvocationContext,
    request: Request,
    error: CallFailedError,
) -> bool:
    if schedule.dead_letter_queue_arn is None:
        return False
    attributes = {
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": str(error),
        "EXECUTION_ID": context.execution_id,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(context.attempt_number - 1),
        "SCHEDULED_TIME": context.attributes()[SCHEDULED_TIME],
        "SCHEDULE_ARN": schedule.arn,
        "TARGET_ARN": schedule.target_arn,
    }
    if error.retryable:
        attributes["EXHAUSTED_RETRY_CONDITION"] = "MaximumRetryAttempts"
    try:
        queue = clients.sqs.get_queue_url(QueueName=schedule.dead_letter_queue_arn.rpartition(":")[2])
    except clients.sqs.exceptions.QueueDoesNotExist:
        return False
    message: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    clients.sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody=json.dumps(request), MessageAttributes=message)
    return True
