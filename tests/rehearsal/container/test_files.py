import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_s3 import S3Client

from rehearsal.container.channel_data import download_channels
from rehearsal.container.files import Checkpoints, ContainerFiles, upload_archive
from rehearsal.errors import ContainerError
from tests.rehearsal.s3_channels import s3_channel

pytestmark = pytest.mark.slow

Request = dict[str, Any]


def good_request() -> Request:
    return {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "InputDataConfig": [s3_channel("training", "s3://bucket/datasets/training/", ContentType="text/csv")],
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "HyperParameters": {"max_depth": "5"},
    }


def put(s3: S3Client, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())


def keys(s3: S3Client) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket="bucket").get("Contents", [])]


def tree(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_the_configuration_is_what_the_toolkit_reads(tmp_path: Path) -> None:
    files = ContainerFiles(tmp_path / "opt" / "ml")
    files.write_configuration(good_request())

    written = {name: json.loads(text) for name, text in tree(files.base).items()}
    assert written == {
        "input/config/hyperparameters.json": {"max_depth": "5"},
        "input/config/inputdataconfig.json": {
            "training": {
                "ContentType": "text/csv",
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
            }
        },
        "input/config/resourceconfig.json": {
            "current_host": "localhost",
            "current_instance_type": "ml.m5.large",
            "current_group_name": "homogeneousCluster",
            "hosts": ["localhost"],
            "instance_groups": [
                {
                    "instance_group_name": "homogeneousCluster",
                    "instance_type": "ml.m5.large",
                    "hosts": ["localhost"],
                }
            ],
            "network_interface_name": "eth0",
        },
    }
    assert files.model.is_dir()
    assert files.output_data.is_dir()


def test_a_channel_holds_what_is_under_its_prefix_and_nothing_else(tmp_path: Path, s3: S3Client) -> None:
    put(s3, "datasets/training/a.csv", "datasets/training/more/b.csv", "datasets/training/empty/", "datasets/other.csv")

    download_channels(s3, good_request(), ContainerFiles(tmp_path))

    assert tree(tmp_path / "input" / "data") == {
        "training/a.csv": "datasets/training/a.csv",
        "training/more/b.csv": "datasets/training/more/b.csv",
    }


def test_an_object_cannot_be_written_outside_its_channel(tmp_path: Path, s3: S3Client) -> None:
    put(s3, "datasets/training/../../../escaped.csv")

    with pytest.raises(ContainerError) as raised:
        download_channels(s3, good_request(), ContainerFiles(tmp_path))

    assert str(raised.value) == (
        "the object s3://bucket/datasets/training/../../../escaped.csv would be written outside its channel's directory"
    )
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("path", "place"), [("/opt/ml/checkpoints", "checkpoints"), ("/opt/ml", "."), ("/opt/ml/a/b", "a/b")]
)
def test_a_path_of_the_container_has_its_place_in_the_tree(tmp_path: Path, path: str, place: str) -> None:
    assert ContainerFiles(tmp_path).local(path) == tmp_path / place


@pytest.mark.parametrize("path", ["/tmp/checkpoints", "/opt/mlx", "/opt/ml/../../etc", "checkpoints"])
def test_a_path_outside_opt_ml_is_an_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(ContainerError) as raised:
        ContainerFiles(tmp_path).local(path)

    assert str(raised.value) == f"the container's path '{path}' is not rehearsed; allowed: paths below /opt/ml"


def test_checkpoints_come_from_s3_and_s3_mirrors_them_afterwards(tmp_path: Path, s3: S3Client) -> None:
    put(s3, "checkpoints/1/old", "checkpoints/1/kept", "checkpoints/10/of-another-job")
    request = good_request() | {"CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/1"}}
    checkpoints = Checkpoints.of_request(request, ContainerFiles(tmp_path))

    checkpoints.download(s3)
    assert tree(tmp_path) == {"checkpoints/kept": "checkpoints/1/kept", "checkpoints/old": "checkpoints/1/old"}
    (tmp_path / "checkpoints" / "old").unlink()
    (tmp_path / "checkpoints" / "new").write_text("new")
    checkpoints.upload(s3)

    assert keys(s3) == ["checkpoints/1/kept", "checkpoints/1/new", "checkpoints/10/of-another-job"]


def test_without_a_checkpoint_config_nothing_is_copied(tmp_path: Path, s3: S3Client) -> None:
    put(s3, "checkpoints/1/old")
    checkpoints = Checkpoints.of_request(good_request(), ContainerFiles(tmp_path))

    checkpoints.download(s3)
    checkpoints.upload(s3)

    assert tree(tmp_path) == {}
    assert keys(s3) == ["checkpoints/1/old"]


def test_an_archive_holds_the_directory_s_contents_at_its_root(tmp_path: Path, s3: S3Client) -> None:
    model = tmp_path / "model"
    (model / "code").mkdir(parents=True)
    (model / "model.skops").write_text("m")
    (model / "code" / "inference.py").write_text("i")

    uri = upload_archive(s3, model, "s3://bucket/out/model.tar.gz", tmp_path / "model.tar.gz")

    assert uri == "s3://bucket/out/model.tar.gz"
    s3.download_file("bucket", "out/model.tar.gz", str(tmp_path / "back.tar.gz"))
    with tarfile.open(tmp_path / "back.tar.gz") as tar:
        assert sorted(tar.getnames()) == ["code", "code/inference.py", "model.skops"]


def test_an_empty_directory_is_not_uploaded(tmp_path: Path, s3: S3Client) -> None:
    (tmp_path / "data").mkdir()

    assert upload_archive(s3, tmp_path / "data", "s3://bucket/out/output.tar.gz", tmp_path / "output.tar.gz") is None
    assert keys(s3) == []


def test_the_failure_message_is_the_first_1024_characters(tmp_path: Path) -> None:
    files = ContainerFiles(tmp_path)
    nothing = files.failure_message()
    files.failure.parent.mkdir()
    files.failure.write_text("x" * 1025)

    assert nothing == ""
    assert files.failure_message() == "x" * 1024
