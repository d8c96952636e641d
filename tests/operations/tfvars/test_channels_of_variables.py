"""What becomes of `input_data_config`, and of values that Terraform takes in more than one way."""

from typing import Any

import pytest

from operations.tfvars.draft import Draft
from operations.tfvars.file import TfvarsError
from operations.tfvars.stack import draft_of
from tests.operations.tfvars.test_from_tfvars import BASE, OPTIONS, OWN_CODE, SERVER, stack_of


def draft_with(channel: dict[str, Any], **s3: Any) -> Draft:  # noqa: ANN401 - members of the API
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://ml-bucket/data/"} | s3
    each = {"ChannelName": "training", "DataSource": {"S3DataSource": source}} | channel
    return draft_of(BASE | {"input_data_config": [each]}, OWN_CODE)


def channel_of(channel: dict[str, Any], **s3: Any) -> dict[str, Any]:  # noqa: ANN401 - members of the API
    made: dict[str, Any] = draft_with(channel, **s3).job["channels"]["training"]
    return made


@pytest.mark.parametrize("key", ["a.csv", "in/part-0.c000.snappy.parquet", "in/data.json"])
def test_a_key_that_ends_like_a_file_is_one_object(key: str) -> None:
    draft = draft_with({}, S3Uri=f"s3://ml-bucket/{key}")

    assert draft.job["channels"]["training"]["s3_object"] == key
    assert "s3_path" not in draft.job["channels"]["training"]
    assert "is taken for one object" in draft.changed["input_data_config[0]"]


@pytest.mark.parametrize("key", ["data", "data/v1.0", "a.b/data", "dt=2026-11-26"])
def test_another_key_is_a_prefix(key: str) -> None:
    assert channel_of({}, S3Uri=f"s3://ml-bucket/{key}")["s3_path"] == f"{key}/"


def test_an_augmented_manifest_comes_with_all_that_it_has() -> None:
    members = {"InputMode": "Pipe", "RecordWrapperType": "RecordIO", "ShuffleConfig": {"Seed": 0}}
    s3 = {"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://ml-bucket/m/a.json", "AttributeNames": ["source-ref"]}
    draft = draft_with(members, **s3)

    assert draft.job["channels"]["training"] == {
        "attribute_names": ["source-ref"],
        "input_mode": "Pipe",
        "record_wrapper_type": "RecordIO",
        "s3_data_type": "AugmentedManifestFile",
        "s3_object": "m/a.json",
        "s3_path": "m/",
        "shuffle_seed": 0,
    }
    assert draft.left == {}


def test_members_that_become_nothing_are_named() -> None:
    draft = draft_with({"Foo": 1}, HubAccessConfig={"HubContentArn": "x"})

    assert draft.left == {"input_data_config[0]": "has Foo, HubAccessConfig: see docs/configuration.md, channels"}


def test_a_whole_bucket_as_a_channel_is_told_to_be_no_prefix() -> None:
    assert channel_of({}, S3Uri="s3://ml-bucket")["s3_path"] == ""


@pytest.mark.parametrize("variable", ["mlflow_tracking_server_arn", "mlflow_tracking_uri"])
def test_a_server_of_another_region_is_not_taken_for_one_of_the_stacks(variable: str) -> None:
    given = {name: value for name, value in BASE.items() if name != "mlflow_tracking_uri"}

    with pytest.raises(TfvarsError, match=f"^{variable}: is of eu-west-1; allowed: a tracking server of the stack's"):
        draft_of(given | {variable: SERVER.replace("us-east-1", "eu-west-1")}, OPTIONS)


def test_null_is_none_and_no_text() -> None:
    draft = draft_of(BASE | {"tags": {"a": None, "b": 1.0}, "environment_variables": {"A": None, "B": True}}, OPTIONS)

    assert draft.tags == {"b": "1"}
    assert draft.job["environment"] == {"B": "true"}
    assert {*draft.left} == {"tags.a", "environment_variables.A"}


def test_no_machine_is_not_one() -> None:
    assert draft_of(BASE | {"instance_count": 0}, OPTIONS).job["resources"]["instance_count"] == 0


def test_what_is_made_is_a_stack() -> None:
    each = {"ChannelName": "a", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://lake/b.csv"}}}
    config, _ = stack_of(BASE | {"input_data_config": [each]})

    assert config["scheduled-training:data_buckets"] == {"lake": {}}
