"""Puts the model where SageMaker takes it from: `model.joblib`, `model.json` and `code/`, all or none."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
from sklearn.base import BaseEstimator

from data import csv_dialect
from data.dataset import Dataset
from judging.evaluation import Evaluation
from models import model_digest
from options.hyperparameters import Hyperparameters
from progress import say

MODEL_FILE = "model.joblib"
DESCRIPTION_FILE = "model.json"
INFERENCE_CODE = "code"
_SERVING_ROOM = "endpoint"
"""What inference.py imports."""

TRUSTED_TYPES = (
    "numpy.asarray",
    "numpy.dtype",
    "numpy.expand_dims",
    "numpy.interp",
    "numpy.is_busday",
    "numpy.tensordot",
    "pandas.DataFrame",
    "pandas.to_datetime",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.RBF",
    "sklearn.metrics._dist_metrics.EuclideanDistance",
    "sklearn.metrics._dist_metrics.EuclideanDistance32",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
)
"""What a model here may consist of beyond what skops trusts by itself: parts of scikit-learn's own estimators,
and the functions that take dates apart."""

_PACKAGES = ("scikit-learn", "numpy", "scipy", "pandas", "pyarrow", "joblib", "skops", "mlflow-skinny")


@dataclass(frozen=True)
class Description:
    """What a reader of the model needs to know about it; the content of model.json.

    `features` are the columns of a raw row in order, `categories` those that hold words, `dates` those that hold dates,
    with their form as pandas takes it, `left_out` those that a raw row may have and the model does not look at;
    `missing_words` meant a missing value in CSV files. `classes` stand in the order of the estimator's probabilities, a
    regression has none; `rows` are counts. `trees_digest` is "" for a model that is not made of trees;
    `predictions_digest` is over what the model says of the held-out rows.
    """

    features: list[str]
    categories: list[str]
    dates: dict[str, str]
    feature_type: str
    takes_missing: bool
    left_out: list[str]
    missing_words: list[str]
    target_column: str
    classes: list[Any]
    metrics: dict[str, float]
    class_scores: list[dict[str, Any]]
    rows: dict[str, int]
    hyperparameters: dict[str, Any]
    data_digest: str
    code_digest: str
    training_job_name: str
    run_id: str
    versions: dict[str, str]
    trees_digest: str
    predictions_digest: str

    def to_json(self) -> str:
        """As indented JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"


def describe(  # noqa: PLR0913  # one argument for each source of the description
    forest: BaseEstimator,
    settings: Hyperparameters,
    data: Dataset,
    verdict: Evaluation,
    *,
    code_digest: str,
    training_job_name: str,
    run_id: str,
) -> Description:
    """The description of a forest grown and judged in this process."""
    return Description(
        features=list(data.example.columns),
        categories=list(data.encoding.categories) if data.encoding else [],
        dates={name: form.format for name, form in data.encoding.dates.items()} if data.encoding else {},
        feature_type=str(data.training.features.dtypes.iloc[0]),
        takes_missing=data.takes_missing,
        left_out=list(data.left_out),
        missing_words=list(csv_dialect.told(settings).missing),
        target_column=settings.target_column,
        classes=forest.classes_.tolist() if hasattr(forest, "classes_") else [],
        metrics=verdict.metrics,
        class_scores=[asdict(score) for score in verdict.classes],
        rows={"training": len(data.training.target), "validation": len(data.validation.target)},
        hyperparameters=settings.described,
        data_digest=data.digest,
        code_digest=code_digest,
        training_job_name=training_job_name,
        run_id=run_id,
        versions={"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        trees_digest=model_digest.of_trees(forest),
        predictions_digest=model_digest.of_predictions(verdict.said),
    )


def discard(directory: Path) -> None:
    """Take back what `save` has written."""
    for name in (*_code_files(), DESCRIPTION_FILE, MODEL_FILE):
        (directory / name).unlink()
    for room in (_SERVING_ROOM, ""):
        (directory / INFERENCE_CODE / room).rmdir()


def save(directory: Path, forest: BaseEstimator, description: Description) -> None:
    """Write the model's files beside their places first, then move them in; a failure on the way leaves none.

    `directory` is SM_MODEL_DIR, which SageMaker packs as model.tar.gz; the estimator is saved as it is.
    """
    directory.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".model-", dir=directory))
    code = _code_files()
    try:
        (staging / INFERENCE_CODE / _SERVING_ROOM).mkdir(parents=True)
        joblib.dump(forest, staging / MODEL_FILE)
        (staging / DESCRIPTION_FILE).write_text(description.to_json(), encoding="utf-8")
        for name, source in code.items():
            shutil.copyfile(source, staging / name)
        (directory / INFERENCE_CODE / _SERVING_ROOM).mkdir(parents=True, exist_ok=True)
        for name in (*code, DESCRIPTION_FILE, MODEL_FILE):
            (staging / name).replace(directory / name)
    finally:
        shutil.rmtree(staging)
    say(f"saving: {directory / MODEL_FILE}, {(directory / MODEL_FILE).stat().st_size:,} bytes")


def _code_files() -> dict[str, Path]:
    """What serves the model: its place in the model directory, and the file here."""
    here = Path(__file__).parents[1]
    sources = [here / "inference.py", *sorted((here / _SERVING_ROOM).glob("*.py"))]
    return {f"{INFERENCE_CODE}/{source.relative_to(here).as_posix()}": source for source in sources}
