"""Channels of file systems: what is taken, what becomes of it in request and role, and what a rehearsal does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.execution_role_policy import execution_permissions
from components.fields_fit import misfits
from components.network_spec import NetworkSpec
from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from operations.reproducing.comparison import ReproductionError
from operations.reproducing.reproducing import require_repeatable
from rehearsal.container.channel_data import file_system_uri, not_rehearsed
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings, parse_settings
from tests.stack_values import PROD

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
GOOD = {"id": "fs-0123456789abcdef0", "type": "EFS", "directory_path": "/datasets/training"}
NETWORK = NetworkSpec(subnets=("subnet-0123456789abcdef0",), security_group_ids=("sg-0123456789abcdef0",))
PAGE = (Path(__file__).parents[2] / "docs" / "file-systems.md").read_text(encoding="utf-8")


def mounted(staging: TrainingJobSettings, **changed: str) -> TrainingJobSettings:
    made = Channel.model_validate({"file_system": GOOD | changed})
    return staging.model_copy(update={"channels": {"training": made}, "network": NETWORK})


def request_of(spec: TrainingJobSettings) -> dict[str, Any]:
    request = create_training_job_request(spec, NAMES, SourceBundle(b"", "0" * 64), {})
    return {**request, "TrainingJobName": "churn-1"}


def refusal(**values: object) -> str:
    with pytest.raises(ValidationError) as refused:
        Channel.model_validate(values)
    (error,) = refused.value.errors()
    return f"{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"


def test_a_directory_becomes_what_the_api_calls_it(staging: TrainingJobSettings) -> None:
    request = request_of(mounted(staging, access_mode="rw"))

    assert request["InputDataConfig"] == [
        {
            "ChannelName": "training",
            "ContentType": "text/csv",
            "InputMode": "File",
            "DataSource": {
                "FileSystemDataSource": {
                    "FileSystemId": "fs-0123456789abcdef0",
                    "FileSystemType": "EFS",
                    "DirectoryPath": "/datasets/training",
                    "FileSystemAccessMode": "rw",
                }
            },
        }
    ]
    assert "CHANNEL_URI_TRAINING" not in request["Environment"]
    assert check_request("sagemaker", "CreateTrainingJob", request) == ()


def test_it_is_read_only_unless_said_otherwise(staging: TrainingJobSettings) -> None:
    (channel,) = request_of(mounted(staging))["InputDataConfig"]

    assert channel["DataSource"]["FileSystemDataSource"]["FileSystemAccessMode"] == "ro"


def test_without_a_network_it_is_refused_with_the_reason(staging: TrainingJobSettings) -> None:
    assert not list(misfits(mounted(staging)))
    assert list(misfits(mounted(staging).model_copy(update={"network": None}))) == [
        "channels.training.file_system: got EFS fs-0123456789abcdef0:/datasets/training; allowed with network: a file "
        "system is mounted from inside its VPC, through its mount targets; set network.subnets and "
        "network.security_group_ids"
    ]


def test_the_role_gets_no_more_than_its_network(staging: TrainingJobSettings) -> None:
    with_it = execution_permissions(mounted(staging), NAMES)
    actions = {action for statement in with_it for action in statement["Action"]}

    assert {"ec2:CreateNetworkInterface", "ec2:DescribeVpcs"} <= actions
    assert not [action for action in actions if action.startswith(("elasticfilesystem:", "fsx:"))]
    assert not [each for each in with_it if "datasets/" in str(each)]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": "fs-1"}, "file_system.id: "),
        ({"id": "fs-0123456789ABCDEF0"}, "file_system.id: "),
        ({"type": "FSxWindows"}, "file_system.type: "),
        ({"access_mode": "w"}, "file_system.access_mode: "),
        ({"directory_path": "datasets"}, "file_system.directory_path: allowed: a path that begins with '/'"),
        ({"directory_path": "/a/../b"}, "file_system.directory_path: allowed: a path that begins with '/'"),
        ({"directory_path": "/a\nb"}, "file_system.directory_path: "),
        ({"directory_path": f"/{'x' * 4096}"}, "file_system.directory_path: "),
        ({"directory_path": "/dt={scheduled_date}"}, "file_system.directory_path: allowed: a path without dates"),
    ],
)
def test_what_the_api_does_not_take_is_refused(changed: dict[str, str], message: str) -> None:
    assert refusal(file_system=GOOD | changed).startswith(message)


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("s3_path", "s3://data-lake/a/", "none"),
        ("s3_object", "s3://data-lake/a.csv", "none"),
        ("s3_data_type", "ManifestFile", "S3Prefix"),
        ("s3_data_distribution_type", "ShardedByS3Key", "FullyReplicated"),
        ("shuffle_seed", 0, "none"),
        ("input_mode", "FastFile", "File"),
    ],
)
def test_what_is_of_s3_alone_does_not_go_with_it(setting: str, value: object, allowed: str) -> None:
    said = refusal(**{"file_system": GOOD, setting: value})

    assert said == f": {setting}: got {value!r}; allowed with file_system: {allowed}; remove it"


@pytest.mark.parametrize("missing", ["id", "type", "directory_path"])
def test_all_but_the_mode_is_required(missing: str) -> None:
    values = {name: value for name, value in GOOD.items() if name != missing}

    assert refusal(file_system=values) == f"file_system.{missing}: Field required"


def test_the_request_check_knows_that_it_needs_a_vpc_and_no_s3(staging: TrainingJobSettings) -> None:
    request = request_of(mounted(staging))
    del request["VpcConfig"]
    s3 = {"S3DataType": "S3Prefix", "S3Uri": "s3://data-lake/a/"}
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"] = s3

    assert [str(problem) for problem in check_request("sagemaker", "CreateTrainingJob", request)] == [
        "InputDataConfig[0].DataSource: got FileSystemDataSource and S3DataSource; allowed: one of them",
        "InputDataConfig[0].DataSource: got FileSystemDataSource; allowed: S3DataSource, because the request has no "
        "VpcConfig",
    ]


def test_a_rehearsal_puts_files_in_its_place(staging: TrainingJobSettings) -> None:
    request = request_of(mounted(staging))

    assert not_rehearsed(request) == []
    (channel,) = request["InputDataConfig"]
    assert file_system_uri(channel) == "s3://rehearsal-file-systems/fs-0123456789abcdef0/training/"


def test_a_run_that_read_from_it_is_not_repeated(staging: TrainingJobSettings) -> None:
    with pytest.raises(ReproductionError, match="reached from inside its VPC only: that cannot be repeated here"):
        require_repeatable(request_of(mounted(staging)))


def test_the_settings_of_the_page_are_taken() -> None:
    told = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])["config"]
    (own,) = told["scheduled-training:training_jobs"].values()
    job = PROD["training_jobs"]["breast-cancer"]
    values = {**PROD, "training_jobs": {"breast-cancer": job | own}}

    spec = parse_settings(values, "prod", "us-east-1").training_jobs["breast-cancer"]

    assert str(spec.channels["training"].file_system) == "EFS fs-0123456789abcdef0:/datasets/training"
