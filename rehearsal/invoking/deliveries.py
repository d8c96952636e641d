"""What a training job that does not track has delivered: read from S3, where its own code leaves word of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from components.s3_location import bucket_of, key_of
from components.tracking_mode import AFTERWARDS, NONE
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Request = Mapping[str, Any]


class DeliveryError(RehearsalError):
    """No word of a delivery is where it has to be; the message says where that is."""


def is_tracked(request: Request) -> bool:
    """Whether the job of a request is told where to track, or at least not that it is not to."""
    return bool(request.get("Environment", {}).get("TRACKING") != NONE)


def tracks_afterwards(request: Request) -> bool:
    """Whether the job of a request reaches no MLflow, and leaves a record for others to bring in."""
    return bool(request.get("Environment", {}).get("TRACKING") == AFTERWARDS)


def delivery_uri(request: Request) -> str:
    """The S3 object of the job's invocation; "" for code that leaves none."""
    environment = request.get("Environment", {})
    if not (base := environment.get("DELIVERIES_URI", "")):
        return ""
    schedule = environment["SCHEDULE_ARN"].rpartition("/")[2]
    return f"{base}{schedule}/{environment['SCHEDULED_TIME']}.json"


def standing_delivery(s3: S3Client, request: Request) -> str:
    """The training job whose model stands for the invocation; of code that leaves no word, the job itself.

    Raises:
        DeliveryError: there is no word of any.
    """
    name, uri = str(request["TrainingJobName"]), delivery_uri(request)
    if not uri:
        return name
    try:
        word = s3.get_object(Bucket=bucket_of(uri), Key=key_of(uri))["Body"].read()
    except s3.exceptions.NoSuchKey:
        raise DeliveryError(
            f"training job {name} completed, but {uri} is not there, which says whose model stands for this "
            "invocation: look at training_code/untracked.py"
        ) from None
    return str(json.loads(word)["training_job_name"])
