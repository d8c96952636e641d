"""A whole rehearsal of staging, whose results are then read back from MLflow and S3.

A rehearsal takes 15 to 40 seconds, so there is one, and its servers are kept until the tests have read them. Prod is
rehearsed in `tests/operations/test_hostile_environment.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.container.unpacking import unpack
from rehearsal.sealed_environment import sealed_environment
from tests.browser import page
from tests.kept_rehearsal import BUCKET, NAME, Kept, split
from tests.operations.projects import (
    copy_project,
    left_in_temporary_files,
    processes_of,
    require_container,
    training_jobs,
)

pytestmark = pytest.mark.slow

METRICS = (
    "training:trees",
    "validation:accuracy",
    "validation:balanced_accuracy",
    "validation:f1",
    "validation:log_loss",
    "validation:roc_auc",
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    require_container()
    project = copy_project(tmp_path_factory.mktemp("staging") / "project")
    ran = training_jobs(project, "rehearse", "--deliveries", "3", "--keep")
    try:
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        kept = Kept(project, ran.stdout)
        with pytest.MonkeyPatch.context() as patch:
            # MLflow's clients read artifacts from S3 themselves.
            for name, value in sealed_environment({}, region="us-east-1", endpoint_url=kept.endpoint_url).items():
                patch.setenv(name, value)
            patch.setenv("MLFLOW_TRACKING_URI", kept.tracking_uri)
            yield kept
    finally:
        stopped = training_jobs(project, "rehearse", "--stop")
    assert (stopped.returncode, stopped.stdout) == (0, "stopped: the embedded AWS, the MLflow server\n")
    assert processes_of(project) == []


def test_three_deliveries_are_three_jobs_of_which_one_trained(kept: Kept) -> None:
    first, *others = kept.jobs

    assert len({job["training job"] for job in kept.jobs}) == 3
    assert first["model version"] == f"{NAME} version 1"
    assert tuple(kept.printed_metrics) == METRICS
    for other in others:
        assert other["model version"] == f"{NAME} version 1 (stands: of {first['training job']})"
        assert (other["status"], other["metrics"]) == ("Completed", "none: trained nothing")
        assert (other["S3 artifact"], other["MLflow"]) == ("none", first["MLflow"])


def test_piped_output_has_one_line_for_each_thing_and_no_colours(kept: Kept) -> None:
    assert "\x1b" not in kept.output
    assert kept.output.count("\n✓ ") == 10, "five steps, of which two come with each of three deliveries"
    assert "✗" not in kept.output


def test_nothing_is_left_among_temporary_files(kept: Kept) -> None:
    assert left_in_temporary_files(kept.project) == []


def test_the_run_has_finished_with_the_metrics_that_were_printed(kept: Kept) -> None:
    more = ("class ", "training:trees_grown")
    recorded = {name: value for name, value in kept.run.data.metrics.items() if not name.startswith(more)}

    assert kept.run.info.status == "FINISHED"
    assert kept.run.data.metrics["training:trees_grown"] == recorded["training:trees"]
    assert kept.jobs[0]["MLflow"] == (
        f"{kept.tracking_uri}/#/experiments/{kept.run.info.experiment_id}/runs/{kept.run.info.run_id}"
        "?workflowType=machine_learning"
    )
    assert {name: float(f"{value:g}") for name, value in recorded.items()} == kept.printed_metrics


def test_the_run_s_page_shows_dataset_description_and_source(kept: Kept, tmp_path: Path) -> None:
    run = kept.run

    shown = page(kept.jobs[0]["MLflow"], tmp_path)

    assert re.search(r"training \([0-9a-f]{16}\)", shown), "the dataset, with its digest"
    assert "</strong> for <code>target</code>, trained on 318 rows of 30 features and judged by 80 others" in shown
    assert f"train.py of source bundle {run.data.tags['scheduled_training.source_bundle_digest'][:12]}" in shown
    assert run.info.run_name in shown
    assert "Agent versions" not in shown, "the menu of generative models"


def test_the_run_has_the_hyperparameters_of_the_stack(kept: Kept) -> None:
    expected = {"max_depth": "5", "n_estimators": "100", "random_state": "42", "criterion": "gini"}

    assert expected.items() <= kept.run.data.params.items()
    assert kept.run.data.params["max_features"] == "sqrt", "what auto meant"
    assert not [name for name in kept.run.data.params if name.startswith("sagemaker_")]


def test_run_and_version_and_training_job_name_each_other(kept: Kept) -> None:
    run_tags, version_tags = kept.run.data.tags, kept.version.tags
    environment = kept.description["Environment"]
    expected = {
        "training_job_name": kept.job_name,
        "schedule_arn": environment["SCHEDULE_ARN"],
        "scheduled_time": environment["SCHEDULED_TIME"],
        "scheduled_training.source_bundle_digest": environment["SOURCE_BUNDLE_DIGEST"],
        "training_image": kept.description["AlgorithmSpecification"]["TrainingImage"],
    }

    assert expected.items() <= run_tags.items()
    assert expected.items() <= version_tags.items()
    assert kept.version.run_id == kept.run.info.run_id
    assert version_tags["scheduled_training.data_digest"] == run_tags["scheduled_training.data_digest"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT03:00:00Z", run_tags["scheduled_time"])
    assert run_tags["training_image"].endswith("/sagemaker-scikit-learn:1.9-0-cpu-py3")


def test_the_data_digest_is_that_of_the_file_in_the_channel(kept: Kept) -> None:
    (key,) = kept.keys("datasets/training/")
    content = kept.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    line = f"training/breast_cancer.csv\0{hashlib.sha256(content).hexdigest()}\n"

    assert kept.run.data.tags["scheduled_training.data_digest"] == hashlib.sha256(line.encode()).hexdigest()


def test_the_page_of_the_run_shows_its_datasets_and_a_name_that_a_person_reads(kept: Kept) -> None:
    shown = {each.dataset.name: each.dataset for each in kept.run.inputs.dataset_inputs}
    experiment = kept.mlflow.get_experiment(kept.run.info.experiment_id)

    assert sorted(shown) == ["held out from training", "training"]
    assert json.loads(shown["training"].source) == {"uri": f"s3://{BUCKET}/datasets/training/"}
    name = rf"\d{{4}}-\d\d-\d\d 03:00 UTC · random forest · {kept.job_name[-4:]}"
    assert re.fullmatch(name, kept.run.info.run_name)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_the_source_bundle_digest_is_the_key_of_the_bundle_and_of_its_bytes(kept: Kept) -> None:
    digest = kept.run.data.tags["scheduled_training.source_bundle_digest"]
    (key,) = kept.keys(f"training-code/{NAME}/")
    bundle = kept.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    assert key == f"training-code/{NAME}/{digest}/sourcedir.tar.gz"
    assert hashlib.sha256(bundle).hexdigest() == digest


def test_the_pictures_of_the_run_are_pictures(kept: Kept) -> None:
    from matplotlib.image import imread

    names = [artifact.path for artifact in kept.mlflow.list_artifacts(kept.run.info.run_id)]
    pictures = sorted(name for name in names if name.endswith(".png"))

    assert pictures == [
        "calibration_curve_plot.png",
        "confusion_matrix.png",
        "loss_by_trees.png",
        "permutation_importance.png",
        "precision_recall_curve_plot.png",
        "roc_curve_plot.png",
    ]
    assert {name.removesuffix(".png").removesuffix("_plot") + ".csv" for name in pictures} <= set(names)
    for name in pictures:
        key = f"{kept.run.info.artifact_uri.removeprefix(f's3://{BUCKET}/')}/{name}"
        picture = imread(io.BytesIO(kept.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
        assert min(picture.shape[:2]) >= 300, name
        assert picture[..., :3].std() > 0.01, f"{name} is blank"


def test_the_registered_model_has_exactly_version_1_with_its_alias(kept: Kept) -> None:
    registered = kept.mlflow.get_registered_model(NAME)

    assert [model.name for model in kept.mlflow.search_registered_models()] == [NAME]
    assert (str(kept.version.version), kept.version.status) == ("1", "READY")
    assert {name: str(version) for name, version in registered.aliases.items()} == {"champion": "1"}


def test_the_model_archive_has_the_model_and_the_inference_code(kept: Kept) -> None:
    assert sorted(member.name for member in kept.model_archive.getmembers() if member.isfile()) == [
        *(f"code/endpoint/{name}.py" for name in ("__init__", "answer", "features", "model", "request_body", "values")),
        "code/inference.py",
        "model.joblib",
        "model.json",
    ]
    assert kept.keys("training-outputs/") == [f"training-outputs/{kept.job_name}/output/model.tar.gz"], "of one job"


def test_the_training_job_is_described_as_sagemaker_describes_it(kept: Kept) -> None:
    described = kept.description
    metrics = {metric["MetricName"]: metric["Value"] for metric in described["FinalMetricDataList"]}

    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("Completed", "Completed")
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": kept.jobs[0]["S3 artifact"]}
    assert {name: float(f"{value:g}") for name, value in metrics.items()} == pytest.approx(kept.printed_metrics)
    assert "FailureReason" not in described
    assert described["TrainingStartTime"] < described["TrainingEndTime"]


def test_the_log_stream_has_the_lines_that_were_printed(kept: Kept) -> None:
    logs = kept.clients.logs
    group = "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=kept.job_name)["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], limit=10_000)["events"]
    messages = [event["message"] for event in events]

    assert f"registered: version 1 of {NAME} by {kept.job_name}" in messages
    assert [line for line in messages if line.startswith("reading training: 1 file, 398 rows, 30 features, ")]
    for name, value in kept.printed_metrics.items():
        (line,) = [line for line in messages if line.startswith(f"{name}=")]
        assert float(line.partition("=")[2]) == pytest.approx(value, abs=1e-5)


def test_the_registered_model_and_the_archived_one_predict_the_same(kept: Kept, tmp_path: Path) -> None:
    import joblib
    import mlflow
    import numpy
    from sklearn.ensemble import RandomForestClassifier

    (tmp_path / "registered").mkdir()
    unpack(kept.model_archive, tmp_path)
    rows = split()[2]

    registered: Any = mlflow.sklearn.load_model(f"models:/{NAME}@champion", dst_path=str(tmp_path / "registered"))
    archived = joblib.load(tmp_path / "model.joblib")

    assert type(registered) is type(archived) is RandomForestClassifier
    numpy.testing.assert_array_equal(registered.predict_proba(rows), archived.predict_proba(rows))
    numpy.testing.assert_array_equal(registered.predict(rows), archived.predict(rows))


def test_held_out_accuracy_is_what_scikit_learn_alone_gets(kept: Kept) -> None:
    import sklearn.metrics
    from sklearn.ensemble import RandomForestClassifier

    training, target, validation, truth = split()
    forest = RandomForestClassifier(
        n_estimators=100, max_depth=5, criterion="gini", max_features="sqrt", random_state=42
    ).fit(training, target)
    probabilities = forest.predict_proba(validation)

    assert kept.run.data.metrics["validation:accuracy"] == sklearn.metrics.accuracy_score(
        truth, forest.predict(validation)
    )
    assert kept.run.data.metrics["validation:roc_auc"] == pytest.approx(
        sklearn.metrics.roc_auc_score(truth, probabilities[:, 1]), abs=1e-12
    )
    assert kept.run.data.metrics["validation:log_loss"] == pytest.approx(
        sklearn.metrics.log_loss(truth, probabilities), abs=1e-12
    )


def test_the_archived_model_serves_through_its_inference_code(kept: Kept, tmp_path: Path) -> None:
    unpack(kept.model_archive, tmp_path)
    rows, truth = split()[2:]
    serve = (
        "import sys; sys.path.insert(0, sys.argv[1] + '/code'); import inference as served;"
        "model = served.model_fn(sys.argv[1]);"
        "rows = served.input_fn(sys.stdin.read(), 'text/csv');"
        "print(served.output_fn(served.predict_fn(rows, model), 'application/json')[0])"
    )
    python = require_container() / "bin" / "python"

    answer = subprocess.run(
        [python, "-c", serve, tmp_path], input=rows.to_csv(index=False), text=True, capture_output=True, check=True
    )

    labels = [prediction["label"] for prediction in json.loads(answer.stdout)["predictions"]]
    assert float((truth == labels).mean()) == kept.run.data.metrics["validation:accuracy"]
