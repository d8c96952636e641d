"""Versions of a registered model on the MLflow of a deployed stack, and answers about them without a process."""

from __future__ import annotations

import contextlib
import importlib
import io
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

GATES: Final = (
    "champion: it keeps all limits, and there was no champion",
    "champion: not worse than champion version 1 on the same held-out rows (margin 0): validation:accuracy 0.97",
    "challenger: validation:accuracy is 0.900000, and champion version 2 has 0.970000 on the same held-out rows",
)
"""What the gate said of the versions 1, 2 and 3: two champions after each other, and one that did not pass."""


def seed_versions(tracking_uri: str, model: str) -> None:
    """Register a version of `model` for each of GATES, with a run that has a setting and a metric."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri)
    experiment = client.create_experiment(model)
    client.create_registered_model(model)
    for number, gate in enumerate(GATES, 1):
        tags = {"training_job_name": f"{model}-{number}", "scheduled_time": f"2026-11-2{number}T03:00:00Z"}
        run = client.create_run(experiment, tags=tags, run_name=f"run {number}")
        client.log_param(run.info.run_id, "max_depth", number)
        client.log_metric(run.info.run_id, "validation:accuracy", 0.9 + number / 100)
        client.set_terminated(run.info.run_id)
        told = {**tags, "promotion": gate, "validation:accuracy": f"{0.9 + number / 100:.6f}"}
        client.create_model_version(model, f"runs:/{run.info.run_id}/model", run.info.run_id, tags=told)
        client.set_registered_model_alias(model, gate.partition(":")[0], str(number))


def answer_here(
    _project: Path, script: Path, arguments: Sequence[str], environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """A script of the training code in this process, which has MLflow loaded: in one of its own it takes seconds."""
    module = importlib.import_module(script.stem)
    answers, said = io.StringIO(), io.StringIO()
    told = {"versions": True} if "--versions" in arguments else {}
    with contextlib.redirect_stderr(said):
        code = module.main(io.StringIO(stdin), answers, environment, **told)
    return subprocess.CompletedProcess([], code, answers.getvalue(), said.getvalue())
