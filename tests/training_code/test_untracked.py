"""A job that tracks nowhere: what it is told, and that S3 says which model stands for an invocation."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from failure import TrainingError
from options import environment
from options.environment import TrainingJob
from rehearsal.sealed_environment import sealed_environment
from tests.rehearsal.embedded_server import serve_embedded_aws
from tracking.deliveries import Deliveries

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from tests.training_code.conftest import JobTree

TOLD = {"SM_CHANNEL_TRAINING": "/t", "TRAINING_JOB_NAME": "job-1", "TRACKING": "none"}
BASE = "s3://bucket/models/p/deliveries/"
SCHEDULED = {
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/nightly",
    "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
}
KEY = "models/p/deliveries/nightly/2026-11-23T06:00:00Z.json"
JOB = TrainingJob("job-1", SCHEDULED["SCHEDULE_ARN"], SCHEDULED["SCHEDULED_TIME"])


def faults(environ: dict[str, str], *arguments: str) -> list[str]:
    return [str(each) for each in environment.look(arguments, environ).faults]


def test_a_job_that_is_told_so_needs_nothing_of_mlflow() -> None:
    env, _, _ = environment.read([], TOLD | {"DELIVERIES_URI": BASE})

    assert (env.is_tracked, env.tracking_uri, env.deliveries_uri) == (False, "", BASE)


def test_any_other_word_is_refused_with_the_variables_that_are_missing() -> None:
    first, *others = faults(TOLD | {"TRACKING": "off"})[::-1]

    assert first == "environment variable TRACKING: got 'off', allowed: none, afterwards, or not set"
    assert [text.partition(":")[0] for text in others] == [
        "environment variable REGISTERED_MODEL_NAME",
        "environment variable MLFLOW_EXPERIMENT_NAME",
        "environment variable MLFLOW_TRACKING_URI",
    ]


def test_what_needs_mlflow_is_refused_where_there_is_none() -> None:
    told = TOLD | {"PROMOTION_MINIMUM_METRICS": '{"validation:accuracy": 0.9}', "PROMOTION_MARGIN": "0.1"}
    told |= {"MLFLOW_TRACKING_URI": "http://h"}

    assert faults(told, "--data_checks", "refuse", "--system_metrics", "true") == [
        "environment variable MLFLOW_TRACKING_URI: is set, and TRACKING is none; remove one of the two",
        "environment variable PROMOTION_MINIMUM_METRICS: is set, and without MLflow there is no champion; remove it",
        "environment variable PROMOTION_MARGIN: is set, and without MLflow there is no champion; remove it",
        "hyperparameter data_checks: allowed with tracking none: off, as there is no champion's data",
        "hyperparameter system_metrics: allowed with tracking none: false, as only MLflow takes them",
    ]


def test_a_job_without_a_network_needs_the_names_and_no_address() -> None:
    told = TOLD | {"TRACKING": "afterwards"}
    names = {"MLFLOW_EXPERIMENT_NAME": "e", "REGISTERED_MODEL_NAME": "m", "PROMOTION_MARGIN": "0.1"}
    env, _, _ = environment.read([], told | names)

    assert (env.is_tracked, env.tracks_afterwards, env.tracking_uri) == (True, True, "")
    assert [text.partition(":")[0] for text in faults(told)] == [
        "environment variable MLFLOW_EXPERIMENT_NAME",
        "environment variable REGISTERED_MODEL_NAME",
    ]
    given = told | names | {"MLFLOW_TRACKING_URI": "http://h"}
    assert faults(given, "--data_checks", "refuse", "--system_metrics", "true") == [
        "environment variable MLFLOW_TRACKING_URI: is set, and TRACKING is afterwards; remove one of the two",
        "hyperparameter data_checks: allowed with network_isolation: off, advise, as the champion's data cannot be "
        "asked for",
        "hyperparameter system_metrics: allowed with network_isolation: false, as they are sent while it trains",
    ]


def test_a_job_that_nobody_scheduled_leaves_no_word() -> None:
    by_hand = Deliveries(BASE, TrainingJob("job-1"))

    assert (by_hand.uri, by_hand.of_another(), by_hand.take()) == ("", "", "")


@dataclass(frozen=True)
class Bucket:
    """A bucket of an embedded AWS, and the variables that lead there."""

    around: dict[str, str]

    @property
    def s3(self) -> S3Client:
        return boto3.client("s3")


@pytest.fixture(scope="module")
def served() -> Iterator[Bucket]:
    with serve_embedded_aws() as clients, pytest.MonkeyPatch.context() as patch:
        bucket = Bucket(sealed_environment({}, region="us-east-1", endpoint_url=clients.endpoint_url))
        for name, value in bucket.around.items():
            patch.setenv(name, value)
        bucket.s3.create_bucket(Bucket="bucket")
        yield bucket


@pytest.fixture
def bucket(served: Bucket) -> Bucket:
    """Without any word of the invocation."""
    served.s3.delete_object(Bucket="bucket", Key=KEY)
    return served


@pytest.mark.slow
def test_whoever_is_first_delivers_and_keeps_it_when_started_again(bucket: Bucket) -> None:
    first, second = Deliveries(BASE, JOB), Deliveries(BASE, replace(JOB, name="job-2"))

    assert (first.of_another(), second.of_another()) == ("", "")
    assert (second.take(), first.take(), second.take()) == ("", "job-2", "")
    assert (first.of_another(), second.of_another()) == ("job-2", "")
    assert json.loads(bucket.s3.get_object(Bucket="bucket", Key=KEY)["Body"].read()) == {
        "training_job_name": "job-2",
        "scheduled_time": "2026-11-23T06:00:00Z",
    }


def test_what_others_do_with_the_word_at_the_same_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = boto3.client("s3", "us-east-1", aws_access_key_id="id", aws_secret_access_key="key")
    word = {"Bucket": "bucket", "Key": KEY}
    pauses: list[float] = []
    monkeypatch.setattr("tracking.deliveries.time.sleep", pauses.append)
    monkeypatch.setattr(Deliveries, "_client", lambda _: s3)
    with Stubber(s3) as stub:
        for _ in range(2):
            stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
            stub.add_client_error("get_object", "NoSuchKey", http_status_code=404, expected_params=word)
        stub.add_response("put_object", {}, word | {"Body": ANY, "IfNoneMatch": "*"})
        body = StreamingBody(io.BytesIO(json.dumps({"training_job_name": JOB.name}).encode()), None)
        stub.add_response("get_object", {"Body": body}, word)

        assert Deliveries(BASE, JOB).take() == ""
        stub.assert_no_pending_responses()

    assert pauses == [0.2, 0.4]


@pytest.mark.slow
def test_another_schedule_and_another_time_are_other_invocations(bucket: Bucket) -> None:
    assert Deliveries(BASE, JOB).take() == ""
    for other in (
        replace(JOB, name="job-2", scheduled_time="2026-11-24T06:00:00Z"),
        replace(JOB, name="job-2", schedule_arn=JOB.schedule_arn.replace("nightly", "weekly")),
    ):
        assert Deliveries(BASE, other).of_another() == ""


@pytest.mark.slow
def test_what_is_no_word_of_a_job_and_a_bucket_that_is_not_there_are_told(bucket: Bucket) -> None:
    bucket.s3.put_object(Bucket="bucket", Key=KEY, Body=b"[]")
    with pytest.raises(TrainingError, match=r"is not what a training job leaves; delete it, and run the job again"):
        Deliveries(BASE, JOB).of_another()
    with pytest.raises(TrainingError, match=r"^s3://other/nightly/.*: cannot be read \(NoSuchBucket\)"):
        Deliveries("s3://other/", JOB).of_another()


def untracked_job(make_job: Callable[..., JobTree], name: str, bucket: Bucket, **environ: str) -> JobTree:
    job = make_job(name, **bucket.around, **SCHEDULED, TRACKING="none", DELIVERIES_URI=BASE, **environ)
    for variable in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "REGISTERED_MODEL_NAME"):
        del job.environ[variable]
    job.hyperparameters = {"n_estimators": "5", "n_jobs": "1"}
    return job


@pytest.mark.slow
def test_a_job_trains_judges_and_saves_without_mlflow_and_once_for_an_invocation(
    make_job: Callable[..., JobTree], bucket: Bucket, tmp_path: Path
) -> None:
    no_mlflow = tmp_path / "path" / "mlflow"
    no_mlflow.mkdir(parents=True)
    (no_mlflow / "__init__.py").write_text("raise AssertionError('MLflow is imported')\n")
    around = {"PYTHONPATH": str(no_mlflow.parent)}
    job, again = (untracked_job(make_job, name, bucket, **around) for name in ("job-1", "job-2"))

    done, repeated = job.run(), again.run()

    assert (done.returncode, repeated.returncode) == (0, 0), done.stdout + done.stderr + repeated.stderr
    assert "tracking: none: there will be no run in MLflow and no model version" in done.stdout
    assert "data checks: off, because without MLflow there is no champion" in done.stdout
    assert "validation:accuracy=" in done.stdout
    assert f"delivered: s3://bucket/{KEY} says that this model stands for the invocation" in done.stdout
    assert sorted(path.name for path in job.model.glob("*")) == ["code", "model.joblib", "model.json"]
    assert json.loads((job.model / "model.json").read_text())["run_id"] == ""
    assert "registered" not in done.stdout + repeated.stdout
    assert "delivered again: the model of training job job-1 stands for this invocation" in repeated.stdout
    assert not again.model.exists()


@pytest.mark.slow
def test_of_two_jobs_that_trained_at_once_the_later_keeps_no_model(
    make_job: Callable[..., JobTree],
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import train

    job = untracked_job(make_job, "job-1", bucket)
    before = Deliveries.of_another

    def another_comes(self: Deliveries) -> str:
        found = before(self)
        Deliveries(BASE, replace(JOB, name="job-2")).take()
        return found

    monkeypatch.setattr(Deliveries, "of_another", another_comes)

    assert train.main(job.arguments, job.environ) == 0
    assert "delivered meanwhile: the model of training job job-2 stands for this invocation" in capsys.readouterr().out
    assert [path for path in job.model.rglob("*") if path.is_file()] == []
