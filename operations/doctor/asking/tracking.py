"""Asks for MLflow, which AWS manages or somebody else, and Secrets Manager for what a job reads there."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from operations.doctor.asking.answers import code_of
from operations.doctor.facts import Secret, TrackingServer

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


def ask_address(uri: str) -> TrackingServer:
    """An MLflow by its address, as it is seen from this machine; one that asks for credentials is there."""
    request = urllib.request.Request(f"{uri.rstrip('/')}/version")  # noqa: S310 - settings allow http and https only
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_IN_SECONDS) as answer:  # noqa: S310 - as above
            return TrackingServer(version=answer.read(100).decode("utf-8", "replace").strip())
    except urllib.error.HTTPError as error:
        is_there = error.code in _ASKS_FOR_CREDENTIALS or _NO_SUCH_PAGE <= error.code < _SERVER_ERROR
        return TrackingServer("" if is_there else f"it answers {error.code} {error.reason}")
    except (urllib.error.URLError, OSError) as error:
        return TrackingServer(f"it does not answer from this machine: {getattr(error, 'reason', error)}")


def ask_secret(secretsmanager: Any, arn: str) -> Secret | None:  # noqa: ANN401 - a client whose types are not installed
    """What there is to know of a secret without its value; None where there is none of that ARN."""
    try:
        told = secretsmanager.describe_secret(SecretId=arn)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    stages = [stage for each in told.get("VersionIdsToStages", {}).values() for stage in each]
    return Secret(deleted="DeletedDate" in told, has_value="AWSCURRENT" in stages)
