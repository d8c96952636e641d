"""Channels with dates: what is taken, what the request tells the job, and how far its role may read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.dated_notes import dated_notes
from components.execution_role_policy import execution_permissions
from components.fields_fit import misfits
from components.iam_policies import policy_document
from components.s3_location import BucketContext
from components.schedule_spec import ScheduleSpec
from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from rehearsal.invoking.dated_channels import fetched_channels
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.requests.request_check import check_request
from settings import TrainingJobSettings

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
CONTEXT = BucketContext("ml-bucket", frozenset({"company-lake"}))
DATED = {"s3_path": "datasets/dt={scheduled_date-1d:%Y/%m/%d}/"}


def channel(**values: object) -> Channel:
    return Channel.model_validate(values, context=CONTEXT)


def refusal(**values: object) -> str:
    with pytest.raises(ValidationError) as refused:
        channel(**values)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def with_channels(spec: TrainingJobSettings, **channels: Channel) -> TrainingJobSettings:
    return spec.model_copy(update={"channels": channels})


def request_of(spec: TrainingJobSettings, **channels: Channel) -> dict[str, Any]:
    bundle = SourceBundle(b"", "0" * 64)
    return create_training_job_request(with_channels(spec, **channels), NAMES, bundle, {}, time_zone="Asia/Tokyo")


@pytest.mark.parametrize(
    "values",
    [
        DATED,
        {"s3_path": "s3://company-lake/{scheduled_date}/"},
        {"s3_object": "daily/{scheduled_date:%Y%m%d}.csv"},
        DATED | {"time_zone": "UTC", "s3_data_distribution_type": "ShardedByS3Key"},
    ],
)
def test_a_location_with_dates_is_fetched_by_the_job(values: dict[str, Any]) -> None:
    assert channel(**values).has_dates


def test_a_whole_time_is_filled_in_by_the_scheduler_and_takes_every_mode(staging: TrainingJobSettings) -> None:
    made = channel(s3_path="datasets/{scheduled_time}/", input_mode="FastFile", shuffle_seed=7)

    request = request_of(staging, training=made)

    assert not made.has_dates
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert source["S3Uri"] == "s3://ml-bucket/datasets/<aws.scheduler.scheduled-time>/"
    assert not [name for name in request["Environment"] if name.startswith("DATED_CHANNEL")]
    assert request["Environment"]["CHANNEL_URI_TRAINING"] == source["S3Uri"]


def test_the_job_is_told_where_and_by_whose_clock(staging: TrainingJobSettings) -> None:
    own_clock = channel(s3_object="daily/{scheduled_date}.csv", time_zone="UTC", content_type="text/plain")

    request = request_of(staging, training=channel(**DATED), validation=own_clock)

    assert "InputDataConfig" not in request, "the API takes no empty list"
    assert "CHANNEL_URI_TRAINING" not in request["Environment"]
    told = [json.loads(request["Environment"][f"DATED_CHANNEL_{number}"]) for number in (1, 2)]
    assert told == [
        {
            "name": "training",
            "uri": "s3://ml-bucket/datasets/dt={scheduled_date-1d:%Y/%m/%d}/",
            "time_zone": "Asia/Tokyo",
            "content_type": "text/csv",
            "distribution": "FullyReplicated",
        },
        {
            "name": "validation",
            "uri": "s3://ml-bucket/daily/{scheduled_date}.csv",
            "time_zone": "UTC",
            "content_type": "text/plain",
            "distribution": "FullyReplicated",
        },
    ]
    assert check_request("sagemaker", "CreateTrainingJob", {**request, "TrainingJobName": "churn-1"}) == ()


def test_the_rehearsal_finds_them_where_the_job_does(staging: TrainingJobSettings) -> None:
    request = request_of(staging, training=channel(**DATED))
    request["Environment"]["SCHEDULED_TIME"] = "2026-11-30T20:00:00Z"  # the first of December in Tokyo

    (found,) = fetched_channels(request)

    assert found["DataSource"]["S3DataSource"]["S3Uri"] == "s3://ml-bucket/datasets/dt=2026/11/30/"


NEIGHBOURS = (
    *("datasets/", "datasets/dt=", "datasets/dt=2026", "datasets/dt=2026/11", "datasets/dt=2026/11/26"),
    *("datasets/dt=2026-11-26/a.csv", "datasets/dt=1999/11/26/a.csv", "datasets/dt=3026/11/26/a.csv"),
    *("datasets/dt=2026/1/26/a.csv", "datasets/dt=2026/11/6/a.csv", "datasets/dt=2026/111/26/a.csv"),
    *("datasets/dt=latest/a.csv", "datasets/dt=2026/11/26x/a.csv", "datasets/dt=2026/11/26-old/a.csv"),
    *("datasets/dt=secret/a.csv", "datasets/a.csv", "datasets/training/a.csv", "dataset/dt=2026/11/26/a.csv"),
    *("datasets-old/dt=2026/11/26/a.csv", "x/datasets/dt=2026/11/26/a.csv", "dt=2026/11/26/a.csv", "a.csv", ""),
    *("Datasets/dt=2026/11/26/a.csv", "datasets/DT=2026/11/26/a.csv", "datasets/dt=2026/11//a.csv"),
    *("datasets/dt=20/11/26/a.csv", "datasets/dt=20261126/a.csv", "datasets//dt=2026/11/26/a.csv"),
    *("datasets/dt=x2026/11/26/a.csv", "payroll/2026/11/26/a.csv", "datasets/dt=20*", "datasets/dt=????/??/??/a"),
)


def test_the_role_reads_all_dates_and_no_neighbour(staging: TrainingJobSettings) -> None:
    spec = with_channels(staging, training=channel(**DATED))
    role = [PolicyDocument.parse("role", policy_document(execution_permissions(spec, NAMES)))]

    def reads(key: str, bucket: str = "ml-bucket") -> bool:
        return judge(AwsCall("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", "read"), role).allowed

    def lists(prefix: str, bucket: str = "ml-bucket") -> bool:
        call = AwsCall("s3:ListBucket", f"arn:aws:s3:::{bucket}", "list", {"s3:prefix": prefix})
        return judge(call, role).allowed

    for date in ("2026/11/26", "2031/01/01", "2099/12/31"):
        assert reads(f"datasets/dt={date}/a.csv")
        assert lists(f"datasets/dt={date}/")
    assert len(NEIGHBOURS) >= 30
    assert [key for key in NEIGHBOURS if reads(key) or lists(key)] == []
    assert not reads("datasets/dt=2026/11/26/a.csv", "company-lake")
    assert not lists("datasets/dt=2026/11/26/", "company-lake")
    assert not judge(AwsCall("s3:PutObject", "arn:aws:s3:::ml-bucket/datasets/dt=2026/11/26/a", ""), role).allowed


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            DATED | {"input_mode": "FastFile"},
            "input_mode: got 'FastFile'; allowed with dates to fill in: File, because",
        ),
        (DATED | {"shuffle_seed": 1}, "shuffle_seed: got 1; allowed with dates to fill in: none, because the job"),
        ({"s3_path": "a/", "time_zone": "UTC"}, "time_zone: got 'UTC'; allowed with a date to fill in, such as"),
        ({"s3_path": "{scheduled_time}/", "time_zone": "UTC"}, "time_zone: got 'UTC'; allowed with a date to fill in"),
        ({"s3_path": "dt={scheduled_date}"}, "allowed: a prefix that ends with '/'"),
        ({"s3_path": "dt={scheduled_date:%Y/}/"}, "allowed: a prefix that ends with '/' and has no empty part"),
        ({"s3_path": "dt={scheduled_date:%Y/}"}, "allowed: a prefix that ends with '/'"),
        ({"s3_object": "dt={scheduled_date:%Y/}"}, "allowed: the key of one object"),
        ({"s3_path": "dt={scheduled_date:%Y*}/"}, "it has '*', and SageMaker knows no wildcards"),
        ({"s3_path": "dt={ds}/"}, "it has '{ds}', and nothing fills that in; allowed: {scheduled_date}"),
        ({"s3_path": "s3://other/{scheduled_date}/"}, "the bucket 'other' is not the configured one"),
    ],
)
def test_what_does_not_go_with_dates_is_refused(values: dict[str, Any], message: str) -> None:
    assert refusal(**values).startswith(message)


def test_a_manifest_with_a_date_is_for_whole_times() -> None:
    manifest = {"s3_data_type": "ManifestFile", "s3_path": "datasets/"}

    assert refusal(**manifest, s3_object="m/{scheduled_date}.json").startswith("s3_data_type: got 'ManifestFile'")
    assert not channel(**manifest, s3_object="m/{scheduled_time}.json").has_dates


def test_what_a_job_writes_has_no_dates(staging: TrainingJobSettings) -> None:
    values = staging.model_dump(exclude={"further_schedules"})
    values["output"] = {"s3_path": "models/{scheduled_date}/"}

    with pytest.raises(ValidationError, match="dates are filled in in the s3_path and s3_object of channels only"):
        TrainingJobSettings.model_validate(values, context=CONTEXT)


def test_output_inside_the_dates_of_a_channel_is_refused(staging: TrainingJobSettings) -> None:
    output = staging.output.model_copy(update={"s3_path": "s3://ml-bucket/datasets/dt=2026/11/26/models/"})
    inside = with_channels(staging, training=channel(**DATED)).model_copy(update={"output": output})

    assert [each for each in misfits(inside) if "lies inside channels.training.s3_path" in each]
    assert not list(misfits(with_channels(staging, training=channel(s3_path="{scheduled_date:%Y}/"))))


def test_a_location_that_its_variable_has_no_room_for_is_refused(staging: TrainingJobSettings) -> None:
    made = channel(s3_path=f"{'x' * 400}/{{scheduled_date}}/")

    (problem,) = misfits(with_channels(staging, training=made))

    assert problem.startswith("channels.training: its location, name and content type are ")


def test_more_variables_than_a_request_takes_are_refused(staging: TrainingJobSettings) -> None:
    dated = {f"c{number}": channel(**DATED) for number in range(5)}
    full = {f"V{number}": "" for number in range(80)}

    problems = list(misfits(with_channels(staging, **dated).model_copy(update={"environment": full})))

    assert problems == ["environment: got 80; allowed with 5 channels that have dates: 73; remove one"]


def test_a_variable_that_tells_of_dates_is_not_for_settings(staging: TrainingJobSettings) -> None:
    spec = staging.model_copy(update={"environment": {"DATED_CHANNEL_1": "{}"}})

    assert [each for each in misfits(spec) if each.startswith("environment.DATED_CHANNEL_1 begins with")]


def test_what_the_next_run_reads_is_noted() -> None:
    schedule = ScheduleSpec(expression="cron(30 0 * * ? *)", time_zone="Europe/Berlin")
    channels = {"training": channel(s3_path="dt={scheduled_date}/"), "validation": channel(s3_path="validation/")}

    assert list(dated_notes(channels, schedule, datetime(2026, 11, 26, 12, tzinfo=UTC))) == [
        "channels.training: at its next time, 2026-11-26T23:30:00Z, reads s3://ml-bucket/dt=2026-11-27/"
    ]
    over = ScheduleSpec(expression="at(2026-01-01T00:00:00)")
    assert list(dated_notes(channels, over, datetime(2026, 11, 26, 12, tzinfo=UTC))) == []


def test_groups_of_machines_are_refused_where_the_job_fetches_the_data_itself() -> None:
    assert refusal(**DATED, instance_group_names=["readers"]).startswith(
        "instance_group_names: got ('readers',); allowed with dates to fill in: none, because the job fetches the files"
    )
