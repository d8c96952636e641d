"""What MLflow knows of runs: values, datasets, and names and some contents of their artifacts. It reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from failure import TrainingError
from scheduled_job.connection import if_there
from scheduled_job.tags import TRAINING_JOB_NAME

_DESCRIPTION, _PROFILE = "model.json", "data_profile.json"
"""Source: DESCRIPTION_FILE in models/model_files.py and PROFILE_FILE in tracking/data_checks.py, which need pandas."""
_RUN_ID = 32
"""Characters of a run's id, all of them of a hexadecimal number."""


def runs(client: Any, named: Sequence[str], model: str, experiment: str) -> dict[str, Any]:  # noqa: ANN401
    """`runs`: all about each of those that are named, by an id, a version of `model`, or the name of a training job.

    Raises:
        TrainingError: there is no such run.
    """
    return {"runs": [_whole(client, _find(client, each, model, experiment)) for each in named]}


def run_facts(client: Any, run_id: str) -> dict[str, Any] | None:  # noqa: ANN401  # MlflowClient
    """Values and datasets of a run; None where it is gone, or deleted."""
    run = if_there(lambda: client.get_run(run_id))
    if run is None or run.info.lifecycle_stage != "active":
        return None
    inputs = run.inputs.dataset_inputs if run.inputs else []
    return {
        "run_id": run_id,
        "name": str(run.info.run_name or ""),
        "status": str(run.info.status),
        "started": run.info.start_time,
        "ended": run.info.end_time,
        "parameters": dict(run.data.params),
        "metrics": dict(run.data.metrics),
        "tags": dict(run.data.tags),
        "datasets": [_dataset(each) for each in inputs],
    }


def _dataset(given: Any) -> dict[str, Any]:  # noqa: ANN401  # MLflow's DatasetInput
    tags = {tag.key: tag.value for tag in given.tags}
    dataset = given.dataset
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "context": tags.get("mlflow.data.context", ""),
        "uri": _member(dataset.source, "uri"),
        "rows": _member(dataset.profile, "num_rows"),
    }


def _member(text: str | None, name: str) -> Any:  # noqa: ANN401  # whatever it is
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return None
    return told.get(name) if isinstance(told, Mapping) else None


def _find(client: Any, named: str, model: str, experiment: str) -> str:  # noqa: ANN401  # MlflowClient
    """The id of the run that is meant."""
    if named.isdigit() and len(named) < _RUN_ID:
        version = if_there(lambda: client.get_model_version(model, named))
        if version is None:
            raise TrainingError(f"registered model {model} has no version {named}")
        return str(version.run_id or "")
    if len(named) == _RUN_ID and all(each in "0123456789abcdef" for each in named):
        return named
    found = client.get_experiment_by_name(experiment)
    wanted = f"tags.{TRAINING_JOB_NAME} = '{named}'"
    of_job = client.search_runs([found.experiment_id], wanted, order_by=["attributes.start_time DESC"]) if found else []
    finished = [run for run in of_job if run.info.status == "FINISHED"]
    if not of_job:
        raise TrainingError(
            f"experiment {experiment} has no run of a training job {named!r}; name a run's id, a version's number, or "
            "the whole name of a training job"
        )
    return str((finished or of_job)[0].info.run_id)


def _whole(client: Any, run_id: str) -> dict[str, Any]:  # noqa: ANN401  # MlflowClient
    facts = run_facts(client, run_id)
    if facts is None:
        raise TrainingError(f"run {run_id} is not in MLflow, or is deleted")
    artifacts = sorted(each.path for each in client.list_artifacts(run_id))
    contents = {
        name: _content(client, run_id, name) if name in artifacts else None for name in (_DESCRIPTION, _PROFILE)
    }
    return facts | {"artifacts": artifacts, "model": contents[_DESCRIPTION], "profile": contents[_PROFILE]}


def _content(client: Any, run_id: str, name: str) -> Any:  # noqa: ANN401  # of a JSON file
    with tempfile.TemporaryDirectory() as directory:
        text = Path(client.download_artifacts(run_id, name, directory)).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except ValueError:
        return None
