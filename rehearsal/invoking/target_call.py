"""One attempt to call a schedule's target: CreateTrainingJob as the scheduler role, refused where AWS would refuse it.

Source: EventBridge Scheduler User Guide, "Universal targets".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from components.s3_location import bucket_of, key_of
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.requests.request_check import check_request

if TYPE_CHECKING:
    from rehearsal.aws_clients import AwsClients

Request = Mapping[str, Any]
Authorize = Callable[[DeployedSchedule, Request], Sequence[str]]
"""Answers with one sentence for each call of the scheduler role that IAM would deny."""

_RETRYABLE_CODES: Final = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException"})
_SERVER_ERROR: Final = 500


class CallFailedError(Exception):
    """The attempt failed, with `code`; one that is `retryable` may succeed later."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


def call_target(
    clients: "AwsClients", schedule: DeployedSchedule, request: dict[str, Any], authorize: Authorize
) -> str:
    """Call CreateTrainingJob as the scheduler role, and refuse what IAM or SageMaker would refuse.

    Returns:
        The training job's ARN.

    Raises:
        CallFailedError: it is refused.

    """
    problems = check_request("sagemaker", "CreateTrainingJob", request)
    if problems:
        raise CallFailedError("ValidationException", "; ".join(map(str, problems)))
    denials = authorize(schedule, request)
    if denials:
        raise CallFailedError("AccessDeniedException", "; ".join(denials))
    _require_channels(clients, request)
    try:
        return clients.sagemaker.create_training_job(**request)["TrainingJobArn"]
    except ParamValidationError as error:
        raise CallFailedError("ValidationException", str(error)) from error
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise CallFailedError(code, message, retryable=status >= _SERVER_ERROR or code in _RETRYABLE_CODES) from error


def _require_channels(clients: "AwsClients", request: Request) -> None:
    """SageMaker looks into every channel before it accepts a job; the words are its own."""
    for channel in request.get("InputDataConfig", []):
        uri = channel["DataSource"].get("S3DataSource", {}).get("S3Uri")
        if uri is None or _has_objects(clients, uri):
            continue
        raise CallFailedError(
            "ValidationException",
            f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket '
            f"exists in the selected region ({clients.region}), that objects exist under that S3 prefix, and that the "
            f'role "{request["RoleArn"]}" has "s3:ListBucket" permissions on bucket "{bucket_of(uri)}".',
        )


def _has_objects(clients: "AwsClients", uri: str) -> bool:
    try:
        listing = clients.s3.list_objects_v2(Bucket=bucket_of(uri), Prefix=key_of(uri), MaxKeys=1)
    except clients.s3.exceptions.NoSuchBucket:
        return False
    return listing["KeyCount"] > 0
