"""Asks for MLflow, which AWS manages or somebody else, and Secrets Manager for what a job reads there."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from operations.doctor.asking.answers import code_of
from operations.doctor.facts import Secret, TrackingServer
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_RUNNING: Final = frozenset({"Created", "Updated", "Started", "Updating", "MaintenanceComplete", "UpdateFailed"})
"""States of a tracking server in which it may answer; whether it does, `IsActive` says.

Source: SageMaker API, DescribeMlflowTrackingServer.
"""
_APP_RUNNING: Final = frozenset({"Created", "Updated", "Updating", "UpdateFailed"})
_PATIENCE_IN_SECONDS: Final = 10
_ASKS_FOR_CREDENTIALS: Final = (401, 403)
_NO_SUCH_PAGE: Final = 404
_SERVER_ERROR: Final = 500
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""No proxy of this machine's leads there."""


class OutOfReachError(RehearsalError):
    """Only the job may reach it; the message says why."""


def ask_managed(sagemaker: SageMakerClient, arn: str) -> TrackingServer | None:
    """A tracking server or an App of SageMaker; None where there is none of that ARN."""
    try:
        return _app(sagemaker, arn) if ":mlflow-app/" in arn else _server(sagemaker, arn)
    except ClientError as error:
        if code_of(error) in {"ResourceNotFound", "ResourceNotFoundException"}:
            return None
        raise


def _server(sagemaker: SageMakerClient, arn: str) -> TrackingServer:
    told: Any = sagemaker.describe_mlflow_tracking_server(TrackingServerName=arn.rpartition("/")[2])
    status, is_active = told["TrackingServerStatus"], told.get("IsActive", "Active") == "Active"
    fault = "" if status in _RUNNING and is_active else f"its status is {status}, and it is {told.get('IsActive')}"
    return TrackingServer(fault, told.get("MlflowVersion", ""), told.get("ArtifactStoreUri", ""))


def _app(sagemaker: SageMakerClient, arn: str) -> TrackingServer:
    told: Any = sagemaker.describe_mlflow_app(Arn=arn)
    fault = "" if told["Status"] in _APP_RUNNING else f"its status is {told['Status']}"
    return TrackingServer(fault, told.get("MlflowVersion", ""), told.get("ArtifactStoreUri", ""))


def ask_address(uri: str, *, from_elsewhere: bool = False) -> TrackingServer:
    """An MLflow by its address, as it is seen from this machine; one that asks for credentials is there.

    Raises:
        OutOfReachError: it does not answer, and the job goes there from a network of its own (`from_elsewhere`).
    """
    is_here = urlsplit(uri).hostname in _LOOPBACK
    opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if is_here else []))
    try:
        with opener.open(f"{uri.rstrip('/')}/version", timeout=_PATIENCE_IN_SECONDS) as answer:
            return TrackingServer(version=answer.read(100).decode("utf-8", "replace").strip())
    except urllib.error.HTTPError as error:
        is_there = error.code in _ASKS_FOR_CREDENTIALS or _NO_SUCH_PAGE <= error.code < _SERVER_ERROR
        return TrackingServer("" if is_there else f"it answers {error.code} {error.reason}")
    except (urllib.error.URLError, OSError) as error:
        fault = f"it does not answer from this machine: {getattr(error, 'reason', error)}"
        if from_elsewhere:
            raise OutOfReachError(f"{fault}; the job's own network may reach it") from None
        return TrackingServer(fault)


def ask_secret(secretsmanager: Any, arn: str) -> Secret | None:  # noqa: ANN401 - a client whose types are not installed
    """What there is to know of a secret without its value; None where there is none of that ARN.

    Raises:
        OutOfReachError: it is in another region, where the job asks for it, and nobody here does.
    """
    region, asked = arn.split(":")[3], secretsmanager.meta.region_name
    if region != asked:
        raise OutOfReachError(f"it is in {region}, and {asked} is asked")
    try:
        told = secretsmanager.describe_secret(SecretId=arn)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    stages = [stage for each in told.get("VersionIdsToStages", {}).values() for stage in each]
    return Secret(deleted="DeletedDate" in told, has_value="AWSCURRENT" in stages)
