"""Sends a record to MLflow. Every step may be done again, so a delivery that broke off is simply repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import record as records
from .connection import if_there, may_pass
from .log import say
from .models import describe
from .pulse import SYSTEM_PREFIX
from .record import Record
from .registry import Registry, StandingVersion
from .tags import DUPLICATE_OF, MODEL_VERSION

CONTEXT = "mlflow.data.context"
"""The tag that MLflow's pages show beside a dataset: `training` or `validation`."""
VALIDATION = "validation"
"""What that tag says of the rows that a model is judged on."""
_NOTE = "mlflow.note.content"
"""The tag that MLflow's page of a run shows as its description."""
_JUDGED = ("validation:", "class ")
"""How the names of metrics begin that were measured on held-out rows."""
GROWN = "_grown"
"""End of the name of a metric that tells of the way to the model, and so is the run's and not the model's."""


class Delivery:
    """One record on its way; `record` is its latest state, which knows the logged model."""

    def __init__(self, client: Any, experiment_id: str, registry: Registry, record: Record) -> None:  # noqa: ANN401
        self._client = client
        self._experiment_id = experiment_id
        self._registry = registry
        self.record = record
        self._has_model = False
        self._is_server = str(client.tracking_uri).startswith("http")

    def send(self) -> StandingVersion:
        """Log values, files and model, register the version, and say on the run which version it is.

        A record whose version stands already, from an earlier delivery, sends nothing again.
        """
        run_id, standing = self.record.run_id, self._registry.settle()
        if standing is None:
            self._log()
            standing = self._registry.register(
                run_id, self.record.model_id, self.record.version_tags, self.record.summary
            )
        finished = ""
        if standing.training_job_name == self.record.job.name:
            self._registry.link(standing.version)
            self._registry.promote(standing.version, self.record.gate, self.record.evaluation, self.record.champion)
            finished = self._run_of(standing)
            self._finish(finished, standing.version)
        if finished != run_id:
            # Taken over while it was alive after all, or brought in by another process at the same moment: one
            # invocation has one finished run.
            self._client.set_tag(run_id, DUPLICATE_OF, standing.training_job_name)
            self._client.set_terminated(run_id, status="KILLED")
        return standing

    def _run_of(self, standing: StandingVersion) -> str:
        """The run that the version is of, and the record's where that is gone."""
        if standing.run_id not in ("", self.record.run_id):
            found = if_there(lambda: self._client.get_run(standing.run_id))
            if found and found.info.lifecycle_stage == "active":
                return standing.run_id
        return self.record.run_id

    def _finish(self, run_id: str, version: str) -> None:
        """Close the run of the version that stands; whoever brought the same job in may have taken it for a double."""
        self._client.set_tag(run_id, MODEL_VERSION, version)
        self._client.set_terminated(run_id, status="FINISHED")
        if DUPLICATE_OF in self._client.get_run(run_id).data.tags:
            if_there(lambda: self._client.delete_tag(run_id, DUPLICATE_OF))

    def _log(self) -> None:
        from mlflow.entities import Metric, Param, RunTag

        model, judged_on = self._logged_model(), self._judged_on()
        self._client.log_batch(
            self.record.run_id,
            metrics=[
                Metric(
                    each["name"],
                    each["value"],
                    each["timestamp"],
                    each["step"],
                    model_id=model.model_id if _is_of_the_model(each["name"]) else None,
                    **(judged_on if each["name"].startswith(_JUDGED) else {}),
                )
                for each in self.record.metrics
            ],
            params=[Param(name, value) for name, value in self.record.parameters.items()],
            tags=[RunTag(name, value) for name, value in (self.record.tags | {_NOTE: self.record.summary}).items()],
        )
        if self.record.datasets:
            self._log_inputs()
        self._client.log_artifacts(self.record.run_id, str(self.record.directory / records.FILES))
        if not self._has_model:
            self._client.log_model_artifacts(model.model_id, str(self.record.directory / records.MODEL))
            self._client.finalize_logged_model(model.model_id, "READY")
            self._has_model = True

    def _judged_on(self) -> dict[str, str]:
        """The dataset that the model was judged on, as a metric names it; none where the record has none.

        None in files either, which a reproduction records in: MLflow writes such a metric there, and cannot read it.
        """
        for each in self.record.datasets if self._is_server else ():
            if each["context"] == VALIDATION:
                return {"dataset_name": each["name"], "dataset_digest": each["digest"]}
        return {}

    def _log_inputs(self) -> None:
        """Log the datasets; the server passes over those that the run has already.

        Of two jobs that log the same new dataset at one moment, the server refuses one, whatever its database calls
        that. Asked again, it finds the dataset of the other. A server, or a role, that takes none at all leaves no
        model unregistered.
        """
        from mlflow.exceptions import MlflowException

        inputs = [_dataset_input(each) for each in self.record.datasets]
        try:
            self._client.log_inputs(self.record.run_id, inputs)
        except MlflowException:
            try:
                self._client.log_inputs(self.record.run_id, inputs)
            except MlflowException as error:
                if may_pass(error):
                    raise
                say(f"note: the run's page will show no datasets: MLflow refuses them ({error.error_code})")

    def _logged_model(self) -> Any:  # noqa: ANN401  # MLflow's LoggedModel
        """The logged model of the run, made once; its id goes into the record and into the model's own MLmodel.

        A record without a model in it names one that its script has logged.
        """
        from mlflow.entities import LoggedModelOutput

        path = self.record.directory / records.MODEL / "MLmodel"
        if not path.exists():
            self._has_model = True
            return self._client.get_logged_model(self.record.model_id)
        run_id = self.record.run_id
        if not self._of_run():
            self._client.create_logged_model(
                self._experiment_id, name="model", source_run_id=run_id, params=self.record.parameters
            )
        # Looked for again: where an answer gets lost, MLflow's client asks again and makes a second one.
        model, *doubles = self._of_run()
        for double in doubles:
            if double.status != "READY":
                self._client.delete_logged_model(double.model_id)
        if model.model_id != self.record.model_id:
            self.record = replace(self.record, model_id=str(model.model_id))
            self.record.save()
        outputs = self._client.get_run(run_id).outputs
        if model.model_id not in [each.model_id for each in (outputs.model_outputs if outputs else [])]:
            self._client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
        model_id, location = str(model.model_id), str(model.artifact_location)
        describe(path, model_id=model_id, model_uuid=model_id, artifact_path=location)
        return model

    def _of_run(self) -> list[Any]:
        """The logged models that the run has, the oldest first: an earlier start may have left one half made."""
        wanted = f"source_run_id = '{self.record.run_id}' AND name = 'model'"
        found = self._client.search_logged_models([self._experiment_id], wanted)
        return sorted(found, key=lambda each: (each.creation_timestamp, each.model_id))


def _is_of_the_model(metric: str) -> bool:
    """Whether a metric tells of the model, rather than of the way to it."""
    return not metric.endswith(GROWN) and not metric.startswith(SYSTEM_PREFIX)


def _dataset_input(described: Mapping[str, str]) -> Any:  # noqa: ANN401  # MLflow's DatasetInput
    from mlflow.entities import Dataset, DatasetInput, InputTag

    shown = {name: described[name] for name in ("name", "digest", "source_type", "source", "schema", "profile")}
    return DatasetInput(Dataset(**shown), [InputTag(CONTEXT, described["context"])])
