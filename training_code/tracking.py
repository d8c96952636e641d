"""Records a run in MLflow and registers its model, once for each invocation. The only file that talks to MLflow.

The Scheduler delivers at least once and MLflow registers whatever it is given, so the idempotency key decides: it is a
tag of the model version, given in the request that creates it. Whoever finds itself with a greater version of the same
key takes its own back.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
from sklearn.base import BaseEstimator

from connection import cause, impatient, quiet, reaching, unless_it_exists
from environment import Environment, TrainingJob
from evaluation import Evaluation
from failure import TrainingError, without_secrets
from model_files import DESCRIPTION_FILE, TRUSTED_TYPES, Description
from pictures import draw
from progress import say

CHAMPION = "champion"
"""The alias that is moved to every newly registered version, never back to an earlier one."""

_MOST_CLASSES = 50
"""Classes whose scores become metrics of the run; model.json has them all."""


@dataclass(frozen=True)
class StandingVersion:
    """The model version that stands for an invocation, and the training job that made it."""

    version: str
    training_job_name: str


class Tracker:
    """One training job's line to MLflow. What it records is plain values and files, made elsewhere."""

    def __init__(self, env: Environment, environ: Mapping[str, str]) -> None:
        """Connect, and find or create the experiment.

        Raises:
            TrainingError: when MLflow cannot be reached within half a minute, or does not let us in.
        """
        self._job = env.job
        self._model_name = env.registered_model_name
        self._uri = env.tracking_uri
        self._environ = environ
        quiet(self._uri)
        with self._reaching("reached"), impatient(environ):
            import mlflow  # takes seconds; not paid for when the settings are wrong

            # Global because the SageMaker plugin signs requests for the global address.
            mlflow.set_tracking_uri(self._uri)
            self._client: Any = mlflow.MlflowClient()
            self._experiment_id = self._find_experiment(env.experiment_name)

    def standing_version(self) -> StandingVersion | None:
        """The version that stands for this job's invocation; duplicates of this job's own are taken back."""
        with self._reaching("asked for an earlier delivery of this invocation"):
            return self._settle()

    @contextmanager
    def run(self, run_id: str | None) -> Iterator[str]:
        """The open run of this job: `run_id` or another that an earlier start of the job left open, else a new one.

        Yields its id; closes it as FINISHED, or as FAILED when an exception passes through.
        """
        with self._reaching("used to begin a run"):
            run_id = self._begin(run_id)
        try:
            yield run_id
        except BaseException:
            try:
                self._client.set_terminated(run_id, status="FAILED")
            except Exception as error:  # noqa: BLE001  # the first failure is the one to report
                say(f"tracking: run {run_id} stays open: {without_secrets(cause(error), self._environ)}")
            raise
        with self._reaching("used to close the run"):
            self._client.set_terminated(run_id, status="FINISHED")

    def record(
        self,
        run_id: str,
        forest: BaseEstimator,
        description: Description,
        verdict: Evaluation,
        example: pandas.DataFrame,
    ) -> str:
        """Log parameters, metrics, pictures, description and the model; returns the logged model's id.

        `example`, a few rows of features, becomes the input example and gives the signature.
        """
        with tempfile.TemporaryDirectory() as directory:
            draw(verdict, Path(directory))
            (Path(directory) / DESCRIPTION_FILE).write_text(description.to_json(), encoding="utf-8")
            with self._reaching("used to record the run"):
                self._log_values(run_id, description)
                self._client.log_artifacts(run_id, directory)
        with self._reaching("used to store the model"):
            return _log_model(run_id, forest, description, example)

    def register(self, run_id: str, model_id: str, description: Description) -> StandingVersion:
        """Make the logged model a version of the registered model, unless there is one; returns the one that stands."""
        with self._reaching(f"used to register a version of {self._model_name}"):
            standing = self._settle()
            if standing is None:
                self._create_version(run_id, model_id, description)
                standing = self._settle()
            if standing is None:
                raise TrainingError(
                    f"registered model {self._model_name}: the new version is gone again; run the job again"
                )
            if standing.training_job_name == self._job.name:
                self._move_champion(standing.version)
                self._client.set_tag(run_id, "model_version", standing.version)
            else:
                self._client.set_tag(run_id, "duplicate_of", standing.training_job_name)
            return standing

    def _move_champion(self, version: str) -> None:
        """Point the alias at `version`, unless a job that was quicker has pointed it at a later one."""
        aliases = self._client.get_registered_model(self._model_name).aliases
        if int(aliases.get(CHAMPION, 0)) < int(version):
            self._client.set_registered_model_alias(self._model_name, CHAMPION, version)

    def _find_experiment(self, name: str) -> str:
        experiment = self._client.get_experiment_by_name(name)
        if experiment is None:
            with unless_it_exists():
                return str(self._client.create_experiment(name))
            experiment = self._client.get_experiment_by_name(name)
        if experiment.lifecycle_stage != "active":
            raise TrainingError(
                f"MLflow experiment {name!r} (MLFLOW_EXPERIMENT_NAME) is deleted; restore it or name another one"
            )
        return str(experiment.experiment_id)

    def _begin(self, wanted: str | None) -> str:
        mine = f"tags.training_job_name = '{self._job.name}' and attributes.status != 'FINISHED'"
        open_runs = self._client.search_runs([self._experiment_id], mine, order_by=["attributes.start_time DESC"])
        run = next((each for each in open_runs if each.info.run_id == wanted), open_runs[0] if open_runs else None)
        if run:
            self._client.update_run(run.info.run_id, status="RUNNING")
        else:
            run = self._client.create_run(self._experiment_id, tags=_job_tags(self._job), run_name=self._job.name)
        run_id, place = str(run.info.run_id), without_secrets(self._uri, self._environ)
        if place.startswith("http"):
            place = f"{place.rstrip('/')}/#/experiments/{self._experiment_id}/runs/{run_id}"
        say(f"tracking: {'going on with ' if open_runs else ''}run {run_id} at {place}")
        return run_id

    def _log_values(self, run_id: str, description: Description) -> None:
        from mlflow.entities import Metric, Param, RunTag

        now = int(time.time() * 1000)
        numbers = dict(description.metrics)
        for score in description.class_scores[:_MOST_CLASSES]:
            label = re.sub(r"[^\w\-. ]", "_", score["label"])[:100]
            numbers |= {f"class {label}/{name}": score[name] for name in ("precision", "recall", "f1", "support")}
        self._client.log_batch(
            run_id,
            metrics=[Metric(name, value, now, 0) for name, value in numbers.items()],
            params=[Param(name, str(value)) for name, value in description.hyperparameters.items()],
            tags=[RunTag("data_digest", description.data_digest), RunTag("code_digest", description.code_digest)],
        )

    def _settle(self) -> StandingVersion | None:
        wanted = f"name = '{self._model_name}' and tags.idempotency_key = '{self._job.idempotency_key}'"
        found = self._client.search_model_versions(wanted)
        versions = sorted(
            (each for each in found if each.status != "FAILED_REGISTRATION"), key=lambda each: int(each.version)
        )
        for each in versions[1:]:
            if each.tags.get("training_job_name") == self._job.name:
                self._client.delete_model_version(self._model_name, each.version)
                say(f"registering: took back version {each.version}, version {versions[0].version} came first")
        first = versions[0] if versions else None
        return StandingVersion(str(first.version), first.tags.get("training_job_name", "unknown")) if first else None

    def _create_version(self, run_id: str, model_id: str, description: Description) -> None:
        from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

        with unless_it_exists():
            self._client.create_registered_model(self._model_name)
        metrics = {name: f"{value:.6f}" for name, value in description.metrics.items()}
        links = {"run_id": run_id, "data_digest": description.data_digest, "code_digest": description.code_digest}
        created = self._client.create_model_version(
            self._model_name,
            source=f"models:/{model_id}",
            run_id=run_id,
            tags=_job_tags(self._job) | links | metrics,
            model_id=model_id,
        )
        link = json.dumps([{"name": self._model_name, "version": created.version}])
        self._client.set_logged_model_tags(model_id, {MLFLOW_MODEL_VERSIONS: link})

    def _reaching(self, how: str) -> AbstractContextManager[None]:
        return reaching(self._uri, how, self._environ)


