"""One training job's line to MLflow: its run, its place among the jobs of one invocation, and its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from .claims import BEATS_PER_LEASE, CHOOSING, AlreadyClaimedError, Claims
from .connection import UnreachableError, cause, if_there, patiently, prepare, reaching
from .delivery import Delivery
from .experiments import Experiments
from .failure import without_secrets
from .job import TrackingSettings
from .log import say
from .promotion import Champion
from .pulse import Pulse, Sampler, nothing
from .record import Record
from .registry import Registry, StandingVersion
from .run_names import run_name, source_tags
from .tags import DUPLICATE_OF, TICKET, TRAINING_JOB_NAME, job_tags

Answer = TypeVar("Answer")
_AS_TRAINING = "workflowType=machine_learning"
"""Which of MLflow's two menus stands beside a page. Source: MLflow 3.17.2's pages, `WorkflowType`."""
_AT_START = 0.1
"""Part of the patience that a job has which has nothing to lose yet."""


class JobTracker:
    """One training job's line to MLflow. What it records is plain values and files, made elsewhere."""

    def __init__(self, env: TrackingSettings, environ: Mapping[str, str], *, has_grown: bool = False) -> None:
        """Connect, and find or create the experiment; `has_grown` says that an earlier start left a checkpoint.

        Raises:
            TrainingError: when MLflow cannot be reached within a tenth of the patience (all of it for a job that has
                grown), does not let us in, or is too old.
        """
        self._job = env.job
        self._registered_model_name = env.registered_model_name
        self._lease = env.lease_seconds
        self._uri = env.tracking_uri
        self._environ = environ
        self._patience = env.patience_seconds
        self._early_patience = self._patience * (1 if has_grown else _AT_START)
        prepare(self._uri)
        with self._reaching("reached"):
            # It takes a second, which is not paid for when the settings are wrong.
            import mlflow

            # Global because the SageMaker plugin signs requests for the global address.
            mlflow.set_tracking_uri(self._uri)
            self._client: Any = mlflow.MlflowClient()
        experiments = Experiments(self._client, self._uri, environ)
        self._experiment_id = patiently(lambda: experiments.id_of(env.experiment_name), self._early_patience)
        self._registry = Registry(self._client, env.registered_model_name, env.job)
        self._claims = Claims(self._client, self._experiment_id, env.job, env.lease_seconds)
        self._pulse: Pulse | None = None
        self._mine = f"tags.{TRAINING_JOB_NAME} = '{env.job.name}'"

    def delivered_before(self) -> bool:
        """Whether another training job has registered the result of this very invocation; the log says so.

        A result of this same job does not count: it was started again, and its model is not in SM_MODEL_DIR any more.
        """
        standing = self.standing_version()
        if standing is None or standing.training_job_name == self._job.name:
            return False
        self.close_as_delivered(standing.training_job_name)
        say(
            f"delivered again: version {standing.version} of {self._registered_model_name} by training job "
            f"{standing.training_job_name} stands for this invocation; nothing to train"
        )
        return True

    def standing_version(self) -> StandingVersion | None:
        """The version that stands for this job's invocation; duplicates of this job's own are taken back."""
        return self._asked("asked for an earlier delivery of this invocation", self._registry.settle)

    def close_as_delivered(self, of_job: str) -> None:
        """Close what an earlier start of this job left open: the invocation turned out to be `of_job`'s."""

        def close() -> None:
            for run in self._client.search_runs([self._experiment_id], self._mine):
                if run.info.status == "RUNNING":
                    self._close_as_duplicate(run.info.run_id, of_job)

        self._asked("used to close this job's earlier run", close)

    @contextmanager
    def run(
        self, run_id: str | None, what: str = "", sample: Sampler = nothing, *, script: str = "train.py"
    ) -> Iterator[str]:
        """The open run of this job: `run_id` or another that an earlier start of the job left open, else a new one.

        A new one is named after `what` is fitted, and said to come from `script`; what `sample` measures meanwhile is
        logged. Yields its id. An exception that passes through closes it: as KILLED when the invocation turns out to be
        another job's, else as FAILED. Without one, `deliver` has closed it.
        """
        wanted = run_id
        run_id = self._asked("used to begin a run", lambda: self._begin(wanted, what, script))
        try:
            seconds = self._lease / BEATS_PER_LEASE
            with Pulse(self._client, run_id, seconds, self._environ, sample) as self._pulse:
                yield run_id
        except BaseException as error:
            self._close_after(error, run_id)
            raise

    def claim(self, run_id: str) -> None:
        """Return when it is this job's turn to train for its invocation; for almost every job that is at once.

        Raises:
            AlreadyClaimedError: another training job has done it, or came first and is alive.
        """
        take = self._claims.take
        self._asked("asked who else works on this invocation", lambda: take(run_id, self._registry.settle))

    def note(self, name: str, value: float, step: int, timestamp: int | None = None) -> None:
        """Log a metric on the way; sent from a thread, and kept while MLflow is away."""
        if self._pulse:
            self._pulse.note(name, value, step, timestamp)

    def recorded_champion(self) -> Champion:
        """The present champion with what it recorded of itself, or why that cannot be told; never a failure."""
        version = ""
        try:
            found = self._asked("asked for the champion", self._registry.champion)
            if found is None:
                return Champion()
            version = found.number
            run = self._asked("asked for the champion's run", lambda: self._client.get_run(found.run_id))
        except UnreachableError as error:
            say(f"promotion: the champion cannot be compared with: {error.reason}")
            return Champion(version, problem=error.reason, is_recorded=True)
        return Champion(version, dict(run.data.metrics), is_recorded=True)

    def finish(self, run_id: str, last: list[dict[str, Any]]) -> None:
        """Close a run that comes to no model: last values, and what was noted and has not arrived; never a failure."""
        from mlflow.entities import Metric

        unsent = (self._pulse.unsent() if self._pulse else []) + last
        try:
            metrics = [Metric(each["name"], each["value"], each["timestamp"], each["step"]) for each in unsent]
            self._client.log_batch(run_id, metrics=metrics)
            self._client.set_terminated(run_id, status="FINISHED")
        except Exception as error:  # noqa: BLE001  # the script has done what it was to do
            say(f"tracking: run {run_id} stays open: {cause(error, self._environ)}")

    def deliver(self, record: Record) -> StandingVersion:
        """Send a record, register its model and close its run; MLflow may be away meanwhile, for as long as is set.

        Returns the version that stands for the invocation.

        Raises:
            UnreachableError: MLflow is still away, or refuses; nothing of the record is lost.
        """
        if self._pulse:
            record = replace(record, metrics=record.metrics + self._pulse.unsent())
            record.save()
        delivery = Delivery(self._client, self._experiment_id, self._registry, record)
        how = f"used to record the run and to register a version of {record.registered_model_name}"

        def send() -> StandingVersion:
            with self._reaching(how):
                return delivery.send()

        return patiently(send, self._patience)

    def _asked(self, how: str, call: Callable[[], Answer]) -> Answer:
        def ask() -> Answer:
            with self._reaching(how):
                return call()

        return patiently(ask, self._early_patience)

    def _begin(self, wanted: str | None, what: str, script: str) -> str:
        standing = self._registry.settle()
        if standing and standing.training_job_name == self._job.name:
            # Killed after it had registered, perhaps even closed its run: another run would be a second result.
            wanted = standing.run_id
        runs = self._client.search_runs([self._experiment_id], self._mine, order_by=["attributes.start_time DESC"])
        registered = standing.run_id if standing else ""
        open_runs = [each for each in runs if each.info.run_id == registered or _is_to_go_on(each, self._job.name)]
        run = next((each for each in open_runs if each.info.run_id == wanted), open_runs[0] if open_runs else None)
        if run is None:
            tags = job_tags(self._job) | source_tags(self._job, script) | {TICKET: CHOOSING}
            run = self._client.create_run(self._experiment_id, tags=tags, run_name=run_name(self._job, what))
            # MLflow's client asks again where an answer gets lost, and the run that it did not hear of is there, too.
            runs = self._client.search_runs([self._experiment_id], self._mine)
        elif run.info.status != "RUNNING":
            # Others may have gone past it since: it queues anew, and is nobody's duplicate until then.
            self._client.set_tag(run.info.run_id, TICKET, CHOOSING)
            if DUPLICATE_OF in run.data.tags:
                if_there(lambda: self._client.delete_tag(run.info.run_id, DUPLICATE_OF))
            self._client.update_run(run.info.run_id, status="RUNNING")
        for double in runs:
            if double.info.run_id != run.info.run_id and double.info.status == "RUNNING":
                self._close_as_duplicate(double.info.run_id, self._job.name)
        run_id, place = str(run.info.run_id), without_secrets(self._uri, self._environ)
        if place.startswith("http"):
            place = f"{place.rstrip('/')}/#/experiments/{self._experiment_id}/runs/{run_id}?{_AS_TRAINING}"
        say(f"tracking: {'going on with ' if open_runs else ''}run {run_id} at {place}")
        return run_id

    def _close_after(self, error: BaseException, run_id: str) -> None:
        try:
            if isinstance(error, AlreadyClaimedError):
                of_job = error.training_job_name
                # With patience: the job ends well, so that nobody starts it again to close its run.
                self._asked("used to close the run", lambda: self._close_as_duplicate(run_id, of_job))
            else:
                self._client.set_terminated(run_id, status="FAILED")
        except Exception as another:  # noqa: BLE001  # the first failure is the one to report
            say(f"tracking: run {run_id} stays open: {cause(another, self._environ)}")

    def _close_as_duplicate(self, run_id: str, of_job: str) -> None:
        self._client.set_tag(run_id, DUPLICATE_OF, of_job)
        self._client.set_terminated(run_id, status="KILLED")

    def _reaching(self, how: str) -> AbstractContextManager[None]:
        return reaching(self._uri, how, self._environ)


def _is_to_go_on(run: Any, job_name: str) -> bool:  # noqa: ANN401  # MLflow's Run
    """Whether a job that is started again may go on with a run of its own: it is neither done nor a double."""
    return bool(run.info.status != "FINISHED" and run.data.tags.get(DUPLICATE_OF) != job_name)
