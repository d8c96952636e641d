"""The experiment that a job's runs stand in: found, or made, with the kind of training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .connection import UnreachableError, reaching, require_logged_models, unless_it_exists
from .failure import TrainingError, without_secrets
from .log import say

_KIND = "mlflow.experimentKind"
"""The tag by which MLflow's pages choose what to show of an experiment; without it, they begin with traces."""
_TRAINING = "custom_model_development"
"""Its value for "Machine learning" in the pages' menu. Source: MLflow 3.17.2's pages, `ExperimentKind`."""


class Experiments:
    """The experiments of one MLflow server."""

    def __init__(self, client: Any, uri: str, environ: Mapping[str, str]) -> None:  # noqa: ANN401  # MlflowClient
        self._client = client
        self._uri = uri
        self._environ = environ

    def id_of(self, name: str) -> str:
        """The id of the experiment `name`, which is made where there is none.

        Raises:
            TrainingError: it is deleted, or the server is too old.
            UnreachableError: MLflow does not answer, or refuses.
        """
        with reaching(self._uri, "reached", self._environ):
            experiment = self._client.get_experiment_by_name(name)
            if experiment is None:
                with unless_it_exists():
                    self._client.create_experiment(name, tags={_KIND: _TRAINING})
                experiment = self._client.get_experiment_by_name(name)
            if experiment.lifecycle_stage != "active":
                raise TrainingError(
                    f"MLflow experiment {name!r} (MLFLOW_EXPERIMENT_NAME) is deleted; restore it or name another one"
                )
            require_logged_models(self._client, experiment.experiment_id, without_secrets(self._uri, self._environ))
        if not experiment.tags.get(_KIND):
            self._show_training_runs(experiment.experiment_id)
        return str(experiment.experiment_id)

    def _show_training_runs(self, experiment_id: str) -> None:
        """Give an experiment that has no kind the one of training; how a page looks fails no job."""
        try:
            with reaching(self._uri, "used to tell the kind of the experiment", self._environ):
                self._client.set_experiment_tag(experiment_id, _KIND, _TRAINING)
        except UnreachableError as error:
            if error.passing:
                raise
            say(f"note: MLflow's pages may take the experiment for one of language models: {error.reason}")
