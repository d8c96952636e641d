"""The data of a training job's channels, as SageMaker brings it to a container: prefix, one object, or manifest.

Sources: SageMaker API, Channel and S3DataSource (what a manifest looks like, what a shard is). In which order objects
are dealt out to hosts, and where the objects of a manifest lie in a channel's directory, they do not say: here by key,
and as the manifest writes their paths.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from components.s3_location import bucket_of, key_of
from rehearsal.container.cluster import hosts_of_channel
from rehearsal.container.files import ContainerFiles, Request, input_mode
from rehearsal.container.s3_objects import S3Object, download, objects_under
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Channel = Mapping[str, Any]
FILE_SYSTEMS_BUCKET: Final = "rehearsal-file-systems"
"""On the embedded AWS: what stands in for file systems."""
_MANIFEST: Final = "ManifestFile"
_REHEARSED_TYPES: Final = ("S3Prefix", _MANIFEST)
_REHEARSED_MODES: Final = ("File", "FastFile")
_NOTHING: Final = (None, "None")
_SHAPE: Final = '[{"prefix": "s3://bucket/prefix/"}, "one.csv", "two.csv"]'


def not_rehearsed(request: Request) -> list[str]:
    """What a rehearsal cannot run of a request's channels, a line each; empty where it can run all."""
    return [
        f"channel {channel['ChannelName']!r} cannot be rehearsed: {'; '.join(reasons)}"
        for channel in request.get("InputDataConfig", [])
        if (reasons := list(_reasons(channel, request)))
    ]


def _reasons(channel: Channel, request: Request) -> Iterator[str]:
    source, mode = channel["DataSource"].get("S3DataSource"), input_mode(channel, request)
    if source is None and not file_system_uri(channel):
        places = " and ".join(channel["DataSource"]) or "nothing"
        yield f"its data is in {places}; rehearsed: S3DataSource, FileSystemDataSource"
    elif source and source["S3DataType"] not in _REHEARSED_TYPES:
        yield f"S3DataType {source['S3DataType']}; rehearsed: {', '.join(_REHEARSED_TYPES)}"
    if mode not in _REHEARSED_MODES:
        yield f"InputMode {mode}, which nobody streams here; rehearsed: {', '.join(_REHEARSED_MODES)}"
    for name in ("CompressionType", "RecordWrapperType"):
        if channel.get(name) not in _NOTHING:
            yield f"{name} {channel[name]}, which is for streams; rehearsed: None"


def file_system_uri(channel: Channel) -> str:
    """Where in the embedded S3 the files are that stand in for a channel's file system; "" for a channel of S3."""
    system = channel["DataSource"].get("FileSystemDataSource")
    return f"s3://{FILE_SYSTEMS_BUCKET}/{system['FileSystemId']}/{channel['ChannelName']}/" if system else ""


def channel_objects(s3: "S3Client", channel: Channel) -> list[S3Object]:
    """The objects of a channel in S3, in the order of their keys; a manifest itself is none of them.

    Raises:
        ContainerError: the manifest cannot be read, or is none.

    """
    if uri := file_system_uri(channel):
        return objects_under(s3, uri)
    source = channel["DataSource"]["S3DataSource"]
    if source["S3DataType"] == _MANIFEST:
        return sorted(_listed(s3, source["S3Uri"], channel["ChannelName"]), key=lambda each: each.uri)
    return objects_under(s3, source["S3Uri"])


def read_uris(s3: "S3Client", channel: Channel) -> list[str]:
    """All that is read of S3 for a channel: its objects, and its manifest; nothing where it is not in S3."""
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        return []
    manifest = [source["S3Uri"]] if source["S3DataType"] == _MANIFEST else []
    return [*manifest, *(each.uri for each in channel_objects(s3, channel))]


def _listed(s3: "S3Client", uri: str, channel: str) -> list[S3Object]:
    try:
        text = s3.get_object(Bucket=bucket_of(uri), Key=key_of(uri))["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise ContainerError(f"the manifest {uri} of channel {channel!r} cannot be read: {code}") from error
    try:
        first, *paths = json.loads(text)
        prefix = first["prefix"]
        if not prefix.startswith("s3://") or not paths or not all(isinstance(path, str) for path in paths):
            raise ValueError(prefix)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ContainerError(
            f"{uri} of channel {channel!r} is no manifest; allowed: a JSON list such as {_SHAPE}"
        ) from None
    return [S3Object(f"{prefix}{path}", path) for path in paths]


def download_channels(s3: "S3Client", request: Request, files: ContainerFiles, host: int = 0) -> None:
    """Bring every channel to input/data/NAME of one host, counted from 0: all of it, or the host's share.

    Raises:
        ContainerError: a channel uses what is not rehearsed, or its manifest cannot be read.

    """
    if reasons := not_rehearsed(request):
        raise ContainerError("\n".join(reasons))
    for channel in request.get("InputDataConfig", []):
        hosts = hosts_of_channel(request, channel)
        if host not in hosts:
            continue
        found = channel_objects(s3, channel)
        is_sharded = channel["DataSource"].get("S3DataSource", {}).get("S3DataDistributionType") == "ShardedByS3Key"
        mine = found[hosts.index(host) :: len(hosts)] if is_sharded else found
        download(s3, mine, files.base / "input" / "data" / channel["ChannelName"])
