from __future__ import annotations

import re
from collections.abc import Callable

import numpy
import pandas
import pytest
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Perceptron, Ridge, RidgeClassifier
from sklearn.svm import SVC
from sklearn.utils import Bunch

from data.dataset import Table
from judging.evaluation import evaluate, report
from progress import METRIC_NAMES, REGRESSION_METRIC_NAMES, metric_regex


class CountingForest(RandomForestClassifier):
    """Counts how often it is asked."""

    asked = 0

    def predict_proba(self, X: pandas.DataFrame) -> NDArray[numpy.float64]:  # noqa: N803  # scikit-learn's own name
        CountingForest.asked += 1
        return super().predict_proba(X)


def grown(load: Callable[..., Bunch]) -> tuple[CountingForest, Table]:
    data = load(as_frame=True)
    numbers = data.data.astype("float32")
    forest = CountingForest(n_estimators=10, max_depth=2, random_state=0, n_jobs=1).fit(numbers[::2], data.target[::2])
    return forest, Table(numbers[1::2], data.target[1::2].to_numpy())


@pytest.mark.parametrize("kind", [RandomForestClassifier, RandomForestRegressor])
def test_what_several_cores_say_is_to_the_last_bit_what_one_says(kind: type[RandomForestClassifier]) -> None:
    numbers = pandas.DataFrame(
        numpy.random.default_rng(0).normal(size=(4001, 3)).astype("float32"), columns=list("abc")
    )
    target = (numbers["a"] + numbers["b"] ** 2 > 1).to_numpy().astype(int)
    forest = kind(n_estimators=30, random_state=0).fit(numbers, target)
    forest.n_jobs = 1
    one, several = (evaluate(forest, Table(numbers, target), n_jobs) for n_jobs in (1, 3))
    assert several.said.tobytes() == one.said.tobytes()
    assert several.metrics == one.metrics


def test_two_classes_are_judged_as_scikit_learn_does() -> None:
    forest, table = grown(load_breast_cancer)
    verdict = evaluate(forest, table)
    predicted, probabilities = forest.predict(table.features), forest.predict_proba(table.features)
    assert verdict.metrics == {
        "validation:accuracy": pytest.approx(metrics.accuracy_score(table.target, predicted), abs=1e-12),
        "validation:balanced_accuracy": pytest.approx(metrics.balanced_accuracy_score(table.target, predicted)),
        "validation:f1": pytest.approx(metrics.f1_score(table.target, predicted)),
        "validation:roc_auc": pytest.approx(metrics.roc_auc_score(table.target, probabilities[:, 1])),
        "validation:log_loss": pytest.approx(metrics.log_loss(table.target, probabilities)),
        "training:trees": 10,
    }
    assert verdict.confusion.tolist() == metrics.confusion_matrix(table.target, predicted).tolist()
    assert [curve.label for curve in verdict.roc_curves] == ["1"]


def test_many_classes_are_judged_by_their_means() -> None:
    forest, table = grown(load_wine)
    verdict = evaluate(forest, table)
    predicted, probabilities = forest.predict(table.features), forest.predict_proba(table.features)
    assert verdict.metrics["validation:f1"] == pytest.approx(metrics.f1_score(table.target, predicted, average="macro"))
    assert verdict.metrics["validation:roc_auc"] == pytest.approx(
        metrics.roc_auc_score(table.target, probabilities, multi_class="ovr")
    )
    assert [score.label for score in verdict.classes] == ["0", "1", "2"]
    assert sum(score.support for score in verdict.classes) == len(table.target)


def test_a_class_without_validation_rows_is_left_out_of_the_means() -> None:
    forest, table = grown(load_wine)
    rows = numpy.flatnonzero(table.target != 2)
    verdict = evaluate(forest, table.take(rows))
    assert all(numpy.isfinite(value) for value in verdict.metrics.values())
    assert [curve.label for curve in verdict.roc_curves] == ["0", "1"]
    assert verdict.classes[2].support == 0


def test_the_forest_is_asked_once() -> None:
    forest, table = grown(load_breast_cancer)
    CountingForest.asked = 0
    evaluate(forest, table)
    assert CountingForest.asked == 1


