"""Records a run in MLflow: what a training job says of itself, of its forest and of how it went."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pandas
from sklearn.ensemble import RandomForestClassifier

from claims import BEATS_PER_LEASE, CHOOSING, DUPLICATE_OF, TICKET, AlreadyClaimedError, Claims
from connection import cause, impatient, quiet, reaching, unless_it_exists
from environment import Environment
from evaluation import Evaluation
from failure import TrainingError, without_secrets
from model_files import DESCRIPTION_FILE, Description
from pictures import draw
from progress import say
from pulse import Pulse
from registry import Registry, StandingVersion, job_tags

_MOST_CLASSES = 50
"""Classes whose scores become metrics of the run; model.json has them all."""


class Tracker:
    """One training job's line to MLflow. What it records is plain values and files, made elsewhere."""

    def __init__(self, env: Environment, environ: Mapping[str, str]) -> None:
        """Connect, and find or create the experiment.

        Raises:
            TrainingError: when MLflow cannot be reached within half a minute, or does not let us in.
        """
        self._job = env.job
        self._model_name = env.registered_model_name
        self._lease = env.lease_seconds
        self._uri = env.tracking_uri
        self._environ = environ
        quiet(self._uri)
        with self._reaching("reached"), impatient(environ):
            import mlflow  # takes seconds; not paid for when the settings are wrong

            # Global because the SageMaker plugin signs requests for the global address.
            mlflow.set_tracking_uri(self._uri)
            self._client: Any = mlflow.MlflowClient()
            self._experiment_id = self._find_experiment(env.experiment_name)
        self._registry = Registry(self._client, env.registered_model_name, env.job)
        self._claims = Claims(self._client, self._experiment_id, env.job, env.lease_seconds)
        self._pulse: Pulse | None = None

    def standing_version(self) -> StandingVersion | None:
        """The version that stands for this job's invocation; duplicates of this job's own are taken back."""
        with self._reaching("asked for an earlier delivery of this invocation"):
            return self._registry.settle()

    @contextmanager
    def run(self, run_id: str | None) -> Iterator[str]:
        """The open run of this job: `run_id` or another that an earlier start of the job left open, else a new one.

        Yields its id; closes it as FINISHED, as KILLED when the invocation turns out to be another job's, or as FAILED
        when any other exception passes through.
        """
        with self._reaching("used to begin a run"):
            run_id = self._begin(run_id)
        try:
            with Pulse(self._client, run_id, self._lease / BEATS_PER_LEASE, self._environ) as self._pulse:
                yield run_id
        except BaseException as error:
            self._close_after(error, run_id)
            raise
        with self._reaching("used to close the run"):
            self._client.set_terminated(run_id, status="FINISHED")

    def claim(self, run_id: str) -> None:
        """Return when it is this job's turn to train for its invocation; for almost every job that is at once.

        Raises:
            AlreadyClaimedError: another training job has done it, or came first and is alive.
        """
        with self._reaching("asked who else works on this invocation"):
            self._claims.take(run_id, self._registry.settle)

    def note_trees(self, trees: int) -> None:
        """Log how far the forest has grown; sent from a thread, and kept while MLflow is away."""
        if self._pulse:
            self._pulse.note("training:trees_grown", trees, trees)

    def record(
        self,
        run_id: str,
        forest: RandomForestClassifier,
        description: Description,
        verdict: Evaluation,
        example: pandas.DataFrame,
    ) -> str:
        """Log parameters, metrics, pictures, description and the model; returns the logged model's id.

        `example`, a few rows of features, becomes the input example and gives the signature.
        """
        with tempfile.TemporaryDirectory() as directory:
            draw(verdict, forest.feature_importances_, description.features, Path(directory))
            (Path(directory) / DESCRIPTION_FILE).write_text(description.to_json(), encoding="utf-8")
            with self._reaching("used to record the run"):
                self._log_values(run_id, description)
                self._client.log_artifacts(run_id, directory)
        with self._reaching("used to store the model"):
            return _log_model(run_id, forest, description, example)

    def register(self, run_id: str, model_id: str, description: Description) -> StandingVersion:
        """Make the logged model a version of the registered model, unless there is one; returns the one that stands."""
        with self._reaching(f"used to register a version of {self._model_name}"):
            standing = self._registry.register(run_id, model_id, _version_tags(run_id, description))
            if standing.training_job_name == self._job.name:
                self._registry.move_champion(standing.version)
                self._client.set_tag(run_id, "model_version", standing.version)
            else:
                self._client.set_tag(run_id, DUPLICATE_OF, standing.training_job_name)
            return standing

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
        if run is None:
            tags = job_tags(self._job) | {TICKET: CHOOSING}
            run = self._client.create_run(self._experiment_id, tags=tags, run_name=self._job.name)
        elif run.info.status != "RUNNING":
            # Others may have gone past it since: it queues anew.
            self._client.set_tag(run.info.run_id, TICKET, CHOOSING)
            self._client.update_run(run.info.run_id, status="RUNNING")
        run_id, place = str(run.info.run_id), without_secrets(self._uri, self._environ)
        if place.startswith("http"):
            place = f"{place.rstrip('/')}/#/experiments/{self._experiment_id}/runs/{run_id}"
        say(f"tracking: {'going on with ' if open_runs else ''}run {run_id} at {place}")
        return run_id

    def _close_after(self, error: BaseException, run_id: str) -> None:
        try:
            if isinstance(error, AlreadyClaimedError):
                self._client.set_tag(run_id, DUPLICATE_OF, error.training_job_name)
                self._client.set_terminated(run_id, status="KILLED")
            else:
                self._client.set_terminated(run_id, status="FAILED")
        except Exception as another:  # noqa: BLE001  # the first failure is the one to report
            say(f"tracking: run {run_id} stays open: {without_secrets(cause(another), self._environ)}")

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

    def _reaching(self, how: str) -> AbstractContextManager[None]:
        return reaching(self._uri, how, self._environ)


def _log_model(run_id: str, forest: RandomForestClassifier, description: Description, example: pandas.DataFrame) -> str:
    import mlflow
    from mlflow.models import infer_signature

    # A signature of 32-bit columns would refuse 64-bit rows; one of 64-bit columns takes both.
    example = example.astype("float64").reset_index(drop=True)
    packages = ("mlflow-skinny", "scikit-learn", "skops", "numpy", "pandas")
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.sklearn.log_model(
            forest,
            name="model",
            signature=infer_signature(example, forest.predict(example)),
            input_example=example,
            # Named: else MLflow imports the model in a process of its own to see what it needs, for seconds.
            pip_requirements=[f"{name}=={description.versions[name]}" for name in packages],
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    return str(logged.model_id)


def _version_tags(run_id: str, description: Description) -> dict[str, str]:
    metrics = {name: f"{value:.6f}" for name, value in description.metrics.items()}
    links = {"run_id": run_id, "data_digest": description.data_digest, "code_digest": description.code_digest}
    return links | metrics
