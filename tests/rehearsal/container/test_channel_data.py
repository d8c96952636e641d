import json
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_s3 import S3Client

from rehearsal.container.channel_data import download_channels, not_rehearsed, read_uris
from rehearsal.container.files import ContainerFiles
from rehearsal.errors import ContainerError
from rehearsal.running.sample_data import SampleDataError, put_channel

pytestmark = pytest.mark.slow

Request = dict[str, Any]
PREFIX = "datasets/dt=2026-11-26/land=Österreich & Co/"


def good_request(**source: str) -> Request:
    """One channel of a job of two hosts."""
    given = {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/{PREFIX}"} | source
    return {
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "InputDataConfig": [{"ChannelName": "training", "DataSource": {"S3DataSource": given}}],
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2},
    }


@pytest.fixture(autouse=True)
def lake(s3: S3Client) -> None:
    """Another bucket."""
    s3.create_bucket(Bucket="lake")


def put(s3: S3Client, *keys: str, bucket: str = "bucket") -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def brought(s3: S3Client, request: Request, directory: Path, host: int = 0) -> dict[str, str]:
    """What lies in the channel's directory of a host: path -> content, which is the object's key."""
    download_channels(s3, request, ContainerFiles(directory), host)
    channel = directory / "input" / "data" / "training"
    return {path.relative_to(channel).as_posix(): path.read_text() for path in channel.rglob("*") if path.is_file()}


def test_a_prefix_with_blanks_and_letters_is_brought_and_no_neighbour(tmp_path: Path, s3: S3Client) -> None:
    put(s3, f"{PREFIX}a+b.csv", f"{PREFIX}mehr/ü.csv", f"{PREFIX[:-1]}2/c.csv", PREFIX, "datasets/d.csv")

    assert brought(s3, good_request(), tmp_path) == {
        "a+b.csv": f"{PREFIX}a+b.csv",
        "mehr/ü.csv": f"{PREFIX}mehr/ü.csv",
    }


def test_one_object_is_brought_with_all_whose_keys_begin_with_its_own_as_sagemaker_does(
    tmp_path: Path, s3: S3Client
) -> None:
    put(s3, "datasets/a.csv", "datasets/a.csv.bak", "datasets/b.csv")

    found = brought(s3, good_request(S3Uri="s3://bucket/datasets/a.csv"), tmp_path)

    assert found == {"a.csv": "datasets/a.csv", "a.csv.bak": "datasets/a.csv.bak"}


def test_a_manifest_brings_what_it_names_and_nothing_else(tmp_path: Path, s3: S3Client) -> None:
    put(s3, f"{PREFIX}a.csv", f"{PREFIX}more/b c.csv", f"{PREFIX}left.csv", bucket="lake")
    manifest = [{"prefix": f"s3://lake/{PREFIX}"}, "more/b c.csv", "a.csv"]
    s3.put_object(Bucket="bucket", Key="m.json", Body=json.dumps(manifest).encode())
    request = good_request(S3DataType="ManifestFile", S3Uri="s3://bucket/m.json")

    assert brought(s3, request, tmp_path) == {"a.csv": f"{PREFIX}a.csv", "more/b c.csv": f"{PREFIX}more/b c.csv"}
    assert read_uris(s3, request["InputDataConfig"][0]) == [
        "s3://bucket/m.json",
        f"s3://lake/{PREFIX}a.csv",
        f"s3://lake/{PREFIX}more/b c.csv",
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", '["a.csv"]', '[{"prefix": "a/"}, "b.csv"]', '[{"prefix": 1}, "b"]', "\xff"),
        '[{"prefix": "s3://lake/a/"}]',
        '[{"prefix": "s3://lake/a/"}, {"prefix": "s3://lake/b/"}]',
        '{"source-ref": "s3://lake/a"}\n{"source-ref": ""}\n',
    ],
)
def test_what_is_no_manifest_is_told_what_one_is(tmp_path: Path, s3: S3Client, text: str) -> None:
    s3.put_object(Bucket="bucket", Key="m.json", Body=text.encode())
    request = good_request(S3DataType="ManifestFile", S3Uri="s3://bucket/m.json")

    with pytest.raises(ContainerError) as raised:
        brought(s3, request, tmp_path)

    assert str(raised.value) == (
        "s3://bucket/m.json of channel 'training' is no manifest; allowed: a JSON list such as "
        '[{"prefix": "s3://bucket/prefix/"}, "one.csv", "two.csv"]'
    )


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path, s3: S3Client) -> None:
    with pytest.raises(ContainerError) as raised:
        brought(s3, good_request(S3DataType="ManifestFile", S3Uri="s3://bucket/m.json"), tmp_path)

    assert str(raised.value) == "the manifest s3://bucket/m.json of channel 'training' cannot be read: NoSuchKey"


