"""Estimators other than the random forest classifier: grown in batches, resumed, judged and reloaded."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import all_estimators

from data.tables import Table
from failure import TrainingError
from growing import forest
from growing.checkpoint import Checkpoints, Origin
from judging.evaluation import evaluate
from models import model_files
from options import estimators
from options.estimators import REGRESSION
from options.hyperparameters import Hyperparameters, parse


def dotted(cls: type[Any]) -> str:
    return f"{cls.__module__.partition('._')[0]}.{cls.__name__}"


def usable() -> list[str]:
    names = []
    for kind in ("classifier", "regressor"):
        for _, cls in all_estimators(type_filter=kind):
            try:
                estimators.find(dotted(cls))
            except (TrainingError, FutureWarning):  # a warning: scikit-learn is about to remove it
                continue
            names.append(dotted(cls))
    return sorted(set(names))


USABLE = usable()
BY_TREES = [name for name in USABLE if estimators.growth(estimators.find(name)) == "n_estimators"]
BY_ITERATIONS = [name for name in USABLE if estimators.growth(estimators.find(name)) == "max_iter"]
BY_EPOCHS = [name for name in USABLE if hasattr(estimators.find(name), "partial_fit")]


def table_for(name: str, weights: bool = False) -> Table:
    if estimators.task_of(estimators.find(name)) == REGRESSION:
        frame = load_diabetes(as_frame=True).frame.iloc[:120]
    else:
        frame = load_breast_cancer(as_frame=True).frame.iloc[:120]
    target = frame["target"].to_numpy()
    features = frame.drop(columns="target").astype("float32")
    if "naive_bayes.Categorical" in name:
        features = (features > features.median()).astype("float32")
    return Table(features, target, numpy.linspace(0.5, 2, len(target)) if weights else None)


def settings_for(name: str, *arguments: str) -> Hyperparameters:
    settings, _, problems = parse(["--estimator", name, "--n_jobs", "1", "--random_state", "7", *arguments])
    assert problems == []
    return settings


def answers(model: BaseEstimator, table: Table) -> NDArray[numpy.float64]:
    return model.predict_proba(table.features) if hasattr(model, "predict_proba") else model.predict(table.features)


def test_those_that_can_grow_are_known() -> None:
    assert [
        f"sklearn.ensemble.{kind}{task}"
        for kind in ("Bagging", "ExtraTrees", "GradientBoosting", "RandomForest")
        for task in ("Classifier", "Regressor")
    ] == BY_TREES
    assert [f"sklearn.ensemble.HistGradientBoosting{task}" for task in ("Classifier", "Regressor")] == BY_ITERATIONS
    assert {"sklearn.linear_model.SGDClassifier", "sklearn.neural_network.MLPRegressor"} <= set(BY_EPOCHS)


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("name", BY_TREES)
@pytest.mark.slow
def test_grown_in_batches_and_resumed_it_is_the_one_fitted_at_once(
    name: str, weights: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, table = settings_for(name, "--n_estimators", "13", "--checkpoint_seconds", "0"), table_for(name, weights)
    more = {"sample_weight": table.weights} if weights else {}
    at_once = forest.estimator(settings).fit(table.features, table.target, **more)
    states: list[bytes] = []
    grown = forest.grow(settings, table, None, lambda each: states.append(pickle.dumps(each)))
    assert len(states) == 13
    assert numpy.array_equal(answers(grown, table), answers(at_once, table))
    file = Checkpoints(tmp_path, Origin.of(settings, "data", "code"))
    file.save(pickle.loads(states[5]), "run")
    saved = file.load()
    assert saved is not None
    assert saved.size == 6
    capsys.readouterr()
    resumed = forest.grow(settings, table, saved.model)
    assert capsys.readouterr().out.startswith("growing: 7 of 13 trees, ")
    assert numpy.array_equal(answers(resumed, table), answers(at_once, table))


@pytest.mark.parametrize(
    ("name", "more"),
    [(name, more) for name in BY_ITERATIONS for more in ((), ("--max_features", "0.5"))]
    + [("sklearn.ensemble.HistGradientBoostingRegressor", ("--loss", "absolute_error"))],
)
@pytest.mark.slow
def test_grown_by_iterations_and_resumed_it_is_the_one_fitted_at_once(
    name: str, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = ("--max_iter", "13", "--early_stopping", "false", "--checkpoint_seconds", "0")
    settings, table = settings_for(name, *far, *more), table_for(name)
    at_once = forest.estimator(settings).fit(table.features, table.target)
    states: list[bytes] = []
    grown = forest.grow(settings, table, None, lambda each: states.append(pickle.dumps(each)))
    assert len(states) == 13
    assert numpy.array_equal(answers(grown, table), answers(at_once, table))
    file = Checkpoints(tmp_path, Origin.of(settings, "data", "code"))
    file.save(pickle.loads(states[5]), "run")
    capsys.readouterr()
    saved = file.load()
    assert saved is not None
    assert saved.size == 6
    assert capsys.readouterr().out == f"checkpoint: going on from 6 iterations in {tmp_path}\n"
    resumed = forest.grow(settings, table, saved.model)
    assert capsys.readouterr().out.startswith("growing: 7 of 13 iterations, ")
    assert numpy.array_equal(answers(resumed, table), answers(at_once, table))
    assert resumed.get_params() == at_once.get_params()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("name", BY_EPOCHS)
@pytest.mark.slow
def test_grown_by_epochs_and_resumed_it_is_the_one_that_was_not_interrupted(name: str, tmp_path: Path) -> None:
    settings, table = settings_for(name, "--partial_fit_epochs", "12", "--checkpoint_seconds", "0"), table_for(name)
    states: list[bytes] = []
    whole = forest.grow(settings, table, None, lambda each: states.append(pickle.dumps(each)))
    assert len(states) == 12
    file = Checkpoints(tmp_path, Origin.of(settings, "data", "code"))
    file.save(pickle.loads(states[3]), "run")
    saved = file.load()
    assert saved is not None
    assert saved.size == 4
    assert numpy.array_equal(answers(forest.grow(settings, table, saved.model), table), answers(whole, table))


@pytest.mark.parametrize("name", ["sklearn.naive_bayes.GaussianNB", "sklearn.naive_bayes.MultinomialNB"])
def test_one_epoch_of_naive_bayes_is_a_fit(name: str) -> None:
    table = table_for(name)
    grown = forest.grow(settings_for(name, "--partial_fit_epochs", "1"), table)
    fitted = forest.estimator(settings_for(name)).fit(table.features, table.target)
    assert numpy.allclose(answers(grown, table), answers(fitted, table))


def test_what_cannot_be_grown_is_fitted_as_scikit_learn_does_and_says_what_that_means(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "sklearn.svm.SVC"
    saved: list[Any] = []
    table = table_for(name)
    grown = forest.grow(settings_for(name, "--C", "2"), table, None, saved.append)
    assert capsys.readouterr().out == (
        "growing: sklearn.svm.SVC cannot be grown step by step, so it is fitted at once and without checkpoints: "
        "a spot job that is interrupted starts from zero\n"
    )
    assert saved == []
    plain = type(grown)(C=2, random_state=7).fit(table.features, table.target)
    assert numpy.array_equal(grown.predict(table.features), plain.predict(table.features))


def test_the_rows_left_out_are_judged_once_all_trees_are_there() -> None:
    name = "sklearn.ensemble.RandomForestClassifier"
    settings, table = settings_for(name, "--n_estimators", "40", "--oob_score", "true"), table_for(name)
    at_once = forest.estimator(settings).fit(table.features, table.target)
    assert forest.grow(settings, table).oob_score_ == at_once.oob_score_


def test_rows_that_an_estimator_refuses_are_a_reason_and_no_traceback() -> None:
    name = "sklearn.naive_bayes.MultinomialNB"
    table = table_for(name)
    with pytest.raises(TrainingError) as caught:
        forest.grow(settings_for(name), Table(-table.features, table.target))
    assert str(caught.value) == (
        "sklearn.naive_bayes.MultinomialNB cannot be fitted to these rows: 'Negative values in data passed to "
        "MultinomialNB (input X).'; choose other hyperparameters or another estimator"
    )


SLOW_OR_PARTICULAR = {
    "sklearn.neighbors.RadiusNeighborsClassifier": "finds no neighbours in unscaled data",
    "sklearn.neighbors.RadiusNeighborsRegressor": "finds no neighbours in unscaled data",
    "sklearn.linear_model.RANSACRegressor": "finds no consensus in this table",
    "sklearn.cross_decomposition.PLSCanonical": "wants several targets",
    "sklearn.cross_decomposition.CCA": "wants several targets",
    "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis": "the classes have collinear features here",
    "sklearn.svm.NuSVC": "its nu is infeasible on this table",
}
FEWER_ITERATIONS = {
    "sklearn.ensemble.HistGradientBoostingClassifier": ("--max_iter", "10"),
    "sklearn.linear_model.LogisticRegressionCV": ("--max_iter", "10"),
}
"""Of those that take seconds with their defaults."""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", [name for name in USABLE if name not in SLOW_OR_PARTICULAR])
def test_every_usable_estimator_is_fitted_judged_saved_and_reloaded(name: str, tmp_path: Path) -> None:
    import skops.io

    settings, table = settings_for(name, *FEWER_ITERATIONS.get(name, ())), table_for(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = forest.grow(settings, table)
        verdict = evaluate(model, table)
        expected = answers(model, table)
    assert all(numpy.isfinite(value) for value in verdict.metrics.values())
    joblib.dump(model, tmp_path / "model.joblib")
    reloaded = skops.io.loads(skops.io.dumps(model), trusted=list(model_files.TRUSTED_TYPES))
    for again in (joblib.load(tmp_path / "model.joblib"), reloaded):
        assert numpy.array_equal(answers(again, table), expected)


def test_convergence_is_still_said() -> None:
    name = "sklearn.linear_model.LogisticRegression"
    with pytest.warns(ConvergenceWarning):
        forest.grow(settings_for(name, "--max_iter", "2"), table_for(name))
