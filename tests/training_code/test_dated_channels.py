"""Channels that the job fetches itself, from an embedded S3: the right date, all of it or nothing, and a reason."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from moto.backends import get_backend

import dated_channels
import s3_objects
from failure import TrainingError
from rehearsal.aws_clients import AwsClients
from rehearsal.sealed_environment import sealed_environment
from tests.rehearsal.embedded_server import empty_embedded_aws, serve_embedded_aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

BUCKET = "company-lake"
YESTERDAY, TODAY = "datasets/dt=2026-11-25/", "datasets/dt=2026-11-26/"


@pytest.fixture(scope="module")
def server() -> Iterator[AwsClients]:
    with serve_embedded_aws() as clients:
        yield clients


@pytest.fixture
def s3(server: AwsClients, monkeypatch: pytest.MonkeyPatch) -> S3Client:
    for name, value in sealed_environment({}, region="us-east-1", endpoint_url=server.endpoint_url).items():
        monkeypatch.setenv(name, value)
    s3 = server.s3
    empty_embedded_aws()
    s3.create_bucket(Bucket=BUCKET)
    for key, body in {
        f"{YESTERDAY}a.csv": b"old\n",
        f"{TODAY}": b"",
        f"{TODAY}a.csv": b"1,0\n",
        f"{TODAY}land=DE/b.csv": b"2,1\n",
        f"{TODAY}c.csv": b"3,1\n",
        "datasets/dt=2026-11-26-corrected/a.csv": b"neighbour\n",
        "daily/2026-11-26.csv": b"one\n",
        "daily/2026-11-26.csv.bak": b"no\n",
    }.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return s3


def told(base: Path, uri: str = "datasets/dt={scheduled_date}/", **changed: str) -> dict[str, str]:
    channel = {
        "name": "training",
        "uri": f"s3://{BUCKET}/{uri}",
        "time_zone": "UTC",
        "content_type": "text/csv",
        "distribution": "FullyReplicated",
    }
    return {
        "SAGEMAKER_BASE_DIR": str(base),
        "SCHEDULED_TIME": "2026-11-26T03:00:00Z",
        "SM_CHANNELS": '["packages"]',
        "SM_INPUT_DATA_CONFIG": '{"packages": {"TrainingInputMode": "File"}}',
        "DATED_CHANNEL_1": json.dumps(channel | changed),
    }


def files_in(directory: str) -> dict[str, str]:
    root = Path(directory)
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(TrainingError) as error:
        dated_channels.fetch_into(environ)
    return str(error.value)


def test_of_two_dates_only_the_scheduled_one_is_there(
    s3: S3Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = told(tmp_path)

    dated_channels.fetch_into(environ)

    directory = environ["SM_CHANNEL_TRAINING"]
    assert directory == str(tmp_path / "input" / "data" / "training")
    assert files_in(directory) == {"a.csv": "1,0\n", "c.csv": "3,1\n", "land=DE/b.csv": "2,1\n"}
    assert [path.name for path in Path(directory).parent.iterdir()] == ["training"]
    assert environ["CHANNEL_URI_TRAINING"] == f"s3://{BUCKET}/{TODAY}"
    assert json.loads(environ["DATED_CHANNEL_URIS"]) == {"training": f"s3://{BUCKET}/{TODAY}"}
    assert json.loads(environ["SM_CHANNELS"]) == ["packages", "training"]
    assert json.loads(environ["SM_INPUT_DATA_CONFIG"])["training"] == {
        "TrainingInputMode": "File",
        "S3DistributionType": "FullyReplicated",
        "RecordWrapperType": "None",
        "ContentType": "text/csv",
    }
    assert f"channel training: s3://{BUCKET}/{TODAY}: 3 of 3 objects" in capsys.readouterr().out


def test_the_zone_decides_which_date_it_is(s3: S3Client, tmp_path: Path) -> None:
    environ = told(tmp_path, time_zone="Pacific/Honolulu")

    dated_channels.fetch_into(environ)

    assert files_in(environ["SM_CHANNEL_TRAINING"]) == {"a.csv": "old\n"}


def test_a_retry_on_the_next_day_has_the_data_of_its_scheduled_time(s3: S3Client, tmp_path: Path) -> None:
    environ = told(tmp_path) | {"SCHEDULED_TIME": "2026-11-25T23:59:00Z"}

    dated_channels.fetch_into(environ)

    assert files_in(environ["SM_CHANNEL_TRAINING"]) == {"a.csv": "old\n"}


def test_one_object_comes_without_those_that_begin_like_it(s3: S3Client, tmp_path: Path) -> None:
    environ = told(tmp_path, "daily/{scheduled_date}.csv")

    dated_channels.fetch_into(environ)

    assert files_in(environ["SM_CHANNEL_TRAINING"]) == {"2026-11-26.csv": "one\n"}


def test_hosts_share_what_is_sharded_and_none_is_left_over(s3: S3Client, tmp_path: Path) -> None:
    found = []
    for host in ("algo-1", "algo-2"):
        environ = told(tmp_path / host, distribution="ShardedByS3Key")
        environ |= {"SM_HOSTS": '["algo-1", "algo-2"]', "SM_CURRENT_HOST": host}
        dated_channels.fetch_into(environ)
        found.append(files_in(environ["SM_CHANNEL_TRAINING"]))

    assert [sorted(each) for each in found] == [["a.csv", "land=DE/b.csv"], ["c.csv"]]


def test_what_an_earlier_process_has_left_is_not_mixed_in(s3: S3Client, tmp_path: Path) -> None:
    data = tmp_path / "input" / "data"
    for left in ("training", ".training.partial"):
        (data / left).mkdir(parents=True)
        (data / left / "half.csv").write_text("half")
    environ = told(tmp_path)

    dated_channels.fetch_into(environ)

    assert "half.csv" not in files_in(environ["SM_CHANNEL_TRAINING"])
    assert not (data / ".training.partial").exists()


def test_large_objects_come_in_parts(s3: S3Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_objects, "_LARGE", 6 * 2**20)
    large = bytes(range(256)) * (13 * 2**12)
    s3.put_object(Bucket=BUCKET, Key="many/2026/large.bin", Body=large)
    environ = told(tmp_path, "many/{scheduled_date:%Y}/")

    dated_channels.fetch_into(environ)

    assert Path(environ["SM_CHANNEL_TRAINING"], "large.bin").read_bytes() == large


def test_more_objects_than_one_answer_lists_are_found(s3: S3Client) -> None:
    (backend,) = [account["aws"] for account in get_backend("s3").values() if BUCKET in account["aws"].buckets]
    for number in range(1500):
        backend.put_object(BUCKET, f"many/2026/{number:04d}", b"x")

    found = s3_objects.objects_of(s3, f"s3://{BUCKET}/many/2026/")

    assert [each.path for each in found] == [f"{number:04d}" for number in range(1500)]


def test_a_date_without_data_is_refused_and_named(s3: S3Client, tmp_path: Path) -> None:
    environ = told(tmp_path) | {"SCHEDULED_TIME": "2026-11-27T03:00:00Z"}

    assert refused(environ) == (
        f"no S3 objects found under s3://{BUCKET}/datasets/dt=2026-11-27/; see whether the data of that date has come, "
        "and whether the channel's dates, offsets and time_zone are meant so"
    )
    assert "SM_CHANNEL_TRAINING" not in environ
    assert not (tmp_path / "input" / "data" / "training").exists()


def test_a_bucket_that_is_not_there_is_named(s3: S3Client, tmp_path: Path) -> None:
    environ = told(tmp_path, uri="")
    environ["DATED_CHANNEL_1"] = environ["DATED_CHANNEL_1"].replace(f"s3://{BUCKET}/", "s3://other-lake/dt=1/")

    assert refused(environ).startswith("channel training: s3://other-lake/dt=1/ cannot be read: NoSuchBucket; check ")


@pytest.mark.parametrize(
    ("time", "got"),
    [("<aws.scheduler.scheduled-time>", "not set"), ("", "not set"), ("today", "got 'today'"), ("2026-11-26", "got")],
)
def test_without_a_scheduled_time_nothing_is_guessed(s3: S3Client, tmp_path: Path, time: str, got: str) -> None:
    reason = refused(told(tmp_path) | {"SCHEDULED_TIME": time})

    assert reason.startswith(f"environment variable SCHEDULED_TIME: {got}")
    assert "such as 2026-11-26T03:00:00Z" in reason


def test_a_zone_that_the_image_does_not_know_is_said(s3: S3Client, tmp_path: Path) -> None:
    assert refused(told(tmp_path, time_zone="Europe/Nowhere")).startswith(
        "channel training: this image knows no time zone 'Europe/Nowhere'; add tzdata"
    )


def test_a_full_disk_is_said_before_anything_is_fetched(
    s3: S3Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=10))

    assert "raise resources.volume_size_in_gb" in refused(told(tmp_path))


def test_a_key_that_leads_out_of_the_directory_is_refused(s3: S3Client, tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key=f"{TODAY}../../x", Body=b"x")

    assert "would be written outside its channel's directory" in refused(told(tmp_path))


def test_where_the_usual_place_cannot_be_made_another_one_is_told(s3: S3Client, tmp_path: Path) -> None:
    (tmp_path / "input").write_text("no directory")
    environ = told(tmp_path)

    dated_channels.fetch_into(environ)

    assert len(files_in(environ["SM_CHANNEL_TRAINING"])) == 3


def test_a_job_without_dates_asks_nobody(tmp_path: Path) -> None:
    environ = {"SAGEMAKER_BASE_DIR": str(tmp_path)}

    assert dated_channels.fault(environ) == ""
    assert environ == {"SAGEMAKER_BASE_DIR": str(tmp_path)}
