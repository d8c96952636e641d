"""The request of an invocation that a person makes: the deployed schedule's, filled in as the Scheduler does it.

Values in, values out; who sends it is in `runners`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from components.schedule_input import InvocationContext
from operations.next_times import in_utc
from rehearsal.errors import RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import prepare_request
from rehearsal.requests.request_check import check_request

Request = dict[str, Any]
_FIRST: Final = 1


class InvocationError(RehearsalError):
    """The invocation cannot be made; nothing was sent, and the message says why."""


def request_of(
    schedule: DeployedSchedule,
    due: datetime,
    execution_id: str,
    attempt_number: int = _FIRST,
    hyperparameters: Mapping[str, str] | None = None,
) -> Request:
    """The CreateTrainingJob request for the time `due` (aware), some hyperparameters changed.

    Raises:
        ScheduleError: the schedule's target or its input is none that can be sent.
        InvocationError: SageMaker would refuse the request.
    """
    request = prepare_request(schedule, InvocationContext(schedule.arn, due, execution_id, attempt_number))
    if hyperparameters:
        request["HyperParameters"] = {**request.get("HyperParameters", {}), **hyperparameters}
    if problems := check_request("sagemaker", "CreateTrainingJob", request):
        raise InvocationError(
            "\n".join(["SageMaker would refuse the request, nothing was sent:", *(f"  {each}" for each in problems)])
        )
    return request


def execution_id_of(schedule_arn: str, due: datetime, attempt_number: int = _FIRST) -> str:
    """The execution id of a past invocation: the same for whoever asks, so that no two make two jobs of it.

    A further attempt, after one that has failed, has another.
    """
    attempt = "" if attempt_number == _FIRST else f" {attempt_number}"
    return str(uuid5(NAMESPACE_URL, f"{schedule_arn} {in_utc(due)}{attempt}"))


def training_job_name(request: Mapping[str, Any]) -> str:
    """Of the job that a request makes."""
    return str(request["TrainingJobName"])
