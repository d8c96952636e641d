"""Values of each kind that people write, and what settings say of them: taken, or refused for what AWS would refuse.

What AWS takes and settings refuse is in tests/refusals.py, what looks odd and is taken in tests/test_odd_values.py.
"""

from typing import Any, Final

import pytest

from settings import SettingsError, parse_settings
from tests.aws_members import CREDENTIALS, NETWORK
from tests.drawn_jobs import Values
from tests.refusal import Refusal
from tests.test_aws_members import said_of
from tests.test_refusals import stack_with

REGISTRY: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
OWN_IMAGE: Final[Values] = {"training_image": {"uri": f"{REGISTRY}/team/training:1.0"}}
PRIVATE: Final[Values] = {"uri": "registry.example.com/team/training:1.0", "repository_access_mode": "Vpc"}
KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
GROUPS: Final = [
    {"name": "readers", "instance_type": "ml.c5.xlarge"},
    {"name": "gpu", "instance_type": "ml.p4d.24xlarge"},
]
DEEP: Final[list[Any]] = [[[[[[[[[[{"a": [1, None, {"b": "ü"}]}]]]]]]]]]]

TAKEN: Final[dict[str, tuple[Any, ...]]] = {
    "schedule.expression": (
        *("cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(30-30 13-13 ? * 2,4,6 *)", "cron(1-31/30 1-1 ? * 1,7 *)"),
        *("cron(0 3 ? * FRI-MON *)", "cron(0 3 31W * ? *)", "cron(0 3 ? * SATL *)", "cron(0 3 1 NOV-FEB ? *)"),
        *("cron(0\t3 * * ? *)", "cron(0 3 29 2 ? 2027-2040)", "rate(52560000 minutes)", "at(2028-02-29T00:00:00)"),
    ),
    "schedule.time_zone": ("Antarctica/Troll", "Australia/Lord_Howe", "Etc/GMT-14", "Africa/Asmera", "W-SU", "Navajo"),
    "schedule.start_date": (
        "2027-01-01T00:00:00-0500",
        "2027-01-01 00:00:00 +0000 UTC",
        "2027-01-01 03:00:00.5 +0100 CET",
    ),
    "channels.training.s3_path": (
        *("100%25/", "%%/", "a{b/", "a}b/", "{}/", "{1}/", "$$/", "a/$b/", "a[!b]/", "a/.../b/", "a/. ./b/", "./././"),
        *("s3:a/", "arn:aws:s3:::ml-bucket/a/", "<aws.scheduler/", "½ ¼/", "ö" * 511 + "/", "x" * 1008 + "/", "   /"),
        *("d={scheduled_date-99w}/", "d={scheduled_date-999h}/", "d={scheduled_date-1mo+2w-3d+4h}/"),
        *(
            "{scheduled_date:%G-W%V}/",
            "{scheduled_date:%Y%j}/",
            "{scheduled_date}{scheduled_date}/",
            "{scheduled_date/",
        ),
        *("{scheduled_date:%Y/%m/%d}/h={scheduled_date:%H}/", "{scheduled_time}/{scheduled_date}/", "scheduled_date}/"),
    ),
    "channels": (
        {f"c{number}": {"s3_path": f"d{number}/"} for number in range(20)},
        {"...": {"s3_path": "a/"}, "-": {"s3_path": "b/"}, "a" * 64: {"s3_path": "c/"}},
        {"a": {"s3_path": "d/", "input_mode": "Pipe", "record_wrapper_type": "RecordIO", "content_type": "image/png"}},
    ),
    "channels.training": (
        {"s3_object": "."},
        {"s3_object": "part-00000-9f.c000.snappy.parquet"},
        {"s3_object": "m/{scheduled_time}.json", "s3_path": "d/", "s3_data_type": "ManifestFile"},
        {"s3_object": "m.json", "s3_path": "d/", "s3_data_type": "ManifestFile", "input_mode": "Pipe"},
        {"s3_path": "d/", "input_mode": "FastFile", "shuffle_seed": -(2**63)},
        {"s3_path": "s3://ml-bucket/a b/", "s3_data_distribution_type": "ShardedByS3Key"},
    ),
    "resources": (
        {"instance_groups": GROUPS},
        *({"instance_type": f"ml.{each}"} for each in ("p5.4xlarge", "p6-b300.48xlarge", "trn2.48xlarge")),
        {"instance_type": "ml.c5n.xlarge", "volume_kms_key_arn": KEY, "volume_size_in_gb": 16384},
        {"instance_preferences": [{"instance_type": "ml.m5.large"}, {"instance_type": "ml.c5.xlarge"}]},
    ),
    "training_image": (
        OWN_IMAGE["training_image"] | {"entrypoint": [""], "arguments": ["x" * 256] * 100},
        OWN_IMAGE["training_image"] | {"arguments": ["<aws.scheduler.schedule-arn>", "é", "😀", "$(x)"]},
    ),
    "checkpoint": tuple(
        {"s3_path": "c/", "local_path": path}
        for path in ("/opt/ml/checkpoints/", "/opt/ml/inputs", "/opt/ml/model2", "/tmp/ä b", "/" + "x" * 511)
    ),
    "hyperparameters.a": (
        *(DEEP, ["a\nb"], {"k\n": "\u2028"}, ["\u0085"], 10**2499, -0.0, float("nan"), [float("-inf")], 5e-324, 1e22),
        *("null", "</script>", "<aws.scheduler.", ["<aws.scheduler.scheduled-time>"], "\U0001f600" * 2500),
    ),
    "environment.A": ("a\r\nb", '"quoted"', "{scheduled_date}", "<aws.scheduler.execution-id"),
    "environment.SAGEMAKER": ("x",),
    "environment.AWS_CA_BUNDLE": ("/etc/ca.pem",),
    "metric_definitions.loss": ("(?i)loss=([0-9.]+)", "(?<=loss=)([0-9.]+)", "(?>loss)=([0-9.]++)", "(x)" + "y" * 497),
    "/tags.日本": ("東京", "½²", "aws:x"),
    "/data_buckets": (
        {"lake": {"kms_key_arn": KEY.replace("123456789012", "999999999999")}},
        {f"lake-{number}": {} for number in range(60)},
    ),
}
REFUSED: Final[dict[str, tuple[tuple[Any, str], ...]]] = {
    "schedule.expression": (
        *(
            ("cron(0 3 * * ?)", "5 fields"),
            ("cron(0 0 3 * * ? *)", "7 fields"),
            ("CRON(0 3 * * ? *)", "allowed"),
        ),
        *(("cron(0 3 ? * ? *)", "exactly one"), ("cron(0 3 ? * 0 *)", "is not 1-7"), ("cron(*/0 * * * ? *)", "step")),
        *(
            ("cron(0\u20033 * * ? *)", "U+2003"),
            ("cron(0 3 1 * ? 2030-2027)", "ends before"),
            ("cron(0 3 W * ? *)", "1-31"),
        ),
        *(("rate(1 week)", "a unit: minute"), ("rate(0 hours)", "above 0"), ("at(2027-01-01T24:00:00)", "not a date")),
    ),
    "schedule.start_date": (
        *((1767225600, "a date and time"), ("1767225600", "a date and time"), (1.5, "a date and time")),
        *((True, "a date and time"), ("0001-01-01T00:00:00Z", "1970 to 2199"), ("2027-01-01", "has no time zone")),
    ),
    "schedule.time_zone": (("utc", "IANA"), ("+01:00", "IANA"), ("CEST", "IANA"), ("posix/UTC", "IANA")),
    "training_image": (
        *(({"uri": f"{REGISTRY}/{name}"}, "allowed") for name in ("a__/b:1", "AB:1", "a//b:1", "ab:-x", "a..b:1")),
        *(({"framework": "pytorch", "version": each}, "allowed with framework") for each in ("", "2.", "2", "v2.6")),
        *((PRIVATE | {"uri": f"{host}/a:1"}, "no host name") for host in ("a.example.com:99999", "a..example.com")),
        (PRIVATE | {"repository_credentials_provider_arn": CREDENTIALS.replace("aws", "aws-cn", 1)}, "partition, aws"),
        *((OWN_IMAGE["training_image"] | {name: ["a\0"]}, "U+0000") for name in ("entrypoint", "arguments")),
    ),
    "channels": (({".": {"s3_path": "a/"}}, "this is another"), ({"a b": {"s3_path": "a/"}}, "matches")),
    "channels.training": (
        ({"s3_path": "d/", "record_wrapper_type": "RecordIO"}, "set input_mode to Pipe"),
        ({"s3_path": "d/", "shuffle_seed": 2**63}, "allowed"),
        ({"s3_path": "d/{scheduled_date}}/"}, "one brace at each end"),
        ({"s3_path": "d/%{{scheduled_date-1d:%Y}/"}, "one brace at each end"),
    ),
    "hyperparameters.a": ((10**5000, "at most 2500 digits"), ([10**2500], "at most 2500 digits")),
    "secrets": (({"W": {"arn": f"arn:aws-cn:secretsmanager:us-east-1:123456789012:secret:a-{'A' * 6}"}}, "partition"),),
    "source": (
        ({"directory": "a\0"}, "a directory below the project's"),
        ({"directory": "own_code", "entry_point": "-m.py"}, "matches"),
    ),
    "execution_role_arn": (("arn:aws-cn:iam::123456789012:role/training", "a role of the stack's partition, aws"),),
    "permissions_boundary_arn": (("arn:aws-cn:iam::123456789012:policy/b", "a policy of the stack's partition"),),
    "tracking": (({"tracking_uri": "https://mlflow.example.com\n"}, "without blanks and line ends"),),
    "/tags": (
        ({"stack": "x"}, "set by itself"),
        ({"training-job": "x"}, "set by itself"),
        ({"e\u0301": "x"}, "letters"),
    ),
    "/data_buckets": (({"lake": {"kms_key_arn": KEY.replace("aws", "aws-cn", 1)}}, "where the bucket is as well"),),
}