def _log_model(run_id: str, forest: BaseEstimator, description: Description, example: pandas.DataFrame) -> str:
    import mlflow
    from mlflow.models import infer_signature

    # A signature of 32-bit columns would refuse 64-bit rows; one of 64-bit columns takes both.
    example = example.astype(dict.fromkeys(example.select_dtypes("number"), "float64")).reset_index(drop=True)
    packages = ("mlflow-skinny", "scikit-learn", "skops", "numpy", "pandas")
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.sklearn.log_model(
            forest,
            name="model",
            signature=infer_signature(example, forest.predict(example)),
            input_example=example,
            # Named: else MLflow imports the model in a process of its own to see what it needs, for seconds.
            pip_requirements=[f"{name}=={description.versions[name]}" for name in packages],
            skops_trusted_types=list(TRUSTED_TYPES),
        )
    return str(logged.model_id)


def _job_tags(job: TrainingJob) -> dict[str, str]:
    tags = {
        "training_job_name": job.name,
        "idempotency_key": job.idempotency_key,
        "schedule_arn": job.schedule_arn,
        "scheduled_time": job.scheduled_time,
        "schedule_execution_id": job.schedule_execution_id,
        "schedule_attempt_number": job.schedule_attempt_number,
        "source_bundle_digest": job.source_bundle_digest,
        "training_image": job.training_image,
    }
    return {name: value for name, value in tags.items() if value}
