"""`training-jobs register`, against an embedded AWS and a real MLflow server."""

from __future__ import annotations

import io
import random
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
import pytest
from rich.console import Console
from sklearn.ensemble import RandomForestClassifier

from data.dataset import Dataset, Table
from judging import evaluation
from judging.study import study
from models import model_files
from operations.places import Place, PlaceError, place_in_rehearsal
from operations.registering.one_job import register_training_job
from options.environment import TrackingSettings, TrainingJob
from options.hyperparameters import Hyperparameters
from rehearsal.aws_clients import AwsClients
from rehearsal.local_servers.servers import Servers, start_servers
from rehearsal.running.kept_record import RegistrationError
from rehearsal.running.model_registry import model_versions
from rehearsal.sealed_environment import sealed_environment
from tests.training_code.breaking_way import Moment, breaking
from tests.training_code.conftest import JobTree, write_breast_cancer
from tracking import record
from tracking.tracker import Tracker

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
]
PROJECT = Path(__file__).parents[3]
BUCKET = "ml-platform-staging-ml-bucket"


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal's servers, with a bucket and jobs that have failed."""

    servers: Servers
    clients: AwsClients

    @property
    def place(self) -> Place:
        around = sealed_environment(
            {"PATH": "/usr/bin:/bin"}, region="us-east-1", endpoint_url=self.clients.endpoint_url
        )
        told = around | {"MLFLOW_TRACKING_URI": self.servers.tracking_uri}
        return Place(self.clients.client, "us-east-1", told)

    def create(self, name: str, **output: str) -> None:
        request: dict[str, Any] = {
            "TrainingJobName": name,
            "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
            "RoleArn": "arn:aws:iam::123456789012:role/execution",
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/training-outputs/", **output},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "Environment": {"MLFLOW_TRACKING_URI": "arn:aws:sagemaker:us-east-1:1:mlflow-tracking-server/away"},
        }
        self.clients.sagemaker.create_training_job(**request)

    def upload(self, name: str, directory: Path) -> None:
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w:gz") as archive:
            archive.add(directory, ".")
        key = f"training-outputs/{name}/output/output.tar.gz"
        self.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body.getvalue())


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    directory = tmp_path_factory.mktemp("servers")
    with start_servers(directory, region="us-east-1", artifact_root=f"s3://{BUCKET}/mlflow-artifacts/") as servers:
        servers.wait_until_ready()
        clients = AwsClients(servers.endpoint_url, "us-east-1")
        clients.s3.create_bucket(Bucket=BUCKET)
        yield Rehearsed(servers, clients)


def keep_record(tracking_uri: str, name: str, directory: Path) -> None:
    """What train.py leaves when MLflow has gone away after it had begun a run."""
    job = TrainingJob(name, "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s", "2026-11-23T06:00:00Z")
    settings = TrackingSettings(
        tracking_uri=tracking_uri, experiment_name="breast-cancer", registered_model_name="breast-cancer", job=job
    )
    chosen = Hyperparameters(n_estimators=3, n_jobs=1)
    rows = pandas.DataFrame({"a": [0.0, 1.0, 2.0, 3.0] * 5, "b": [1.0, 0.0] * 10}, dtype="float32")
    table = Table(rows, (rows["a"] > 1).astype(int).to_numpy())
    grown = RandomForestClassifier(n_estimators=3, random_state=1).fit(table.features, table.target)
    verdict = evaluation.evaluate(grown, table)
    with Tracker(settings, {}).run(None) as run_id:
        pass
    data = Dataset(table, table, "d" * 64, rows.head(3))
    description = model_files.describe(
        grown, chosen, data, verdict, code_digest="c" * 64, training_job_name=name, run_id=run_id
    )
    record.save_model(directory, grown, description, data.example)
    record.make(
        directory, settings, description, verdict, study(grown, table, verdict, chosen.random_state), draws=False
    )


def test_a_kept_model_is_registered_once_however_often_it_is_asked_for(
    rehearsed: Rehearsed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, rehearsed.place.environment[name])
    keep_record(rehearsed.servers.tracking_uri, "job-1", tmp_path / "unregistered")
    rehearsed.create("job-1")
    rehearsed.upload("job-1", tmp_path)
    decided = "promotion: version 1 is champion: it keeps all limits, and there was no champion\n"
    for first in (decided, ""):
        output = io.StringIO()
        register_training_job(PROJECT, "job-1", rehearsed.place, Console(file=output, width=200))
        assert output.getvalue() == f"{first}registered: version 1 of breast-cancer by job-1\n"
    (version,) = model_versions(rehearsed.servers.tracking_uri, "breast-cancer")
    assert version.tags["training_job_name"] == "job-1"


