"""Writes the record of a model that was trained here: values, pictures, and the estimator in MLflow's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas
from sklearn.base import BaseEstimator, clone

from data.profile import NO_PROFILE, Profile
from judging import pictures
from judging.evaluation import Evaluation
from judging.study import Study
from models.model_files import DESCRIPTION_FILE, TRUSTED_TYPES, Description
from scheduled_job.job import TrackingSettings
from scheduled_job.promotion import NO_CHAMPION, OPEN_GATE, Champion, Gate
from scheduled_job.record import FILES, MODEL, Record, metrics_now
from scheduled_job.tags import DATA_CHECKS, digest_tags
from tracking.data_checks import NOTHING_COMPARED, PROFILE_FILE, DataChecks
from tracking.summary import summarize

_LONGEST_TAG = 1000
"""Characters of a tag, which every server since MLflow 2.0 takes 5,000 of."""
_MOST_CLASSES = 50
"""Classes whose scores become metrics of the run; model.json has them all."""


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
    draws: bool = True,
) -> Record:
    """Write the record of a model that `save_model` has put into `directory`; without `draws`, numbers for pictures."""
    (directory / FILES).mkdir(parents=True)
    pictures.write(pictures.of_run(verdict, study, description.target_column), directory / FILES, draws=draws)
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
