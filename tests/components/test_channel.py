"""What CreateTrainingJob takes of a channel is taken, and what does not go together is said, all at once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.s3_location import BucketContext
from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings

GOOD: dict[str, Any] = {"s3_path": "datasets/training/"}
MANIFEST: dict[str, Any] = {
    "s3_data_type": "ManifestFile",
    "s3_object": "manifests/a.json",
    "s3_path": "datasets/training/",
}
AUGMENTED: dict[str, Any] = MANIFEST | {
    "s3_data_type": "AugmentedManifestFile",
    "attribute_names": ["image-ref", "label"],
    "input_mode": "Pipe",
}
ABSENT = object()
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")


def channel(values: dict[str, Any], **changes: object) -> Channel:
    whole = {name: value for name, value in (values | changes).items() if value is not ABSENT}
    return Channel.model_validate(whole, context=BucketContext("ml-bucket"))


def refusal(values: dict[str, Any], **changes: object) -> str:
    with pytest.raises(ValidationError) as refused:
        channel(values, **changes)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def test_a_prefix_is_all_that_a_channel_needs() -> None:
    made = channel(GOOD)

    assert (made.s3_uri, made.data_uri) == ("s3://ml-bucket/datasets/training/",) * 2
    assert made.read_uris == ("s3://ml-bucket/datasets/training/",)
    assert (made.input_mode, made.content_type, made.s3_data_type) == ("File", "text/csv", "S3Prefix")


def test_one_object_is_named_by_its_key() -> None:
    made = channel({"s3_object": "datasets/a.csv"})

    assert (made.s3_uri, made.data_uri, made.read_uris) == (
        "s3://ml-bucket/datasets/a.csv",
        "s3://ml-bucket/datasets/a.csv",
        ("s3://ml-bucket/datasets/a.csv",),
    )


@pytest.mark.parametrize("values", [MANIFEST, AUGMENTED])
def test_a_manifest_is_an_object_whose_data_lies_below_a_prefix(values: dict[str, Any]) -> None:
    made = channel(values)

    assert (made.s3_uri, made.data_uri) == ("s3://ml-bucket/manifests/a.json", "s3://ml-bucket/datasets/training/")
    assert made.read_uris == (made.s3_uri, made.data_uri)


ONE_OF_TWO = (
    "allowed: either s3_path (a prefix such as datasets/training/) or s3_object (one object such as "
    "datasets/training.csv), and not both, unless s3_data_type is ManifestFile or AugmentedManifestFile"
)
BELOW = (
    "it is the prefix below which the objects lie that the manifest names, and the role may read these and no others: "
    "set it"
)


@pytest.mark.parametrize(
    ("values", "changes", "problem"),
    [
        (GOOD, {"s3_path": ABSENT}, ONE_OF_TWO),
        (GOOD, {"s3_object": "datasets/a.csv"}, ONE_OF_TWO),
        (
            MANIFEST,
            {"s3_object": ABSENT},
            "s3_object: not set; with s3_data_type ManifestFile it is the manifest: set it",
        ),
        (MANIFEST, {"s3_path": ABSENT}, f"s3_path: not set; with s3_data_type ManifestFile {BELOW}"),
        (AUGMENTED, {"s3_path": ABSENT}, f"s3_path: not set; with s3_data_type AugmentedManifestFile {BELOW}"),
        (
            AUGMENTED,
            {"attribute_names": []},
            "attribute_names: not set; s3_data_type AugmentedManifestFile needs one at least, in their order",
        ),
        (
            MANIFEST,
            {"attribute_names": ["a", "b"]},
            "attribute_names: got 2; allowed with s3_data_type AugmentedManifestFile only; remove them",
        ),
        *(
            (
                AUGMENTED,
                {"input_mode": mode},
                f"s3_data_type: got 'AugmentedManifestFile'; allowed with input_mode {mode}: {others}; or set "
                "input_mode to Pipe",
            )
            for mode, others in (("File", "S3Prefix, ManifestFile"), ("FastFile", "S3Prefix"))
        ),
        (
            MANIFEST,
            {"input_mode": "FastFile"},
            "s3_data_type: got 'ManifestFile'; allowed with input_mode FastFile: S3Prefix, because SageMaker reads no "
            "manifest there; or set input_mode to File or Pipe",
        ),
        (
            GOOD,
            {"compression_type": "Gzip"},
            "compression_type: got 'Gzip'; allowed with input_mode File: None, and the script unpacks the files; or "
            "set input_mode to Pipe",
        ),
        (
            GOOD,
            {"record_wrapper_type": "RecordIO", "input_mode": "FastFile"},
            "record_wrapper_type: got 'RecordIO'; allowed with input_mode FastFile: None; or set input_mode to Pipe",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_cure(
    values: dict[str, Any], changes: dict[str, object], problem: str
) -> None:
    assert refusal(values, **changes) == problem


def test_all_that_does_not_go_together_is_said_at_once() -> None:
    told = refusal({"compression_type": "Gzip", "record_wrapper_type": "RecordIO", "attribute_names": ["a"]})

    assert [
        each
        for each in ("either s3_path", "attribute_names: got", "compression_type: got", "record_wrapper")
        if each in told
    ] == [
        "either s3_path",
        "attribute_names: got",
        "compression_type: got",
        "record_wrapper",
    ]


def test_attributes_that_are_no_references_need_no_prefix() -> None:
    made = channel(AUGMENTED, s3_path=ABSENT, attribute_names=["text", "label"])

    assert made.read_uris == ("s3://ml-bucket/manifests/a.json",)


def in_request(made: Channel, spec: TrainingJobSettings) -> dict[str, Any]:
    changed = spec.model_copy(update={"channels": {"training": made}})
    return create_training_job_request(changed, NAMES, SourceBundle(b"", "0" * 64), {})


def test_a_channel_becomes_what_the_api_calls_it(staging: TrainingJobSettings) -> None:
    made = channel(
        AUGMENTED,
        content_type="application/x-recordio",
        compression_type="Gzip",
        record_wrapper_type="RecordIO",
        s3_data_distribution_type="ShardedByS3Key",
        shuffle_seed=7,
    )

    request = in_request(made, staging)

    assert request["InputDataConfig"] == [
        {
            "ChannelName": "training",
            "ContentType": "application/x-recordio",
            "CompressionType": "Gzip",
            "InputMode": "Pipe",
            "RecordWrapperType": "RecordIO",
            "ShuffleConfig": {"Seed": 7},
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "AugmentedManifestFile",
                    "S3Uri": "s3://ml-bucket/manifests/a.json",
                    "S3DataDistributionType": "ShardedByS3Key",
                    "AttributeNames": ["image-ref", "label"],
                }
            },
        }
    ]
    assert request["AlgorithmSpecification"]["TrainingInputMode"] == "Pipe"
    assert in_request(channel(GOOD), staging)["AlgorithmSpecification"]["TrainingInputMode"] == "File"


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "s3_path": st.just("datasets/a b/"),
        "s3_object": st.just("datasets/a&b.csv"),
        "s3_data_type": st.sampled_from(["S3Prefix", "ManifestFile", "AugmentedManifestFile"]),
        "attribute_names": st.lists(
            st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=9), max_size=3
        ),
        "content_type": st.text(st.characters(exclude_characters="\n"), max_size=20),
        "compression_type": st.sampled_from(["None", "Gzip"]),
        "input_mode": st.sampled_from(["File", "FastFile", "Pipe"]),
        "record_wrapper_type": st.sampled_from(["None", "RecordIO"]),
        "s3_data_distribution_type": st.sampled_from(["FullyReplicated", "ShardedByS3Key"]),
        "shuffle_seed": st.integers(-(2**63), 2**63 - 1),
    },
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_every_channel_that_is_taken_gives_a_request_that_sagemaker_takes(
    staging: TrainingJobSettings, values: dict[str, Any]
) -> None:
    try:
        made = channel(values)
    except ValidationError:
        return  # which fields do not go together is above
    request = in_request(made, staging)

    assert check_request("sagemaker", "CreateTrainingJob", {**request, "TrainingJobName": "churn-1"}) == ()
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert (source["S3DataType"] == "S3Prefix") == (made.s3_data_type == "S3Prefix")
    assert (
        made.input_mode == "Pipe" or not {"CompressionType", "RecordWrapperType"} & request["InputDataConfig"][0].keys()
    )
