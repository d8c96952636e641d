"""What cannot go together is refused before there is data, and what may go together is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from options import environment

VARIABLES = ("SM_CHANNEL_TRAINING", "TRAINING_JOB_NAME", "MLFLOW_EXPERIMENT_NAME", "REGISTERED_MODEL_NAME")
ENVIRON = dict.fromkeys(VARIABLES, "x") | {"MLFLOW_TRACKING_URI": "http://mlflow:5000"}
SVC, LOGISTIC, SGD = (
    "sklearn.svm.LinearSVC",
    "sklearn.linear_model.LogisticRegression",
    "sklearn.linear_model.SGDClassifier",
)
HISTOGRAM, FOREST = "sklearn.ensemble.HistGradientBoostingRegressor", "sklearn.ensemble.RandomForestClassifier"
NEIGHBOURS = "sklearn.neighbors.KNeighborsClassifier"


def faults(told: Sequence[str]) -> list[str]:
    return [str(each) for each in environment.look(told, ENVIRON).faults]


def told(**settings: str) -> list[str]:
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


COLUMNS = {
    "a weight that splits": (
        told(weight_column="a", split_by_time="a"),
        "split_by_time: is the weight column; choose another one",
    ),
    "the target as a category": (
        told(categorical_columns="auto,target"),
        "categorical_columns: 'target' is the target column, and no feature; leave it out",
    ),
    "the weight as a date": (
        told(weight_column="w", date_columns="w"),
        "date_columns: 'w' is the weight column, and no feature; leave it out",
    ),
    "no feature": (
        told(feature_columns="target"),
        "feature_columns: got 'target', and leaves no feature; name columns to learn from",
    ),
    "a feature that is dropped": (
        told(feature_columns="a,b", drop_columns="b"),
        "drop_columns: 'b' is in feature_columns as well; leave it out of one of them",
    ),
    "everything dropped": (
        told(drop_columns="*"),
        "drop_columns: got '*', and leaves no feature; name columns, or begin with a part of their names",
    ),
    "one mark for two things in numbers": (
        told(csv_decimal=".", csv_thousands="."),
        "csv_thousands: got '.', which is csv_decimal as well; change one of them",
    ),
    "a quote that parts columns": (
        told(csv_delimiter='"'),
        "csv_delimiter: got '\"', which is csv_quote as well; change one of them",
    ),
}
COLUMNS |= {
    f"{name} by name where there is no header": (
        told(**{"header": "none", "target_column": "1", name: value}),
        f"{name}: got '{value}', allowed with header none: the column's position, 1 for the first, -1 for the last",
    )
    for name, value in (
        *(("weight_column", "w"), ("split_by_time", "when"), ("categorical_columns", "town"), ("drop_columns", "id")),
        *(("target_column", "0"), ("target_column", "-0"), ("target_column", "２"), ("feature_columns", "a")),
    )
}


@pytest.mark.parametrize("name", COLUMNS)
def test_settings_that_contradict_each_other_are_refused(name: str) -> None:
    given, said = COLUMNS[name]

    assert faults(given) == [f"hyperparameter {said}"]


TOGETHER = {
    "samples of a forest without any": (
        told(bootstrap="false", max_samples="0.5"),
        "max_samples: got '0.5', and sklearn.ensemble.RandomForestClassifier says ",
    ),
    "rows left out, where none are": (told(bootstrap="false", oob_score="true"), "oob_score: got 'True', and "),
    "a penalty of another solver": (told(estimator=LOGISTIC, penalty="l1"), "penalty: got 'l1', and "),
    "a share of a penalty that there is not": (told(estimator=LOGISTIC, l1_ratio="0.5"), "l1_ratio: got '0.5', and "),
    "a loss of another penalty": (told(estimator=SVC, loss="hinge", penalty="l1"), "loss: got 'hinge', and "),
    "weights of classes in passes": (
        told(estimator=SGD, class_weight="balanced", partial_fit_epochs="2"),
        f"class_weight: got 'balanced', and {SGD} with partial_fit_epochs says ",
    ),
    "a solver without passes": (
        told(estimator="sklearn.neural_network.MLPClassifier", solver="lbfgs", partial_fit_epochs="2"),
        "solver: got 'lbfgs', and ",
    ),
    "a loss without its quantile": (told(estimator=HISTOGRAM, loss="quantile"), "loss: got 'quantile', and "),
    "distances that are none": (told(estimator=NEIGHBOURS, metric="precomputed"), "metric: got 'precomputed', and "),
    "what is no ValueError": (
        told(estimator="sklearn.discriminant_analysis.LinearDiscriminantAnalysis", shrinkage="auto"),
        "shrinkage: got 'auto', and ",
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_scikit_learn_refuses_of_parameters_together_is_refused_before_there_is_data(name: str) -> None:
    given, said = TOGETHER[name]
    (fault,) = faults(given)

    assert fault.startswith(f"hyperparameter {said}")
    assert fault.endswith("; leave it out, or change what it goes with")


FINE = [
    told(drop_columns="target,id*"),
    told(feature_columns="target,a"),
    told(header="none", target_column="-1", weight_column="column_2", drop_columns="1,column_*"),
    told(header="none", target_column="column_4", date_columns="auto", categorical_columns="auto,2"),
    told(header="none", target_column="1", partition_columns="true", date_columns="dt"),
    told(csv_delimiter=",", csv_decimal=",", csv_thousands="."),
    told(max_features="1.0", min_samples_split="1.0"),
    told(estimator=LOGISTIC, C="inf"),
    told(estimator=LOGISTIC, penalty="l1", solver="liblinear"),
    told(estimator=NEIGHBOURS, metric="haversine"),  # of two features
    told(estimator=NEIGHBOURS, n_neighbors="1000"),
    told(estimator="sklearn.neighbors.RadiusNeighborsClassifier", outlier_label="x"),  # of words
    told(estimator="sklearn.dummy.DummyClassifier", strategy="constant", constant="yes"),
    told(estimator="sklearn.cross_decomposition.PLSRegression", n_components="50"),
    told(estimator="sklearn.ensemble.GradientBoostingClassifier", max_features="40", subsample="0.001"),
    told(estimator="sklearn.ensemble.HistGradientBoostingClassifier", monotonic_cst="[1, 0]"),
    told(estimator="sklearn.naive_bayes.GaussianNB", priors="[0.2, 0.3, 0.5]"),
    told(estimator="sklearn.linear_model.LogisticRegressionCV", cv="100"),
    told(estimator="sklearn.ensemble.ExtraTreesClassifier", bootstrap="true", max_samples="100000"),
]


@pytest.mark.parametrize("given", FINE, ids=" ".join)
def test_what_some_data_takes_is_not_refused(given: Sequence[str]) -> None:
    assert faults(given) == []
