"""What is there before a stack: running servers, buckets, data in the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.package_archives import is_packages_channel
from components.s3_location import bucket_of
from rehearsal.running.sample_data import put_files, sample_csv_files
from rehearsal.steps.stage import Stage, counted


def set_up(
    stage: Stage,
    requests: Sequence[Mapping[str, Any]],
    own_data: Mapping[str, dict[str, bytes]],
    artifact_stores: Sequence[str],
) -> None:
    """Make what is there before a stack: buckets, data, an MLflow server."""
    with stage.reporter.step("start the embedded AWS and MLflow, put data into S3") as step:
        samples = sample_csv_files()
        stage.servers.aws.wait_until_ready()
        for bucket in {bucket_of(uri) for uri in (*artifact_stores, *_s3_uris(requests))}:
            stage.clients.s3.create_bucket(Bucket=bucket, **_location(stage))
        count = sum(_put_data(stage, request, own_data, samples) for request in requests)
        stage.servers.wait_until_ready()
        step.detail(f"{counted(count, 'file')}; MLflow at {stage.servers.tracking_uri}")


def _location(stage: Stage) -> dict[str, Any]:
    """S3 wants every region but one named."""
    region = stage.clients.region
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _put_data(
    stage: Stage, request: Mapping[str, Any], own_data: Mapping[str, dict[str, bytes]], samples: Mapping[str, bytes]
) -> int:
    """Fill the channels of one job: a person's own data where given, else the sample's part of that name."""
    count = 0
    for channel in request["InputDataConfig"]:
        if is_packages_channel(channel["ChannelName"]):  # the stack itself puts them there
            continue
        name, uri = channel["ChannelName"], channel["DataSource"]["S3DataSource"]["S3Uri"]
        sample = {"breast_cancer.csv": samples.get(name, samples["training"])}
        count += put_files(stage.clients.s3, uri, own_data.get(name, sample))
    return count


def _s3_uris(requests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for request in requests:
        yield request["OutputDataConfig"]["S3OutputPath"]
        yield request["HyperParameters"]["sagemaker_submit_directory"]
        yield from (channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in request["InputDataConfig"])
        if "CheckpointConfig" in request:
            yield request["CheckpointConfig"]["S3Uri"]
