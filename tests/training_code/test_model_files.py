from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy
import pandas
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

import inference
from data import dataset
from growing import forest
from judging.evaluation import evaluate
from models import model_digest, model_files
from models.model_files import Description
from options.hyperparameters import Hyperparameters

SETTINGS = Hyperparameters(n_estimators=5)
Saved = tuple[Path, RandomForestClassifier, Description, dataset.Dataset]


@pytest.fixture
def saved(tmp_path: Path, channel: Callable[..., Path]) -> Saved:
    rows = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(60))
    data = dataset.read(channel({"x.csv": "b,a,target\n" + rows}), None, SETTINGS)
    grown = forest.grow(SETTINGS, data.training)
    description = model_files.describe(
        grown, SETTINGS, data, evaluate(grown, data.validation), code_digest="c", training_job_name="j", run_id="r"
    )
    model_files.save(tmp_path / "model", grown, description)
    return tmp_path / "model", grown, description, data


def test_the_model_directory_holds_model_description_and_inference_code(saved: Saved) -> None:
    directory = saved[0]
    assert sorted(str(path.relative_to(directory)) for path in directory.rglob("*")) == [
        "code",
        "code/endpoint",
        *(f"code/endpoint/{name}.py" for name in ("__init__", "answer", "features", "model", "request_body", "values")),
        "code/inference.py",
        "model.joblib",
        "model.json",
    ]
    ours = Path(inference.__file__).parent
    for path in (directory / "code").rglob("*.py"):
        assert path.read_bytes() == (ours / path.relative_to(directory / "code")).read_bytes()


def test_the_saved_model_is_a_plain_estimator_that_predicts_the_same(saved: Saved) -> None:
    directory, grown, _, data = saved
    loaded = joblib.load(directory / "model.joblib")
    assert type(loaded) is type(grown)
    assert numpy.array_equal(
        loaded.predict_proba(data.validation.features), grown.predict_proba(data.validation.features)
    )


def test_the_description_names_features_classes_rows_and_versions(saved: Saved) -> None:
    directory, _, description, data = saved
    content = json.loads((directory / "model.json").read_text())
    assert content["features"] == ["b", "a"]
    assert content["classes"] == [0, 1]
    assert content["rows"] == {"training": 48, "validation": 12}
    assert content["data_digest"] == data.digest
    assert content["hyperparameters"]["n_estimators"] == 5
    assert content["versions"].keys() == {
        "python",
        "scikit-learn",
        "numpy",
        "scipy",
        "pandas",
        "pyarrow",
        "joblib",
        "skops",
        "mlflow-skinny",
    }
    assert content["metrics"] == description.metrics
    assert content["trees_digest"] == model_digest.of_trees(saved[1])
    assert content["predictions_digest"] == model_digest.of_predictions(
        saved[1].predict_proba(data.validation.features)
    )


def test_a_failure_while_saving_leaves_nothing(saved: Saved, tmp_path: Path) -> None:
    class Unsaveable:
        def __reduce__(self) -> str:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        model_files.save(tmp_path / "other", Unsaveable(), saved[2])
    assert list((tmp_path / "other").iterdir()) == []


def test_the_held_out_rows_are_asked_about_once(channel: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(60))
    data = dataset.read(channel({"x.csv": "b,a,target\n" + rows}), None, SETTINGS)
    grown, asked = forest.grow(SETTINGS, data.training), list[int]()
    plain = RandomForestClassifier.predict_proba

    def counted(self: RandomForestClassifier, features: pandas.DataFrame) -> NDArray[numpy.float64]:
        asked.append(len(features))
        return plain(self, features)

    monkeypatch.setattr(RandomForestClassifier, "predict_proba", counted)
    verdict = evaluate(grown, data.validation)
    model_files.describe(grown, SETTINGS, data, verdict, code_digest="c", training_job_name="j", run_id="r")
    assert asked == [12]
