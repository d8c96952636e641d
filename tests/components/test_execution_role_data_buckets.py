"""What the execution role may do with data in buckets of others, and with the keys of buckets."""

import json

import pytest

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.data_buckets import DataBucket
from components.s3_location import BucketContext
from settings import TrainingJobSettings
from tests.components.role_statements import BUCKET, by_sid

LAKE = "arn:aws:kms:us-east-1:210987654321:key/lake"


def reading_from(spec: TrainingJobSettings, **channels: dict[str, str]) -> TrainingJobSettings:
    context = BucketContext("ml-platform-staging-ml-bucket", frozenset({"company-lake", "partners", "unread"}))
    made = {name: Channel.model_validate(values, context=context) for name, values in channels.items()}
    return spec.model_copy(update={"channels": made})


def test_data_in_another_bucket_is_read_there_and_never_written(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = reading_from(
        staging,
        training={"s3_path": "s3://company-lake/churn/dt=1/"},
        validation={"s3_object": "s3://partners/exports/churn.csv"},
    )
    buckets = {name: DataBucket() for name in ("company-lake", "partners", "unread")}
    found = by_sid(spec, staging_names, buckets)

    assert found["ReadObjects"]["Resource"][:2] == [
        "arn:aws:s3:::company-lake/churn/dt=1/*",
        "arn:aws:s3:::partners/exports/churn.csv",
    ]
    assert [(found[sid]["Resource"], found[sid]["Condition"]) for sid in ("ListPrefixes1", "ListPrefixes2")] == [
        ("arn:aws:s3:::company-lake", {"StringLike": {"s3:prefix": ["churn/dt=1/*"]}}),
        ("arn:aws:s3:::partners", {"StringLike": {"s3:prefix": ["exports/churn.csv"]}}),
    ]
    told = json.dumps([statement for sid, statement in found.items() if sid not in {"ReadObjects", "ListPrefixes1"}])
    assert "company-lake" not in told
    assert "unread" not in json.dumps(found)


def test_the_key_of_another_bucket_decrypts_what_is_read_there_and_nothing_else(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = reading_from(
        staging, training={"s3_path": "s3://company-lake/a/"}, validation={"s3_path": "s3://partners/b/"}
    )
    buckets = {"company-lake": DataBucket(kms_key_arn=LAKE), "partners": DataBucket(kms_key_arn=LAKE)}
    unread = {"unread": DataBucket(kms_key_arn=LAKE.replace("lake", "other"))}
    found = by_sid(spec, staging_names, buckets | unread)

    assert [statement for statement in found.values() if any("kms:" in action for action in statement["Action"])] == [
        {
            "Sid": "DecryptDataBucket1",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": LAKE,
            "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        }
    ]


def test_a_manifest_is_read_and_what_lies_below_its_prefix(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    manifest = {"s3_object": "manifests/a.json", "s3_path": "datasets/a/", "s3_data_type": "ManifestFile"}
    found = by_sid(reading_from(staging, training=manifest), staging_names)

    assert found["ReadObjects"]["Resource"][:2] == [f"{BUCKET}/manifests/a.json", f"{BUCKET}/datasets/a/*"]
    assert found["ListPrefixes1"]["Condition"]["StringLike"]["s3:prefix"][:2] == ["manifests/a.json", "datasets/a/*"]


def test_a_buckets_own_key_opens_and_closes_objects_and_nothing_else(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    keys = [f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("bucket", "artifacts")]
    statements = by_sid(staging.model_copy(update={"data_kms_key_arns": keys}), staging_names)

    assert [statements["UseDataKey1"], statements["UseDataKey2"]] == [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key,
            "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        }
        for sid, key in zip(("UseDataKey1", "UseDataKey2"), keys, strict=True)
    ]
    assert not [sid for sid in by_sid(staging, staging_names) if sid.startswith("UseDataKey")]


@pytest.mark.parametrize(
    ("partition", "region", "service"),
    [
        ("aws", "eu-central-1", "s3.eu-central-1.amazonaws.com"),
        ("aws-us-gov", "us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_key_is_used_by_way_of_s3_as_it_is_called_in_the_partition(
    partition: str, region: str, service: str, prod: TrainingJobSettings
) -> None:
    names = JobNames(AwsScope(partition, region, "123456789012"), "breast-cancer-prod")

    assert by_sid(prod, names)["EncryptOutput"]["Condition"] == {"StringEquals": {"kms:ViaService": service}}
