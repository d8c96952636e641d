"""What this code tells and asks MLflow beyond what any job does: its growth, and the champion it is held against."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.profile import Profile
from failure import TrainingError
from progress import say
from scheduled_job.connection import UnreachableError, cause
from scheduled_job.delivery import GROWN
from scheduled_job.promotion import Champion
from scheduled_job.record import Record
from scheduled_job.tracker import JobTracker
from tracking import data_checks
from tracking.data_checks import DataChecks


class Tracker(JobTracker):
    """The line to MLflow of a job that trains an estimator of scikit-learn."""

    def note_growth(self, unit: str, size: int) -> None:
        """Log how many trees (or epochs: the `unit`) there are; sent from a thread, and kept while MLflow is away."""
        self.note(f"training:{unit}{GROWN}", size, size)

    def hand_over(self, record: Record) -> str:
        """Send a record and register its model; gives which version stands, in words."""
        standing = self.deliver(record)
        return (
            f"registered: version {standing.version} of {record.registered_model_name} by {standing.training_job_name}"
        )

    def hold_against_champion(self, profile: Profile) -> DataChecks:
        """What is otherwise in the data of a run than in the champion's, or why it cannot be told; never a failure."""
        try:
            return self._asked(
                "asked for the champion's data",
                lambda: data_checks.hold_against(self._client, self._registry.champion(), profile),
            )
        except UnreachableError as error:
            return DataChecks(problem=f"the champion's data cannot be asked for: {error.reason}")

    def champion_on(self, evaluate: Callable[[Any], dict[str, float]]) -> Champion:
        """The present champion, and what `evaluate` makes of its estimator, or why it cannot; never a failure."""
        from mlflow.artifacts import download_artifacts

        from models import skops_files
        from models.model_files import TRUSTED_TYPES

        version = ""
        try:
            found = self._asked("asked for the champion", self._registry.champion)
            if found is None:
                return Champion()
            version = found.number
            with tempfile.TemporaryDirectory() as place:
                fetched = self._asked(
                    "used to fetch the champion", lambda: download_artifacts(artifact_uri=found.source, dst_path=place)
                )
                estimator = skops_files.load(Path(fetched), TRUSTED_TYPES)
            return Champion(version, evaluate(estimator))
        except UnreachableError as error:
            problem = error.reason
        except TrainingError as error:
            problem = cause(error, self._environ)
        except Exception as error:  # noqa: BLE001  # a champion of other columns, classes or packages fails no job
            problem = f"{type(error).__name__}: {cause(error, self._environ)}"
        say(f"promotion: the champion cannot be compared with: {problem}")
        return Champion(version, problem=problem)
