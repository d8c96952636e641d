"""All that a training job has to tell MLflow at its end, in one directory: sent at once, or kept and sent later.

`record.json` (values), `files/` (artifacts of the run), `model/` (the model in MLflow's format). Nothing in it is
pickled by us or needs training code to be sent: whoever has the directory and MLflow can complete the job.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas
from sklearn.base import BaseEstimator, clone

from data.profile import NO_PROFILE, Profile
from failure import TrainingError
from judging import pictures
from judging.evaluation import Evaluation
from judging.study import Study
from models.model_files import DESCRIPTION_FILE, TRUSTED_TYPES, Description
from options.environment import TrackingSettings, TrainingJob
from options.promotion import NO_CHAMPION, OPEN_GATE, Champion, Gate
from tracking.data_checks import NOTHING_COMPARED, PROFILE_FILE, DataChecks
from tracking.summary import summarize
from tracking.tags import DATA_CHECKS, digest_tags

KEPT = "unregistered"
"""Directory of the job's output in which a record waits."""
KEPT_MODEL = "unrecorded"
"""Directory of the job's output with a model whose job failed before there was a whole record."""
RECORD_FILE = "record.json"
FILES = "files"
MODEL = "model"
_FORMAT = 1
_LONGEST_TAG = 1000
"""Characters of a tag, which every server since MLflow 2.0 takes 5,000 of."""
_MOST_CLASSES = 50
"""Classes whose scores become metrics of the run; model.json has them all."""


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


def make(  # noqa: PLR0913  # one argument for each thing that is recorded
    directory: Path,
    env: TrackingSettings,
    description: Description,
    verdict: Evaluation,
    study: Study,
    *,
    gate: Gate = OPEN_GATE,
    champion: Champion = NO_CHAMPION,
    datasets: Sequence[dict[str, str]] = (),
    profile: Profile = NO_PROFILE,
    checks: DataChecks = NOTHING_COMPARED,
) -> Record:
    """Write the record of a model that `save_model` has put into `directory`."""
    (directory / FILES).mkdir(parents=True)
    pictures.write(pictures.of_run(verdict, study, description.target_column), directory / FILES)
    (directory / FILES / DESCRIPTION_FILE).write_text(description.to_json(), encoding="utf-8")
    (directory / FILES / PROFILE_FILE).write_text(profile.to_json(), encoding="utf-8")
    told = {DATA_CHECKS: str(checks)[:_LONGEST_TAG]} if str(checks) else {}
    links = digest_tags(
        {
            "data_digest": description.data_digest,
            "code_digest": description.code_digest,
            "predictions_digest": description.predictions_digest,
            "trees_digest": description.trees_digest,
        }
    )
    made = Record(
        directory,
        description.run_id,
        env.experiment_name,
        env.registered_model_name,
        env.job,
        parameters={name: str(value) for name, value in description.hyperparameters.items()},
        metrics=metrics_now(description.metrics | _class_metrics(description.class_scores)),
        tags=links | told,
        version_tags=links | told | {name: f"{value:.6f}" for name, value in description.metrics.items()},
        evaluation=description.metrics,
        gate=gate,
        champion=champion,
        summary=summarize(description, env.job, champion, checks),
        datasets=list(datasets),
    )
    made.save()
    return made


def metrics_now(values: Mapping[str, float]) -> list[dict[str, Any]]:
    """Name, value, timestamp and step of values measured now."""
    now = int(time.time() * 1000)
    return [{"name": name, "value": value, "timestamp": now, "step": 0} for name, value in values.items()]


def _class_metrics(class_scores: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for score in class_scores[:_MOST_CLASSES]:
        label = re.sub(r"[^\w\-. ]", "_", score["label"])[:100]
        numbers |= {f"class {label}/{name}": score[name] for name in ("precision", "recall", "f1", "support")}
    return numbers


def save_model(directory: Path, model: BaseEstimator, description: Description, example: pandas.DataFrame) -> None:
    """Put the model in MLflow's format into a record's `directory`; `example`, a few raw rows, gives the signature.

    MLflow writes what is around the model for one of its kind that has learnt nothing, because it would read a model
    back into memory to see that it can be read; the model itself is written, and judged, by `skops_files`.

    Raises:
        TrainingError: the model has parts that are not safe to load.
    """
    import mlflow
    from mlflow.models import Model, infer_signature
    from mlflow.types import ColSpec, Schema

    from models import skops_files

    # A signature of 32-bit columns would refuse 64-bit rows; one of 64-bit columns takes both.
    example = example.astype(dict.fromkeys(example.select_dtypes("number"), "float64")).reset_index(drop=True)
    signature = infer_signature(example, model.predict(example))
    # A column counts as optional where the example happens to lack a value, but the model takes no rows without it.
    signature.inputs = Schema([ColSpec(each.type, each.name) for each in signature.inputs])
    packages = ("mlflow-skinny", "scikit-learn", "skops", "numpy", "pandas")
    path = directory / MODEL
    mlflow.sklearn.save_model(
        clone(model),
        path,
        mlflow_model=Model(run_id=description.run_id),
        signature=signature,
        input_example=example,
        # Named: else MLflow imports the model in a process of its own to see what it needs, for seconds.
        pip_requirements=[f"{name}=={description.versions[name]}" for name in packages],
        skops_trusted_types=list(TRUSTED_TYPES),
    )
    around = Model.load(path)
    file = path / around.flavors["sklearn"]["pickled_model"]
    empty = file.stat().st_size
    skops_files.dump(model, file, TRUSTED_TYPES)
    around.model_size_bytes += file.stat().st_size - empty
    around.save(path / "MLmodel")