def test_a_job_whose_upload_broke_off_half_way_is_completed_with_the_model_that_it_began(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    name, model_name, place = "job-half", "half", rehearsed.place
    job = JobTree(
        tmp_path / "ml",
        {
            "SAGEMAKER_BASE_DIR": str(tmp_path / "ml"),
            "SM_CHANNEL_TRAINING": str(tmp_path / "ml" / "input" / "data" / "training"),
            "TRAINING_JOB_NAME": name,
            "MLFLOW_EXPERIMENT_NAME": model_name,
            "REGISTERED_MODEL_NAME": model_name,
            "TRACKING_PATIENCE_SECONDS": "1",
            "AWS_MAX_ATTEMPTS": "1",
        },
        {"n_estimators": "5", "n_jobs": "1"},
    )
    write_breast_cancer(job.training)
    second_file = Moment("PUT", rf"^/{BUCKET}/mlflow-artifacts/\S*/models/m-", number=2)
    with breaking(rehearsed.clients.endpoint_url, second_file) as way:
        job.environ = {**place.environment, **job.environ, "AWS_ENDPOINT_URL": way.address}
        failed = job.run()
    assert way.reached.is_set(), failed.stdout
    assert failed.returncode == 1
    assert f"`training-jobs register {name}` completes this job without training again; " in job.failure.read_text()
    rehearsed.create(name)
    rehearsed.upload(name, job.kept.parent)
    output = io.StringIO()
    register_training_job(PROJECT, name, place, Console(file=output, width=200))
    assert output.getvalue().endswith(f"registered: version 1 of {model_name} by {name}\n")

    client = MlflowClient(rehearsed.servers.tracking_uri)
    (version,) = client.search_model_versions(f"name = '{model_name}'")
    run = client.get_run(version.run_id)
    (model,) = client.search_logged_models([run.info.experiment_id])
    assert (run.info.status, str(model.status)) == ("FINISHED", "READY")
    assert version.source == f"models:/{model.model_id}"
    # Not with MLflow, which keeps its client of S3 for the next server as well.
    prefix = model.artifact_location.removeprefix(f"s3://{BUCKET}/") + "/"
    there = rehearsed.clients.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    sizes = {path.name: path.stat().st_size for path in (job.kept / "model").iterdir() if path.name != "MLmodel"}
    found = {each["Key"].removeprefix(prefix): each["Size"] for each in there}
    assert {path: size for path, size in found.items() if path != "MLmodel"} == sizes


def test_a_job_that_kept_nothing_is_reported(rehearsed: Rehearsed, tmp_path: Path) -> None:
    rehearsed.create("job-2")
    uri = f"s3://{BUCKET}/training-outputs/job-2/output/output.tar.gz"
    reason = (
        f"training job job-2 (InProgress) kept no record in {uri}: only a job without a network, or one that failed "
        "after its model was trained and judged, does; a script of your own calls scheduled_job.register_once"
    )
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, "job-2", rehearsed.place, Console())
    assert str(caught.value) == reason
    (tmp_path / "something").write_text("else")
    rehearsed.upload("job-2", tmp_path)
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, "job-2", rehearsed.place, Console())
    assert str(caught.value) == reason


def test_a_model_that_is_kept_without_a_record_is_named(rehearsed: Rehearsed, tmp_path: Path) -> None:
    rehearsed.create("job-4")
    (tmp_path / "unrecorded").mkdir()
    (tmp_path / "unrecorded" / "model.joblib").write_text("a model")
    rehearsed.upload("job-4", tmp_path)
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, "job-4", rehearsed.place, Console())
    assert str(caught.value) == (
        f"training job job-4 (InProgress) kept its model without a record, as unrecorded/ in s3://{BUCKET}/training-"
        "outputs/job-4/output/output.tar.gz: it failed before there was one, and without it nothing can be registered; "
        "mend what its FailureReason names and run the job again"
    )


def test_what_a_job_kept_is_found_where_its_output_is_not_packed(rehearsed: Rehearsed) -> None:
    rehearsed.create("job-unpacked", CompressionType="NONE")
    key = "training-outputs/job-unpacked/output/data/unrecorded/model.joblib"
    rehearsed.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"a model")
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, "job-unpacked", rehearsed.place, Console())
    assert f"as unrecorded/ in s3://{BUCKET}/training-outputs/job-unpacked/output/data/: " in str(caught.value)


def test_a_job_that_is_not_there_is_reported(rehearsed: Rehearsed) -> None:
    with pytest.raises(PlaceError, match=r"^training job job-9 cannot be read: "):
        register_training_job(PROJECT, "job-9", rehearsed.place, Console())


def test_a_record_that_cannot_be_sent_is_reported(rehearsed: Rehearsed, tmp_path: Path) -> None:
    rehearsed.create("job-3")
    (tmp_path / "unregistered").mkdir()
    (tmp_path / "unregistered" / "record.json").write_text("{}")
    rehearsed.upload("job-3", tmp_path)
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, "job-3", rehearsed.place, Console())
    assert str(caught.value).startswith("training job job-3 is not registered: ")
    assert str(caught.value).endswith("record.json: is not the record of a training job")


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[: len(whole) // 2], lambda _: b"nothing packed"], ids=["cut", "other"]
)
def test_a_damaged_output_is_reported(
    damage: Callable[[bytes], bytes], rehearsed: Rehearsed, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = f"job-damaged-{request.node.callspec.id}"
    rehearsed.create(name)
    (tmp_path / "unregistered").mkdir()
    (tmp_path / "unregistered" / "record.json").write_bytes(random.Random(1).randbytes(50_000))
    rehearsed.upload(name, tmp_path)
    key = f"training-outputs/{name}/output/output.tar.gz"
    s3 = rehearsed.place.s3
    s3.put_object(Bucket=BUCKET, Key=key, Body=damage(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
    with pytest.raises(RegistrationError) as caught:
        register_training_job(PROJECT, name, rehearsed.place, Console())
    assert str(caught.value).startswith(f"s3://{BUCKET}/{key} is not a whole tar.gz archive: ")
    assert str(caught.value).endswith("; restore it, from another version of the object or a backup")


def test_without_a_kept_rehearsal_the_message_says_how_to_have_one(tmp_path: Path) -> None:
    with pytest.raises(PlaceError) as caught:
        place_in_rehearsal(tmp_path, "staging")
    assert str(caught.value) == (
        "no rehearsal of stack staging is running: start one with training-jobs rehearse --stack staging --keep"
    )
