"""What is written is what skops writes, what is read is what it reads, and no second model is in memory meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy
import pytest
import skops.io
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from failure import TrainingError
from models import skops_files
from models.model_files import TRUSTED_TYPES

pytestmark = pytest.mark.slow  # skops looks through every loaded module as it loads

ROWS = numpy.random.default_rng(1).normal(size=(300, 5))
TARGET = (ROWS[:, 0] + ROWS[:, 1] > 0).astype(int)
WORDS = numpy.array([["red"], ["blue"], ["green"]] * 100, dtype=object)
ESTIMATORS = {
    "forest": RandomForestClassifier(n_estimators=7, random_state=1),
    "boosting": GradientBoostingClassifier(n_estimators=5, random_state=1),
    "histograms": HistGradientBoostingClassifier(max_iter=5, random_state=1),
    "line": make_pipeline(StandardScaler(), LogisticRegression()),
    "neighbours": KNeighborsClassifier(),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_is_written_is_read_by_skops_and_predicts_the_same(name: str, tmp_path: Path) -> None:
    model = ESTIMATORS[name].fit(ROWS, TARGET)

    skops_files.dump(model, tmp_path / "model.skops", TRUSTED_TYPES)

    read = skops.io.load(tmp_path / "model.skops", trusted=list(TRUSTED_TYPES))
    assert numpy.array_equal(read.predict_proba(ROWS), model.predict_proba(ROWS))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_skops_has_written_is_read_array_by_array_and_predicts_the_same(name: str, tmp_path: Path) -> None:
    model = ESTIMATORS[name].fit(ROWS, TARGET)
    skops.io.dump(model, tmp_path / "model.skops")

    with skops_files.array_by_array():
        read = skops.io.load(tmp_path / "model.skops", trusted=list(TRUSTED_TYPES))

    assert numpy.array_equal(read.predict_proba(ROWS), model.predict_proba(ROWS))


def test_words_are_kept(tmp_path: Path) -> None:
    model = make_pipeline(OrdinalEncoder(), RandomForestClassifier(n_estimators=3, random_state=1)).fit(WORDS, TARGET)

    skops_files.dump(model, tmp_path / "model.skops", TRUSTED_TYPES)
    with skops_files.array_by_array():
        read = skops.io.load(tmp_path / "model.skops", trusted=list(TRUSTED_TYPES))

    assert numpy.array_equal(read.predict_proba(WORDS), model.predict_proba(WORDS))


def test_it_has_the_files_that_skops_writes(tmp_path: Path) -> None:
    model = ESTIMATORS["forest"].fit(ROWS, TARGET)
    skops_files.dump(model, tmp_path / "ours.skops", TRUSTED_TYPES)
    skops.io.dump(model, tmp_path / "theirs.skops")

    def contents(name: str) -> tuple[str, list[bytes]]:
        with ZipFile(tmp_path / name) as file:
            arrays = sorted(file.read(each) for each in file.namelist() if each.endswith(".npy"))
            return "".join(each for each in file.read("schema.json").decode() if not each.isdigit()), arrays

    assert contents("ours.skops") == contents("theirs.skops")


def test_skops_reads_as_before_when_it_is_over(tmp_path: Path) -> None:
    from skops.io._audit import NODE_TYPE_MAPPING

    before = dict(NODE_TYPE_MAPPING)
    with pytest.raises(ValueError, match="in the middle"), skops_files.array_by_array():
        raise ValueError("in the middle")

    assert before == NODE_TYPE_MAPPING


class OfOurOwn(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A part that nobody has said to trust."""

    def fit(self) -> OfOurOwn:
        return self


def test_a_model_with_a_part_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as refused:
        skops_files.dump(OfOurOwn(), tmp_path / "model.skops", TRUSTED_TYPES)

    assert str(refused.value).startswith("the model has parts that are not safe to load for whoever uses it: ")
    assert "OfOurOwn" in str(refused.value)
    assert str(refused.value).endswith("; choose another estimator")