@pytest.mark.parametrize("data_type", ["S3Prefix", "ManifestFile"])
def test_each_host_has_its_share_of_a_sharded_channel(tmp_path: Path, s3: S3Client, data_type: str) -> None:
    names = [f"{name}.csv" for name in "abcde"]
    put(s3, *(f"{PREFIX}{name}" for name in names))
    manifest = json.dumps([{"prefix": f"s3://bucket/{PREFIX}"}, *names])
    s3.put_object(Bucket="bucket", Key="m.json", Body=manifest.encode())
    uri = f"s3://bucket/{PREFIX}" if data_type == "S3Prefix" else "s3://bucket/m.json"
    request = good_request(S3DataType=data_type, S3Uri=uri, S3DataDistributionType="ShardedByS3Key")

    shares = [sorted(brought(s3, request, tmp_path / str(host), host)) for host in (0, 1)]

    assert shares == [["a.csv", "c.csv", "e.csv"], ["b.csv", "d.csv"]]
    whole = good_request(S3DataType=data_type, S3Uri=uri, S3DataDistributionType="FullyReplicated")
    assert sorted(brought(s3, whole, tmp_path / "whole", 1)) == names


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"InputMode": "Pipe"}, "InputMode Pipe, which nobody streams here; rehearsed: File, FastFile"),
        ({"CompressionType": "Gzip"}, "CompressionType Gzip, which is for streams; rehearsed: None"),
        (
            {"InputMode": "Pipe", "RecordWrapperType": "RecordIO"},
            "InputMode Pipe, which nobody streams here; rehearsed: File, FastFile; RecordWrapperType RecordIO, which "
            "is for streams; rehearsed: None",
        ),
        (
            {"DataSource": {"S3DataSource": {"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://bucket/m"}}},
            "S3DataType AugmentedManifestFile; rehearsed: S3Prefix, ManifestFile",
        ),
        (
            {"DataSource": {"DatasetSource": {}}},
            "its data is in DatasetSource; rehearsed: S3DataSource, FileSystemDataSource",
        ),
    ],
)
def test_what_cannot_be_rehearsed_is_said_in_one_line(
    tmp_path: Path, s3: S3Client, changes: Request, reason: str
) -> None:
    request = good_request()
    assert not_rehearsed(request) == []
    request["InputDataConfig"][0] |= changes

    assert not_rehearsed(request) == [f"channel 'training' cannot be rehearsed: {reason}"]
    with pytest.raises(ContainerError, match="cannot be rehearsed"):
        brought(s3, request, tmp_path)
    assert not (tmp_path / "input").exists()


@pytest.mark.parametrize(
    ("source", "data_uri", "files"),
    [
        ({}, "", {"a.csv": b"1", "b/c.csv": b"2"}),
        ({"S3Uri": "s3://bucket/one & only.csv"}, "", {"one & only.csv": b"1"}),
        (
            {"S3DataType": "ManifestFile", "S3Uri": "s3://bucket/manifests/m.json"},
            f"s3://lake/{PREFIX}",
            {"a.csv": b"1", "b/c.csv": b"2"},
        ),
        ({"S3DataType": "ManifestFile", "S3Uri": "s3://bucket/manifests/m.json"}, "", {"a.csv": b"1"}),
    ],
)
def test_what_is_put_into_a_channel_comes_out_of_it(
    tmp_path: Path, s3: S3Client, source: dict[str, str], data_uri: str, files: dict[str, bytes]
) -> None:
    request = good_request(**source)
    is_manifest = "S3DataType" in source

    count = put_channel(s3, request["InputDataConfig"][0], files, data_uri)

    assert count == len(files) + is_manifest
    assert brought(s3, request, tmp_path) == {name: content.decode() for name, content in files.items()}
    if data_uri:
        assert all(uri.startswith(data_uri) for uri in read_uris(s3, request["InputDataConfig"][0])[1:])


@pytest.mark.parametrize("files", [{}, {"a.csv": b"1", "b.csv": b"2"}])
def test_one_object_takes_one_file(s3: S3Client, files: dict[str, bytes]) -> None:
    channel = good_request(S3Uri="s3://bucket/a.csv")["InputDataConfig"][0]

    with pytest.raises(SampleDataError) as raised:
        put_channel(s3, channel, files, "")

    assert str(raised.value) == (
        f"the channel training is one object, s3://bucket/a.csv, and there are {len(files)} files for it; name one "
        "file: --data training=PATH"
    )
