"""Bring in what a job without a network recorded, as `training-jobs register` does after it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.running.kept_record import fetch_record
from rehearsal.running.training_script import REGISTER, run_training_script
from rehearsal.sealed_environment import sealed_environment
from rehearsal.steps.stage import RunningStack


def bring_in(stack: RunningStack, name: str) -> None:
    """Send the record of training job `name` to the local MLflow, which the job itself could not reach.

    Raises:
        RehearsalError: it has kept none, or MLflow does not take it.
    """
    with (
        stack.reporter.step("bring in the record, as training-jobs register does") as step,
        tempfile.TemporaryDirectory(prefix="register-") as directory,
    ):
        described = stack.clients.sagemaker.describe_training_job(TrainingJobName=name)
        record = fetch_record(stack.clients.s3, described, Path(directory))
        around = sealed_environment(os.environ, region=stack.clients.region, endpoint_url=stack.servers.endpoint_url)
        mlflow = {"MLFLOW_TRACKING_URI": stack.servers.tracking_uri, "SECRET_ARN": ""}
        done = run_training_script(stack.project_dir, REGISTER, [str(record)], around | mlflow)
        for line in done.stdout.splitlines():
            stack.reporter.log_line(line)
        if done.returncode:
            raise RehearsalError(f"training job {name} completed, and is not registered: {done.stderr.strip()}")
        step.detail(name)
