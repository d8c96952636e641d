"""Values that look odd, that AWS takes, and that settings take as well; the refused ones are in tests/refusals.py."""

from typing import Any, Final

import pytest

from settings import parse_settings
from tests.aws_members import NETWORK
from tests.drawn_jobs import Values
from tests.refusal import Refusal
from tests.test_refusals import stack_with

REGISTRY: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
DIGEST: Final = f"sha256:{'0a' * 32}"
SECRET: Final = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
ODD: Final[dict[str, tuple[Any, ...]]] = {
    "schedule.expression": (
        *(f"cron(0 3 {days} * ? *)" for days in ("L", "LW", "lw", "L-3", "15W", "1W", "1-3,5,7-9/2", "31", "1/1")),
        *(f"cron(0 3 ? * {days} *)" for days in ("6#3", "FRI#2", "FRIL", "6L", "L", "SAT-SUN", "1,7", "MON/2", "*")),
        *(f"cron({time} * * ? *)" for time in ("0/15 *", "*/5 8-17", "0 22-2", "00 03", "10-50/10 3", "5,35 14")),
        *(f"cron(0 3 1 {months} ? 2026/2)" for months in ("JAN-MAR,DEC", "jan", "*/2", "JAN/3", "11-2")),
        *("cron(0  3 * * ? *)", "cron(0 3 ? * MON#1 2199)", "rate(1 minute)", "rate(36500 days)"),
        *("at(2027-02-28T23:59:59)", "at(2199-12-31T00:00:00)"),
    ),
    "schedule.time_zone": (
        *("US/Eastern", "Etc/GMT+5", "EST5EDT", "GMT", "Zulu", "GMT+0", "Cuba", "Europe/Kyiv", "Asia/Calcutta"),
        "America/Argentina/ComodRivadavia",
    ),
    "schedule.description": ("ü\n" * 256,),
    "channels.training.s3_path": (
        *("a b/", "a+b/", "@x/", "a:b,c&d/", "ö/", "ÿ/", "a%20b/", "a#b/", "[a]/", "~a/", "a|b/", '"a"/', "'a'/"),
        *("`a`/", "a^b/", "<a>/", "a\\b/", "a$b/", "a=b;c=d/", "./a/", "a./", "..a/", " a/", "a /", "!a/", "(a)/"),
        *("{scheduled_date-1d:%Y/%m/%d}/", "dt={scheduled_date}/h={scheduled_date:%H}/", "{scheduled_time}/"),
    ),
    "channels.training": ({"s3_object": "a b/ü (1).csv"}, {"s3_object": "x"}, {"s3_object": "d={scheduled_date}.csv"}),
    "channels.training.content_type": ("", "application/x-parquet; charset=ü"),
    "environment.A": ("", "\n\t", "ü" * 512, "😀", "$(rm)"),
    "environment.AWS_ENDPOINT_URL": ("https://example.com",),
    "environment.SM": ("x",),
    "hyperparameters.a b-c.ü/": (
        *(None, [1, None, {"b": []}], {}, "", " ", "x" * 2500, "ü" * 2500, "😀", 1e300, 10**40, True, "[1, 2"),
        *(float("inf"), '"a"', "\t", ["x" * 1000, "y" * 1000]),
    ),
    "training_image": tuple(
        {"uri": f"{REGISTRY}/{image}"}
        for image in ("a/b/c:1.0-gpu", f"ab@{DIGEST}", "a_b.c-d:_x", "a__b--c:1", "00:0", f"ab:{'x' * 128}")
    ),
    "output.kms_key_arn": (
        "arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:us-east-1:999999999999:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d",
    ),
    "secrets": tuple({"W": {"arn": f"{SECRET}{name}-AbCdEf"}} for name in ("rds!db-1", "redshift!n", "a/b_c+d=e.f@g")),
    "metric_definitions.loss": (r"'loss': ([0-9]+(.|e\-)[0-9]+),?", r"(?<loss>[0-9.]+)", "ü=(.)|Ü=(.)"),
    "/tags.Größe a:b/c=d+e-f@g._": ("", " ", "x" * 256),
    "execution_role_arn": ("arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-20200101T0",),
    "resources.keep_alive_in_seconds": (0, 1, 21600),
    "retry_strategy": ({"maximum_attempts": 30},),
    "tracking": (
        {"tracking_uri": "http://10.0.0.1:5000/base/"},
        {"tracking_uri": "HTTPS://mlflow.example.com"},
        {"tracking_uri": "http://[::1]:5000"},
        {"tracking_server": "a" * 256, "artifact_store": "s3://another-bucket/m/"},
    ),
}
OWN: Final[Values] = {"source": {"directory": "own_code"}}
PARTITIONS: Final = {
    "cn-north-1": "amazonaws.com.cn",
    "us-gov-west-1": "amazonaws.com",
    "us-iso-east-1": "c2s.ic.gov",
    "us-isob-east-1": "sc2s.sgov.gov",
    "us-isof-south-1": "csp.hci.ic.gov",
    "eu-isoe-west-1": "cloud.adc-e.uk",
    "eusc-de-east-1": "amazonaws.eu",
}


@pytest.mark.parametrize("setting", ODD)
def test_what_aws_takes_is_taken(setting: str) -> None:
    for value in ODD[setting]:
        values, _ = stack_with(Refusal(setting, value, "", beside=OWN), value)

        assert parse_settings(values, "prod", "us-east-1")


@pytest.mark.parametrize("region", PARTITIONS)
def test_an_image_in_each_partition_is_taken(region: str) -> None:
    image = {"uri": f"123456789012.dkr.ecr.{region}.{PARTITIONS[region]}/ab:1"}
    values, _ = stack_with(Refusal("training_image", image, "", beside=OWN), image)

    assert parse_settings(values, "prod", region)


@pytest.mark.parametrize("bucket", ["a.b.c", "123bucket", "my-bucket-an", "abc", "x" * 63, "1.2.3"])
def test_a_bucket_in_each_form_is_taken(bucket: str) -> None:
    values, _ = stack_with(Refusal("retry_strategy", None, ""), None)

    assert parse_settings(values | {"bucket": bucket}, "prod", "us-east-1")


@pytest.mark.parametrize(
    ("id_", "kind", "directory"),
    [
        ("fs-01234567", "EFS", "/"),
        ("fs-0123456789abcdef0", "EFS", "//a b/ü/"),
        ("fs-0123456789abcdef0", "FSxLustre", "/abcdefgh/fsx"),
    ],
)
def test_a_file_system_is_taken(id_: str, kind: str, directory: str) -> None:
    channel = {"file_system": {"id": id_, "type": kind, "directory_path": directory}}
    values, _ = stack_with(Refusal("channels.training", channel, "", beside={"network": NETWORK}), channel)

    assert parse_settings(values, "prod", "us-east-1")
