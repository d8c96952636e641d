"""The /opt/ml tree of a training container, in a directory of this machine.

Layout and file contents: SageMaker Developer Guide, "How Amazon SageMaker AI provides training information" and "How
Amazon SageMaker AI processes training output".
"""

import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from components.s3_location import bucket_of, key_of
from rehearsal.container.cluster import group_of, groups_of
from rehearsal.container.s3_objects import download, mirror_to_prefix, objects_under
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BASE_PATH: Final = "/opt/ml"
DEFAULT_CHECKPOINT_PATH: Final = "/opt/ml/checkpoints"
FAILURE_REASON_MAX_LENGTH: Final = 1024
"""Characters of DescribeTrainingJob's FailureReason, and of output/failure that SageMaker reads."""
HOST: Final = "localhost"
"""On AWS it is `algo-1`; the toolkit waits until the name resolves, for up to 15 minutes."""
_SUBMIT_DIRECTORY: Final = "sagemaker_submit_directory"

Request = Mapping[str, Any]


@dataclass(frozen=True)
class ContainerFiles:
    """The tree, rooted at `base`, which stands for /opt/ml."""

    base: Path
    is_mounted: bool = False
    """Whether it really is /opt/ml to the job, as in a container, so that paths stay as they are."""

    @property
    def model(self) -> Path:
        """Where the job leaves its model."""
        return self.base / "model"

    @property
    def output_data(self) -> Path:
        """Where the job leaves other output."""
        return self.base / "output" / "data"

    @property
    def temporary(self) -> Path:
        """What is /tmp to the job; beside the tree, as it is in a container."""
        return self.base.parent / "tmp"

    @property
    def failure(self) -> Path:
        """The file in which a failing job says why."""
        return self.base / "output" / "failure"

    def local(self, path: str) -> Path:
        """Find the place of a path of the container.

        Raises:
            ContainerError: the path is not below /opt/ml.

        """
        container_path = PurePosixPath(path)
        if not container_path.is_relative_to(BASE_PATH) or ".." in container_path.parts:
            raise ContainerError(f"the container's path {path!r} is not rehearsed; allowed: paths below {BASE_PATH}")
        return self.base / container_path.relative_to(BASE_PATH)

    def write_configuration(self, request: Request, hosts: Sequence[str] = (HOST,), current: str = HOST) -> None:
        """Make the directories and write what the toolkit reads at its start, on the host `current` of `hosts`."""
        configuration = self.base / "input" / "config"
        for directory in (configuration, self.model, self.output_data, self.temporary):
            directory.mkdir(parents=True)
        hyperparameters = dict(request.get("HyperParameters", {}))
        is_here = hyperparameters.get(_SUBMIT_DIRECTORY, "").startswith(f"{BASE_PATH}/")  # an isolated job's bundle
        if is_here and not self.is_mounted:
            hyperparameters[_SUBMIT_DIRECTORY] = str(self.local(hyperparameters[_SUBMIT_DIRECTORY]))
        _write_json(configuration / "hyperparameters.json", hyperparameters)
        _write_json(configuration / "inputdataconfig.json", _input_data_configuration(request))
        _write_json(configuration / "resourceconfig.json", _resource_configuration(request, hosts, current))

    def failure_message(self) -> str:
        """Read the first 1024 characters of output/failure, as DescribeTrainingJob shows them."""
        return self.failure.read_text(errors="replace")[:FAILURE_REASON_MAX_LENGTH] if self.failure.is_file() else ""


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def input_mode(channel: Mapping[str, Any], request: Request) -> str:
    """How a channel's data comes to the container: by its own mode, else by the job's."""
    return str(channel.get("InputMode", request["AlgorithmSpecification"]["TrainingInputMode"]))


def _input_data_configuration(request: Request) -> dict[str, dict[str, str]]:
    found = {}
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource", {})
        found[channel["ChannelName"]] = {
            "TrainingInputMode": input_mode(channel, request),
            "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        } | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})
    return found


def _resource_configuration(request: Request, hosts: Sequence[str], current: str) -> dict[str, Any]:
    own = group_of(request, list(hosts).index(current))
    return {
        "current_host": current,
        "current_instance_type": own.instance_type,
        "current_group_name": own.name,
        "hosts": list(hosts),
        "instance_groups": [
            {
                "instance_group_name": group.name,
                "instance_type": group.instance_type,
                "hosts": list(hosts[group.first : group.first + group.count]),
            }
            for group in groups_of(request)
        ],
        "network_interface_name": "eth0",
    }


def require_bucket(s3: "S3Client", uri: str) -> None:
    """Make sure that the bucket of an S3 URI exists.

    Raises:
        ContainerError: it does not; the message names it.

    """
    bucket = bucket_of(uri)
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise ContainerError(f"the bucket {bucket!r} of {uri} cannot be used: HeadBucket answers {code}") from error


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoint directory and its place in S3; neither where the job has no CheckpointConfig."""

    directory: Path | None = None
    uri: str = ""

    @classmethod
    def of_request(cls, request: Request, files: ContainerFiles) -> "Checkpoints":
        """Take the CheckpointConfig of a request."""
        configuration = request.get("CheckpointConfig")
        if configuration is None:
            return cls()
        # With its `/`, else `…/1` would bring along what is under `…/10`.
        uri = configuration["S3Uri"].rstrip("/") + "/"
        return cls(files.local(configuration.get("LocalPath", DEFAULT_CHECKPOINT_PATH)), uri)

    def download(self, s3: "S3Client") -> None:
        """Bring what earlier attempts left."""
        if self.directory is not None:
            download(s3, objects_under(s3, self.uri), self.directory)

    def upload(self, s3: "S3Client") -> None:
        """Make S3 hold what the directory holds."""
        if self.directory is not None:
            mirror_to_prefix(s3, self.directory, self.uri)


def upload_archive(s3: "S3Client", directory: Path, uri: str, archive: Path) -> str | None:
    """Upload the contents of `directory` as a gzipped tar, by way of the file `archive`.

    Returns:
        `uri`, or None where the directory is empty and nothing was uploaded.

    """
    members = sorted(directory.iterdir())
    if not members:
        return None
    with tarfile.open(archive, "w:gz") as tar:
        for member in members:
            tar.add(member, arcname=member.name)
    s3.upload_file(str(archive), bucket_of(uri), key_of(uri))
    return uri