def test_words_as_classes_keep_their_names() -> None:
    frame = pandas.DataFrame({"a": numpy.arange(20, dtype="float32")})
    target = numpy.array(["no", "yes"] * 10)
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(frame, target)
    verdict = evaluate(forest, Table(frame, target))
    assert verdict.labels == ("no", "yes")


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
def test_the_log_has_every_metric_once_on_a_line_of_its_own(
    load: Callable[..., Bunch], capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = evaluate(*grown(load))
    report(verdict)
    log = capsys.readouterr().out
    for name in METRIC_NAMES:
        assert [float(each) for each in re.findall(metric_regex(name), log)] == [
            pytest.approx(verdict.metrics[name], abs=5e-7)
        ]
        assert sum(line.startswith(f"{name}=") for line in log.splitlines()) == 1
    assert set(verdict.metrics) == set(METRIC_NAMES)


def diabetes() -> Table:
    data = load_diabetes(as_frame=True)
    return Table(data.data.astype("float32"), data.target.to_numpy())


def test_a_regression_is_judged_as_scikit_learn_does(capsys: pytest.CaptureFixture[str]) -> None:
    table = diabetes()
    forest = RandomForestRegressor(n_estimators=10, max_depth=3, random_state=0).fit(table.features, table.target)
    verdict = evaluate(forest, table)
    predicted = forest.predict(table.features)
    assert verdict.metrics == {
        "validation:rmse": pytest.approx(metrics.root_mean_squared_error(table.target, predicted)),
        "validation:mae": pytest.approx(metrics.mean_absolute_error(table.target, predicted)),
        "validation:r2": pytest.approx(metrics.r2_score(table.target, predicted)),
        "training:trees": 10,
    }
    assert set(verdict.metrics) == set(REGRESSION_METRIC_NAMES)
    assert verdict.predictions is not None
    assert numpy.array_equal(verdict.predictions.predicted, predicted)
    assert (verdict.classes, verdict.roc_curves, verdict.confusion, verdict.labels) == ((), (), None, ())
    assert sum(verdict.importances.values()) == pytest.approx(1)
    report(verdict)
    log = capsys.readouterr().out
    assert len(log.splitlines()) == 4
    for name, value in verdict.metrics.items():
        assert [float(each) for each in re.findall(metric_regex(name), log)] == [pytest.approx(value, rel=1e-5)]


def test_what_has_no_trees_has_neither_their_number_nor_importances() -> None:
    table = diabetes()
    verdict = evaluate(Ridge().fit(table.features, table.target), table)
    assert set(verdict.metrics) == {"validation:rmse", "validation:mae", "validation:r2"}
    assert verdict.importances == {}


@pytest.mark.parametrize("estimator", [Perceptron(), RidgeClassifier()])
def test_without_probabilities_the_decision_function_is_judged(estimator: Perceptron) -> None:
    for load in (load_breast_cancer, load_wine):
        data = load(as_frame=True)
        features, target = (data.data - data.data.mean()) / data.data.std(), data.target.to_numpy()
        fitted = estimator.fit(features, target)
        verdict = evaluate(fitted, Table(features, target))
        scores = fitted.decision_function(features)
        one_by_one = [scores] if scores.ndim == 1 else list(scores.T)
        positives = [target == 1] if scores.ndim == 1 else [target == place for place in range(scores.shape[1])]
        areas = [metrics.roc_auc_score(truth, score) for truth, score in zip(positives, one_by_one, strict=True)]
        assert verdict.metrics["validation:roc_auc"] == pytest.approx(numpy.mean(areas))
        assert verdict.metrics["validation:accuracy"] == pytest.approx(fitted.score(features, target))
        assert "validation:log_loss" not in verdict.metrics


def test_scores_of_pairs_of_classes_make_no_curve() -> None:
    data = load_wine(as_frame=True)
    four = numpy.where(numpy.arange(len(data.target)) % 7 == 0, 3, data.target.to_numpy())
    fitted = SVC(decision_function_shape="ovo").fit(data.data, four)
    verdict = evaluate(fitted, Table(data.data, four))
    assert verdict.roc_curves == ()
    assert "validation:roc_auc" not in verdict.metrics
