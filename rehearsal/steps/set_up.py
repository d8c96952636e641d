"""What is there before a stack: running servers, buckets, data in the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.dated_paths import is_dated
from components.s3_location import bucket_of
from components.wording import counted
from rehearsal.container.channel_data import file_system_uri
from rehearsal.container.code_channels import bundle_uri, is_code
from rehearsal.judging.stack_check import data_uris_of
from rehearsal.running.sample_data import put_channel, put_files, sample_csv_files
from rehearsal.steps.stage import RunningStack, Stage


def set_up(
    stage: Stage,
    requests: Sequence[Mapping[str, Any]],
    own_data: Mapping[str, dict[str, bytes]],
    artifact_stores: Sequence[str],
) -> dict[str, dict[str, bytes]]:
    """Make what is there before a stack: buckets, data, an MLflow server where a job tracks.

    Returns the files for each channel by name; what depends on when a schedule is due, is filled when it fires.
    """
    mlflow = stage.servers.mlflow
    servers = "the embedded AWS and MLflow" if mlflow else "the embedded AWS"
    with stage.reporter.step(f"start {servers}, put data into S3") as step:
        samples = sample_csv_files()
        stage.servers.aws.wait_until_ready()
        exports = stage.check.declaration.exports
        data_uris = [data_uris_of(exports, schedule) for schedule in stage.check.schedules]
        named = [uri for each in data_uris for uri in each.values()]
        for bucket in {bucket_of(uri) for uri in (*artifact_stores, *_s3_uris(requests), *named)}:
            stage.clients.s3.create_bucket(Bucket=bucket, **_location(stage))
        files = {name: {"breast_cancer.csv": content} for name, content in samples.items()} | dict(own_data)
        count = sum(put_data(stage.running, *channel, files) for channel in channels_of(requests, data_uris))
        stage.servers.wait_until_ready()
        step.detail(f"{counted(count, 'file')}; {f'MLflow at {mlflow.url}' if mlflow else 'no MLflow: no job tracks'}")
        return files


def _location(stage: Stage) -> dict[str, Any]:
    """S3 wants every region but one named."""
    region = stage.clients.region
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def channels_of(
    requests: Sequence[Mapping[str, Any]], data_uris: Sequence[Mapping[str, str]]
) -> list[tuple[Mapping[str, Any], str]]:
    """The channels to fill, each once, and where their data lies: schedules of one job mostly read the same.

    Those of packages are not among them, as the stack itself puts them there; nor those with dates.
    """
    found: dict[tuple[str, str, str], tuple[Mapping[str, Any], str]] = {}
    for request, uris in zip(requests, data_uris, strict=True):
        for channel in request.get("InputDataConfig", []):
            name, data_uri = channel["ChannelName"], uris.get(channel["ChannelName"], "")
            place = file_system_uri(channel) or channel["DataSource"]["S3DataSource"]["S3Uri"]
            if not is_code(channel, request) and not is_dated(data_uri):
                found[name, place, data_uri] = (channel, data_uri)
    return list(found.values())


def put_data(
    stack: RunningStack, channel: Mapping[str, Any], data_uri: str, files: Mapping[str, dict[str, bytes]]
) -> int:
    """Fill a channel with the files of its name, which those of `training` stand in for."""
    own = files.get(channel["ChannelName"], files["training"])
    if uri := file_system_uri(channel):
        system = channel["DataSource"]["FileSystemDataSource"]
        count = put_files(stack.clients.s3, uri, own)
        stack.reporter.note(
            f"channel {channel['ChannelName']}: {counted(count, 'file')} in place of {system['FileSystemType']} "
            f"{system['FileSystemId']}:{system['DirectoryPath']}, which is not mounted here"
            + ("; what the job writes there is lost" if system["FileSystemAccessMode"] == "rw" else "")
        )
        return count
    return put_channel(stack.clients.s3, channel, own, data_uri)


def _s3_uris(requests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for request in requests:
        yield request["OutputDataConfig"]["S3OutputPath"]
        yield bundle_uri(request)
        for channel in request.get("InputDataConfig", []):
            yield file_system_uri(channel) or channel["DataSource"]["S3DataSource"]["S3Uri"]
        if "CheckpointConfig" in request:
            yield request["CheckpointConfig"]["S3Uri"]
