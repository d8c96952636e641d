"""`training-jobs register`: bring a training job into MLflow that trained a model and could not register it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from components.tracking_mode import NONE
from operations.describing import describe
from operations.places import Place, tracking_variables
from rehearsal.running.kept_record import RegistrationError, fetch_record
from rehearsal.running.training_script import REGISTER, run_training_script

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


@dataclass
class Brought:
    """What came of it, by the names of training jobs: what the registration said, or why it failed."""

    registered: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_document(self, stack: str) -> dict[str, Any]:
        """The same for programs."""
        return {
            "version": JSON_VERSION,
            "stack": stack,
            "registered": [{"training_job": name, "said": said.splitlines()} for name, said in self.registered.items()],
            "failed": [{"training_job": name, "reason": reason} for name, reason in self.failed.items()],
            "notes": self.notes,
        }


def register_training_job(project_dir: Path, name: str, place: Place, console: Console) -> str:
    """Fetch the record that training job `name` kept, and send it to MLflow; gives what is printed of it.

    Raises:
        PlaceError: there is no such job.
        RegistrationError: it kept no record, or MLflow did not take it.
    """
    return register_described(project_dir, describe(place.sagemaker, name), place, console)


def register_described(project_dir: Path, described: Mapping[str, Any], place: Place, console: Console) -> str:
    """As `register_training_job`, of a job of which DescribeTrainingJob says `described`; gives what is printed.

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
    said = done.stdout.strip()
    console.print(escape(said), highlight=False, soft_wrap=True)
    return said