def saved(directory: Path, model: BaseEstimator, **flavor: object) -> Path:
    """A model's directory as MLflow writes one, with whatever its description says of the format."""
    skops.io.dump(model, directory / "model.skops")
    told = {"pickled_model": "model.skops", "serialization_format": "skops", **flavor}
    (directory / "MLmodel").write_text(json.dumps({"flavors": {"sklearn": told}}), encoding="utf-8")
    return directory


def test_a_model_that_mlflow_has_saved_is_loaded_with_these_types(tmp_path: Path) -> None:
    model = ESTIMATORS["forest"].fit(ROWS, TARGET)

    read = skops_files.load(saved(tmp_path, model), TRUSTED_TYPES)

    assert numpy.array_equal(read.predict_proba(ROWS), model.predict_proba(ROWS))


def test_types_that_a_model_itself_calls_trusted_are_not_trusted_for_that(tmp_path: Path) -> None:
    name = f"{OfOurOwn.__module__}.OfOurOwn"

    with pytest.raises(TrainingError) as refused:
        skops_files.load(saved(tmp_path, OfOurOwn(), skops_trusted_types=[name]), TRUSTED_TYPES)

    assert str(refused.value).startswith("it has parts that are not safe to load: ")
    assert name in str(refused.value)


def test_a_file_outside_of_the_models_directory_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    saved(tmp_path, ESTIMATORS["forest"].fit(ROWS, TARGET)).joinpath("MLmodel").rename(tmp_path / "model" / "MLmodel")
    described = (tmp_path / "model" / "MLmodel").read_text(encoding="utf-8")
    (tmp_path / "model" / "MLmodel").write_text(described.replace("model.skops", "../model.skops"), encoding="utf-8")

    with pytest.raises(FileNotFoundError):
        skops_files.load(tmp_path / "model", TRUSTED_TYPES)


@pytest.mark.parametrize(
    ("flavors", "problem"),
    [
        ({"xgboost": {}}, "it is not saved as one of scikit-learn's"),
        (
            {"sklearn": {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"}},
            "it is saved as cloudpickle, which is not safe to load; allowed: skops, as this code saves it",
        ),
        (
            {"sklearn": {"pickled_model": "model.pkl"}},
            "it is saved as pickle, which is not safe to load; allowed: skops, as this code saves it",
        ),
    ],
)
def test_a_model_in_another_format_is_refused(flavors: dict[str, object], problem: str, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(json.dumps({"flavors": flavors}), encoding="utf-8")

    with pytest.raises(TrainingError) as refused:
        skops_files.load(tmp_path, TRUSTED_TYPES)

    assert str(refused.value) == problem


PEAK = """
import resource, sys, tempfile
from pathlib import Path
import numpy
from sklearn.ensemble import ExtraTreesClassifier  # whose large trees grow quickly
import skops.io
from models import skops_files
from models.model_files import TRUSTED_TYPES
rows = numpy.random.default_rng(1).normal(size=(60_000, 4)).astype("float32")
model = ExtraTreesClassifier(n_estimators=25, n_jobs=1, random_state=1)
model.fit(rows, numpy.random.default_rng(2).integers(0, 2, len(rows)))
path = Path(sys.argv[1]) / "model.skops"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
skops_files.dump(model, path, TRUSTED_TYPES)
written = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
with skops_files.array_by_array():
    again = skops.io.load(path, trusted=list(TRUSTED_TYPES))
read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print((written - before) / path.stat().st_size, (read - written) / path.stat().st_size)
"""


def test_no_second_forest_is_in_memory_while_one_is_written_and_but_one_more_while_it_is_read(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path],
        cwd=Path(skops_files.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )

    writing, reading = map(float, done.stdout.split())
    assert writing < 0.3, "skops.io.dump and the look that MLflow takes: 3"
    assert reading < 1.3, "the forest that is read itself; skops.io.load alone: 3"
