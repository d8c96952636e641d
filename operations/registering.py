"""`training-jobs register`: bring a training job into MLflow that trained a model and could not register it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from components.tracking_mode import NONE
from operations.describing import describe
from operations.places import Place, tracking_variables
from rehearsal.running.kept_record import RegistrationError, fetch_record
from rehearsal.running.training_script import REGISTER, run_training_script


def register_training_job(project_dir: Path, name: str, place: Place, console: Console) -> int:
    """Fetch the record that training job `name` kept, and send it to MLflow; 0 when a version stands.

    Raises:
        PlaceError: there is no such job.
        RegistrationError: it kept no record, or MLflow did not take it.
    """
    register_described(project_dir, describe(place.sagemaker, name), place, console)
    return 0


def register_described(project_dir: Path, described: Mapping[str, Any], place: Place, console: Console) -> None:
    """As `register_training_job`, of a job of which DescribeTrainingJob says `described`.

    Raises:
        RegistrationError: it kept no record, or MLflow did not take it.
    """
    name, told = described["TrainingJobName"], described.get("Environment", {})
    if told.get("TRACKING") == NONE:
        model = described.get("ModelArtifacts", {}).get("S3ModelArtifacts", "not there")
        raise RegistrationError(
            f"training job {name} did not track (tracking: none) and kept no record: its model is {model}; say in "
            "tracking where to track, and run the job again"
        )
    with tempfile.TemporaryDirectory(prefix="register-") as directory:
        record = fetch_record(place.s3, described, Path(directory))
        tracking = {variable: value for variable, value in tracking_variables(told).items() if value}
        done = run_training_script(project_dir, REGISTER, [str(record)], tracking | dict(place.environment))
    if done.returncode:
        raise RegistrationError(f"training job {name} is not registered: {done.stderr.strip()}")
    console.print(escape(done.stdout.strip()), highlight=False, soft_wrap=True)
