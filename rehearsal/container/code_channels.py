"""What of a job's input is its code: the source bundle, which an isolated container gets by a channel, and packages."""

from collections.abc import Mapping
from typing import Any, Final

from components.isolation_fit import CODE_CHANNEL
from components.package_archives import is_packages_channel
from rehearsal.container.files import Request

SUBMIT_DIRECTORY: Final = "sagemaker_submit_directory"
"""The hyperparameter that tells the toolkit where the source bundle is: in S3, or a file."""


def bundle_uri(request: Request) -> str:
    """Where the source bundle of a job is in S3; what the toolkit is told, where it is nowhere there."""
    told = str(request.get("HyperParameters", {}).get(SUBMIT_DIRECTORY, ""))
    if told.startswith("s3://"):
        return told
    channels = (each for each in request.get("InputDataConfig", []) if each["ChannelName"] == CODE_CHANNEL)
    return next((str(each["DataSource"]["S3DataSource"]["S3Uri"]) for each in channels), told)


def is_code(channel: Mapping[str, Any], request: Request) -> bool:
    """Whether a channel of a job brings its script or its packages, which the stack itself puts in place."""
    name = channel["ChannelName"]
    is_script = name == CODE_CHANNEL and bool(request.get("EnableNetworkIsolation"))
    return is_script or is_packages_channel(name)
