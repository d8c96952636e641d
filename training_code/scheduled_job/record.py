"""All that a training job has to tell MLflow at its end, in one directory: sent at once, or kept and sent later.

`record.json` (values), `files/` (artifacts of the run), `model/` (the model in MLflow's format). Nothing in it is
pickled by us or needs training code to be sent: whoever has the directory and MLflow can complete the job.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .failure import TrainingError
from .job import TrainingJob
from .promotion import NO_CHAMPION, OPEN_GATE, Champion, Gate

KEPT = "unregistered"
"""Directory of the job's output in which a record waits."""
KEPT_MODEL = "unrecorded"
"""Directory of the job's output with a model whose job failed before there was a whole record."""
RECORD_FILE = "record.json"
FILES = "files"
MODEL = "model"
_FORMAT = 1


@dataclass(frozen=True)
class Record:
    """What one training job recorded. `metrics` have name, value, timestamp (milliseconds) and step.

    `datasets` are as `datasets.describe` gives them; a record of an earlier version of this code has none.
    """

    directory: Path
    run_id: str
    experiment_name: str
    registered_model_name: str
    job: TrainingJob
    parameters: dict[str, str]
    metrics: list[dict[str, Any]]
    tags: dict[str, str]
    version_tags: dict[str, str]
    evaluation: dict[str, float]
    gate: Gate = OPEN_GATE
    champion: Champion = NO_CHAMPION
    summary: str = ""
    """Markdown for the run and the version."""
    model_id: str = ""
    """The logged model, once there is one: sending again goes on with it."""
    datasets: list[dict[str, str]] = field(default_factory=list)
    title: str = ""
    """What the run is to be called after, where it begins only when the record is sent."""
    script: str = "train.py"
    """What such a run says that it comes from."""

    def save(self) -> None:
        """Write record.json, whole or not at all."""
        values = {name: value for name, value in asdict(self).items() if name != "directory"}
        draft = self.directory / f"{RECORD_FILE}.partial"
        draft.write_text(json.dumps({"format": _FORMAT} | values, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.directory / RECORD_FILE)


def load(directory: Path) -> Record:
    """The record that is kept in `directory`.

    Raises:
        TrainingError: there is none, or one of another format.
    """
    path = directory / RECORD_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        version = values.pop("format")
        job = TrainingJob(**values.pop("job"))
        gate, champion = Gate(**values.pop("gate")), Champion(**values.pop("champion"))
        if version != _FORMAT:
            raise TrainingError(f"{path}: has format {version}, this program reads {_FORMAT}")
        return Record(directory=directory, job=job, gate=gate, champion=champion, **values)
    except FileNotFoundError:
        raise TrainingError(f"{path}: is not there; name a directory that holds a kept record") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TrainingError(f"{path}: is not the record of a training job") from None


def metrics_now(values: Mapping[str, float]) -> list[dict[str, Any]]:
    """Name, value, timestamp and step of values measured now."""
    now = int(time.time() * 1000)
    return [{"name": name, "value": value, "timestamp": now, "step": 0} for name, value in values.items()]


def keep(directory: Path, output_directory: Path, model_directory: Path, job: TrainingJob) -> str:
    """Put a whole record and the model for SageMaker into the job's output; gives what that means, in words."""
    kept = output_directory / KEPT
    shutil.copytree(directory, kept, dirs_exist_ok=True)
    shutil.copytree(model_directory, kept / "sagemaker_model", dirs_exist_ok=True)
    return (
        f"the model is trained but not registered, and kept with its record in output.tar.gz: "
        f"`training-jobs register {job.name}` completes this job without training again"
    )
