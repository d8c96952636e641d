"""Where a training job ran, and what a command needs to ask there: on AWS as the caller, or in a rehearsal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.stack_configuration import read_stack_configuration
from rehearsal.errors import RehearsalError
from rehearsal.local_servers import kept_servers
from rehearsal.rehearse import STATE_DIRECTORY
from rehearsal.sealed_environment import sealed_environment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient


_TRACKING_VARIABLES: Final = ("MLFLOW_TRACKING_URI", "SECRET_ARN")
_ATTEMPTS: Final = 8
"""Of a call that AWS throttles or cannot answer: a stack with many jobs asks for many things at once."""
_FOR_OTHERS: Final = "TRACKING_URI_AFTERWARDS"


class PlaceError(RehearsalError):
    """There is no such place, or it does not answer; the message says why."""


class MakeClient(Protocol):
    """Makes a boto3 client of a service, by its name."""

    def __call__(self, service: str) -> Any: ...  # noqa: ANN401 - boto3's clients have no common type


@dataclass(frozen=True)
class Place:
    """Where the training jobs run: its AWS, and what a process needs to reach that and MLflow."""

    make_client: MakeClient
    region: str
    environment: Mapping[str, str]
    is_rehearsal: bool = False
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def client(self, service: str) -> Any:  # noqa: ANN401 - as MakeClient
        """The boto3 client of a service, made when first used."""
        if service not in self._clients:
            self._clients[service] = self.make_client(service)
        return self._clients[service]

    @property
    def sagemaker(self) -> SageMakerClient:
        """Training jobs."""
        client: SageMakerClient = self.client("sagemaker")
        return client

    @property
    def s3(self) -> S3Client:
        """Buckets and objects."""
        client: S3Client = self.client("s3")
        return client

    @property
    def scheduler(self) -> EventBridgeSchedulerClient:
        """Schedules and schedule groups."""
        client: EventBridgeSchedulerClient = self.client("scheduler")
        return client

    @cached_property
    def account_id(self) -> str:
        """The account that the caller's credentials are of; asked once."""
        return str(self.client("sts").get_caller_identity()["Account"])


def place_of(
    project_dir: Path, stack: str, *, rehearsal: bool, profile: str | None = None, region: str | None = None
) -> Place:
    """Where the stack's training jobs run: in the rehearsal that was kept, or on AWS.

    Raises:
        PlaceError: no rehearsal is running, there is no such profile, or the region is not known.
    """
    if not rehearsal:
        return place_on_aws(project_dir, stack, profile=profile, region=region)
    if profile or region:
        raise PlaceError("--rehearsal is on this machine: it has no --profile and no --region; leave them out")
    return place_in_rehearsal(project_dir, stack)


def place_on_aws(project_dir: Path, stack: str, *, profile: str | None = None, region: str | None = None) -> Place:
    """The stack's region, with the caller's own credentials.

    Raises:
        PlaceError: there is no such profile, or the region is not known.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ProfileNotFound

    region = region or _region(project_dir, stack)
    try:
        session = boto3.session.Session(region_name=region, profile_name=profile)
    except ProfileNotFound as error:
        known = ", ".join(boto3.session.Session(region_name=region).available_profiles) or "none"
        raise PlaceError(f"{error}; your AWS configuration has: {known}") from None
    config = Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS})
    environment = {**os.environ, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if profile:
        environment["AWS_PROFILE"] = profile

    # Its own `client` is overloaded for each service, and none of the overloads takes a variable.
    def make_client(service: str) -> Any:  # noqa: ANN401 - as MakeClient
        return cast("Any", session).client(service, config=config)

    return Place(make_client, region, environment)


def place_in_rehearsal(project_dir: Path, stack: str) -> Place:
    """The servers that `training-jobs rehearse --keep` left running.

    Raises:
        PlaceError: there are none.
    """
    servers = {each.name: each for each in kept_servers.read(project_dir / STATE_DIRECTORY / stack)}
    aws, mlflow = servers.get("the embedded AWS"), servers.get("the MLflow server")
    if aws is None or not _runs(aws):
        raise PlaceError(
            f"no rehearsal of stack {stack} is running: start one with training-jobs rehearse --stack {stack} --keep"
        )
    region = _region(project_dir, stack)
    environment = sealed_environment(os.environ, region=region, endpoint_url=aws.url)
    # An MLflow that has ended is one that is down, as it would be on AWS: the doctor names it, the rest goes on.
    told = {"MLFLOW_TRACKING_URI": mlflow.url if mlflow else "", "SECRET_ARN": ""}
    return Place(AwsClients(aws.url, region).client, region, environment | told, is_rehearsal=True)


def tracking_variables(told: Mapping[str, str]) -> dict[str, str]:
    """Where to reach the MLflow of a job, and with which secret: from what its container is told.

    A job without a network is told the address for others.
    """
    found = {name: told.get(name, "") for name in _TRACKING_VARIABLES}
    return found | ({"MLFLOW_TRACKING_URI": told[_FOR_OTHERS]} if _FOR_OTHERS in told else {})


def _runs(server: kept_servers.KeptServer) -> bool:
    return kept_servers.process_identity(server.pid) == server.identity


def _region(project_dir: Path, stack: str) -> str:
    region = read_stack_configuration(project_dir, stack).values.get("aws:region")
    if not region:
        raise PlaceError(f"Pulumi.{stack}.yaml has no aws:region; set it")
    return region
