"""A request's InputDataConfig: the channels of a spec, and the packages that travel with the job."""

from collections.abc import Sequence
from typing import Any

from .aws_names import JobNames
from .channel import Channel
from .isolation_fit import CODE_CHANNEL
from .package_archives import PackageArchive
from .request_places import source_bundle_uri
from .request_values import without_none
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec


def input_data_config(spec: TrainingJobSpec, packages: Sequence[PackageArchive]) -> list[dict[str, Any]]:
    """All channels, in the order of their names, and after them those of packages.

    Without those that the job fetches itself: no request can name what is not known yet.
    """
    return [
        *(_channel(name, channel) for name, channel in sorted(spec.channels.items()) if not channel.has_dates),
        *(_packages_channel(archive, spec) for archive in packages),
    ]


def code_channels(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> list[dict[str, Any]]:
    """The channel of the script, for a container that cannot fetch its bundle itself."""
    if not spec.network_isolation:
        return []
    location = source_bundle_uri(spec, names, bundle)
    return [_channel(CODE_CHANNEL, Channel.model_construct(s3_object=location, content_type="application/gzip"))]


def training_input_mode(spec: TrainingJobSpec) -> str:
    """The job's mode; each channel has its own, and yet is judged by this one as well (sagemaker-python-sdk, #716)."""
    return "Pipe" if any(channel.input_mode == "Pipe" for channel in spec.channels.values()) else "File"


def _channel(name: str, channel: Channel) -> dict[str, Any]:
    """What a channel leaves at its default is left out, but for what a request has always had."""
    wrapper, compression, seed = channel.record_wrapper_type, channel.compression_type, channel.shuffle_seed
    return without_none(
        ChannelName=name,
        ContentType=channel.content_type,
        CompressionType=None if compression == "None" else compression,
        InputMode=channel.input_mode,
        RecordWrapperType=None if wrapper == "None" else wrapper,
        ShuffleConfig=None if seed is None else {"Seed": seed},
        DataSource=_data_source(channel),
    )


def _data_source(channel: Channel) -> dict[str, Any]:
    if system := channel.file_system:
        return {
            "FileSystemDataSource": {
                "FileSystemId": system.id,
                "FileSystemType": system.type,
                "DirectoryPath": system.directory_path,
                "FileSystemAccessMode": system.access_mode,
            }
        }
    return {
        "S3DataSource": without_none(
            S3DataType=channel.s3_data_type,
            S3Uri=channel.s3_uri,
            S3DataDistributionType=channel.s3_data_distribution_type,
            AttributeNames=list(channel.attribute_names) or None,
            InstanceGroupNames=list(channel.instance_group_names) or None,
        )
    }


def _packages_channel(archive: PackageArchive, spec: TrainingJobSpec) -> dict[str, Any]:
    """An archive as input data: SageMaker brings it before the container starts, into an isolated one as well."""
    location = archive.uri(spec.source.packages_prefix)
    return _channel(archive.channel, Channel.model_construct(s3_path=location, content_type="application/zip"))
