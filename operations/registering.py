"""`training-jobs register`: complete a training job that could not register its model because MLflow was away."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape

from components.s3_location import bucket_of, key_of
from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.stack_configuration import read_stack_configuration
from rehearsal.errors import RehearsalError
from rehearsal.local_servers import kept_servers
from rehearsal.rehearse import CONTAINER_ENVIRONMENT, STATE_DIRECTORY
from rehearsal.sealed_environment import sealed_environment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

KEPT_RECORD: Final = "unregistered"
"""Where training_code/train.py leaves the record below its output directory."""
_SCRIPT: Final = Path("training_code") / "register.py"


class RegistrationError(RehearsalError):
    """The training job cannot be completed; the message says why."""


@dataclass(frozen=True)
class Place:
    """Where the training job ran: its AWS, and what a process needs to reach that and MLflow."""

    sagemaker: SageMakerClient
    s3: S3Client
    environment: Mapping[str, str]


def register_training_job(project_dir: Path, name: str, place: Place, console: Console) -> int:
    """Fetch the record that training job `name` kept, and send it to MLflow; 0 when a version stands.

    Raises:
        RegistrationError: there is no such job, it kept no record, or MLflow did not take it.
    """
    described = _describe(place.sagemaker, name)
    with tempfile.TemporaryDirectory(prefix="register-") as directory:
        record = _fetch(place.s3, described, Path(directory))
        environment = _job_variables(described) | dict(place.environment)
        done = subprocess.run(
            [str(_python(project_dir)), str(project_dir / _SCRIPT), str(record)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RegistrationError(f"training job {name} is not registered: {done.stderr.strip()}")
    console.print(escape(done.stdout.strip()), highlight=False, soft_wrap=True)
    return 0


def place_on_aws(project_dir: Path, stack: str) -> Place:
    """The stack's region, with the caller's own credentials."""
    import boto3

    region = _region(project_dir, stack)
    session = boto3.session.Session(region_name=region)
    environment = {**os.environ, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return Place(session.client("sagemaker"), session.client("s3"), environment)


def place_in_rehearsal(project_dir: Path, stack: str) -> Place:
    """The servers that `training-jobs rehearse --keep` left running.

    Raises:
        RegistrationError: there are none.
    """
    servers = {each.name: each for each in kept_servers.read(project_dir / STATE_DIRECTORY / stack)}
    running = {name: each.url for name, each in servers.items() if _runs(each)}
    try:
        aws, mlflow = running["the embedded AWS"], running["the MLflow server"]
    except KeyError:
        raise RegistrationError(
            f"no rehearsal of stack {stack} is running: start one with training-jobs rehearse --stack {stack} --keep"
        ) from None
    region = _region(project_dir, stack)
    clients = AwsClients(aws, region)
    environment = sealed_environment(os.environ, region=region, endpoint_url=aws)
    return Place(clients.sagemaker, clients.s3, environment | {"MLFLOW_TRACKING_URI": mlflow, "SECRET_ARN": ""})


def _runs(server: kept_servers.KeptServer) -> bool:
    return kept_servers.process_identity(server.pid) == server.identity


def _region(project_dir: Path, stack: str) -> str:
    region = read_stack_configuration(project_dir, stack).values.get("aws:region")
    if not region:
        raise RegistrationError(f"Pulumi.{stack}.yaml has no aws:region; set it")
    return region


def _describe(sagemaker: SageMakerClient, name: str) -> Mapping[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return sagemaker.describe_training_job(TrainingJobName=name)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise RegistrationError(f"training job {name} cannot be read: {code}: {message}") from error
    except BotoCoreError as error:
        raise RegistrationError(f"training job {name} cannot be read: {error}") from error


def _fetch(s3: S3Client, described: Mapping[str, Any], directory: Path) -> Path:
    from botocore.exceptions import ClientError

    name, status = described["TrainingJobName"], described["TrainingJobStatus"]
    uri = f"{described['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{name}/output/output.tar.gz"
    archive = directory / "output.tar.gz"
    nothing = RegistrationError(
        f"training job {name} ({status}) kept no record in {uri}: only a job that failed because MLflow was away does"
    )
    try:
        s3.download_file(bucket_of(uri), key_of(uri), str(archive))
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            raise nothing from None
        raise RegistrationError(f"{uri} cannot be read: {error}") from error
    with tarfile.open(archive) as packed:
        packed.extractall(directory / "output", filter="data")
    record = directory / "output" / KEPT_RECORD
    if not record.is_dir():
        raise nothing
    return record


def _job_variables(described: Mapping[str, Any]) -> dict[str, str]:
    """Where the job itself was told to track to, and with which secret."""
    told = described.get("Environment", {})
    return {name: told[name] for name in ("MLFLOW_TRACKING_URI", "SECRET_ARN") if name in told}


def _python(project_dir: Path) -> Path:
    """The Python with the image's packages, where it is: it signs requests to a managed tracking server."""
    python = project_dir / CONTAINER_ENVIRONMENT / "bin" / "python"
    return python if python.is_file() else Path(sys.executable)
