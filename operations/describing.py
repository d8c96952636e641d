"""Asks SageMaker what it knows of training jobs, by their names.

A list may name a job that somebody deletes before it is described: that is no fault of the command that asks.

Call: DescribeTrainingJob.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from operations.places import PlaceError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_sagemaker import SageMakerClient

AT_ONCE: Final = 8
"""So many calls are under way at the same time: boto3 keeps ten connections open, and AWS throttles more."""
_NAMED: Final = 3
"""So many names stand in a note."""
Described = Mapping[str, Any]
"""An answer of DescribeTrainingJob."""


@dataclass(frozen=True)
class DescribedJobs:
    """What SageMaker says of training jobs, in the order in which they were named."""

    found: tuple[Described, ...] = ()
    gone: tuple[str, ...] = ()
    """Names of those that are not there."""

    @property
    def notes(self) -> tuple[str, ...]:
        """That some were deleted, for whoever took their names from a list; empty where none was."""
        if not self.gone:
            return ()
        more = f" and {len(self.gone) - _NAMED} more" if len(self.gone) > _NAMED else ""
        names = f"{', '.join(self.gone[:_NAMED])}{more}"
        return (f"left out, because deleted while the list was read: {names}",)


def describe(sagemaker: SageMakerClient, name: str) -> Described:
    """What SageMaker says of a training job.

    Raises:
        PlaceError: there is none of that name.
        ClientError, BotoCoreError: AWS does not tell.
    """
    found = describe_if_there(sagemaker, name)
    if found is None:
        raise PlaceError(
            f"training job {name} cannot be read: SageMaker knows none of that name here; see training-jobs status for "
            "those of the stack: a whole name, or six characters or more of an id's beginning"
        )
    return found


def describe_if_there(sagemaker: SageMakerClient, name: str) -> Described | None:
    """The same; None where there is none of that name."""
    from botocore.exceptions import ClientError

    try:
        return sagemaker.describe_training_job(TrainingJobName=name)
    except ClientError as error:
        if is_unknown(error):
            return None
        raise


def describe_all(sagemaker: SageMakerClient, names: Iterable[str]) -> DescribedJobs:
    """The same of several, some at a time."""
    wanted = list(names)
    if not wanted:
        return DescribedJobs()
    with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
        answers = list(pool.map(lambda name: describe_if_there(sagemaker, name), wanted))
    return DescribedJobs(
        tuple(each for each in answers if each is not None),
        tuple(name for name, each in zip(wanted, answers, strict=True) if each is None),
    )


def is_unknown(error: ClientError) -> bool:
    """Whether SageMaker says that there is no such training job.

    Its model names ResourceNotFound, and it answers a ValidationException, "Requested resource not found"; any other of
    these is about the request. Source: github.com/aws/aws-sdk/issues/165.
    """
    told = error.response["Error"]
    if told["Code"] == "ValidationException":
        return "not found" in told["Message"].lower()
    return told["Code"] == "ResourceNotFound"