def values_with(setting: str, value: Any) -> Values:  # noqa: ANN401 - of whatever setting
    is_of_vpc = setting == "training_image" and "repository_access_mode" in value
    beside = OWN_IMAGE | ({"network": NETWORK} if is_of_vpc else {})
    return stack_with(Refusal(setting, value, "", beside=beside), value)[0]


@pytest.mark.parametrize("setting", TAKEN)
def test_what_aws_takes_is_taken_and_satisfies_its_model(setting: str) -> None:
    for value in TAKEN[setting]:
        assert said_of(values_with(setting, value)) == [], value


@pytest.mark.parametrize("setting", REFUSED)
def test_what_aws_would_refuse_is_refused_by_name_and_with_nothing_else(setting: str) -> None:
    for value, why in REFUSED[setting]:
        with pytest.raises(SettingsError) as refused:
            parse_settings(values_with(setting, value), "prod", "us-east-1")

        _, line, *others = str(refused.value).splitlines()
        assert others == []
        assert setting.removeprefix("/").partition(".")[0] in line
        assert why in line, value


@pytest.mark.parametrize("directory", ["training_code/", "./training_code", "training_code/."])
def test_the_code_that_comes_along_is_that_however_its_directory_is_written(directory: str) -> None:
    values = values_with("source", {"directory": directory})
    (job,) = parse_settings(values, "prod", "us-east-1").training_jobs.values()

    assert (job.source.directory, job.source.is_shipped) == ("training_code", True)


def test_a_number_that_python_does_not_write_leaves_other_faults_in_sight() -> None:
    values = values_with("hyperparameters.a", 10**5000)
    values["training_jobs"]["churn"]["resources"] = {"instance_type": "m5.large"}

    with pytest.raises(SettingsError) as refused:
        parse_settings(values, "prod", "us-east-1")

    assert "hyperparameters.a: got a number of hundreds of digits" in str(refused.value)
    assert "resources.instance_type: got 'm5.large'" in str(refused.value)
