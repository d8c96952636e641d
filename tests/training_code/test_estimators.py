from __future__ import annotations

import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from failure import TrainingError
from options import estimators
from tests.training_code.told import parse


def fault(name: str) -> str:
    with pytest.raises(TrainingError) as caught:
        estimators.find(name)
    return str(caught.value)


def problems(*arguments: str) -> list[str]:
    return parse(arguments)[2]


@pytest.mark.parametrize(
    "name",
    ["xgboost.XGBClassifier", "os.system", "sklearn", "sklearn.ensemble", "__import__('os')", "sklearnx.Evil", "SVC()"],
)
def test_a_name_outside_scikit_learn_is_refused(name: str) -> None:
    assert fault(name).startswith(
        f"hyperparameter estimator: got {name!r}, allowed: a classifier or regressor of scikit-learn by its dotted "
        f"name, such as sklearn.ensemble.RandomForestClassifier"
    )


def test_a_name_without_its_module_is_completed() -> None:
    assert fault("GradientBoostingClassifier").endswith("; did you mean sklearn.ensemble.GradientBoostingClassifier?")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sklearn.ensemble.RandomForrestClassifier", "; did you mean sklearn.ensemble.RandomForestClassifier?"),
        ("sklearn.trees.DecisionTreeClassifier", "; did you mean sklearn.tree.DecisionTreeClassifier?"),
        ("sklearn.ensemble.Zzzzzzz", ""),
    ],
)
def test_a_name_that_scikit_learn_does_not_have_is_refused(name: str, meant: str) -> None:
    assert fault(name) == f"hyperparameter estimator: scikit-learn has no {name!r}{meant}"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sklearn.preprocessing.StandardScaler", "is neither a classifier nor a regressor"),
        ("sklearn.cluster.KMeans", "is neither a classifier nor a regressor"),
        ("sklearn.utils.Bunch", "is not an estimator"),
        ("sklearn.ensemble.VotingClassifier", "needs estimators, which no hyperparameter can give"),
        ("sklearn.ensemble.StackingRegressor", "needs estimators, which no hyperparameter can give"),
        ("sklearn.multiclass.OneVsRestClassifier", "needs estimator, which no hyperparameter can give"),
        ("sklearn.semi_supervised.SelfTrainingClassifier", "needs estimator, which no hyperparameter can give"),
        ("sklearn.linear_model.MultiTaskLasso", "does not learn one target column from a table"),
        ("sklearn.isotonic.IsotonicRegression", "does not learn one target column from a table"),
    ],
)
def test_an_estimator_that_cannot_be_used_is_refused(name: str, why: str) -> None:
    assert fault(name) == f"hyperparameter estimator: {name!r} {why}; choose another one"


def test_the_task_follows_from_the_estimator() -> None:
    assert parse(["--estimator", "sklearn.linear_model.Ridge"])[0].task == "regression"
    assert parse(["--estimator", "sklearn.svm.LinearSVC"])[0].task == "classification"


def test_the_task_alone_chooses_the_forest() -> None:
    settings, _, wrong = parse(["--task", "regression", "--n_estimators", "7", "--max_features", "auto"])
    assert wrong == []
    assert settings.estimator == "sklearn.ensemble.RandomForestRegressor"
    made = estimators.fresh(settings.estimator, settings.parameters, 3, 2)
    assert isinstance(made, RandomForestRegressor)
    assert (made.n_estimators, made.max_features, made.random_state, made.n_jobs) == (7, 1.0, 3, 2)


def test_a_task_that_is_not_the_estimators_is_reported() -> None:
    assert problems("--task", "regression", "--estimator", "sklearn.svm.SVC") == [
        "hyperparameter task: got 'regression', but sklearn.svm.SVC does classification; leave out task"
    ]


def test_the_forest_classifier_takes_what_has_no_rule_of_its_own() -> None:
    settings, _, wrong = parse(["--max_leaf_nodes", "9", "--max_depth", "4", "--ccp_alpha", "0.5"])
    assert wrong == []
    made = estimators.fresh(settings.estimator, settings.parameters, 1, 1)
    assert isinstance(made, RandomForestClassifier)
    assert (made.max_leaf_nodes, made.max_depth, made.ccp_alpha) == (9, 4, 0.5)


def test_every_mistake_in_an_estimators_hyperparameters_is_reported_at_once() -> None:
    own = ["--estimator", "sklearn.ensemble.GradientBoostingRegressor"]
    wrong = problems(
        *own, "--learning_rat", "0.1", "--n_estimators", "-5", "--loss", "hubris", "--warm_start", "true", "--zz", "1"
    )
    assert wrong[0].startswith(
        "hyperparameter learning_rat: not known; did you mean learning_rate? known are accelerator, alpha, "
    )
    assert wrong[1:4] == [
        "hyperparameter n_estimators: got '-5', allowed: an int in the range [1, inf)",
        "hyperparameter loss: got 'hubris', allowed: a str among {'absolute_error', 'huber', 'quantile', "
        "'squared_error'}",
        "hyperparameter warm_start: is set by the training code itself; leave it out",
    ]
    assert wrong[4].startswith("hyperparameter zz: not known; known are accelerator, alpha, ")
    assert len(wrong) == 5


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden_layer_sizes", "[20, 10]", [20, 10]),
        ("hidden_layer_sizes", "(20, 10)", (20, 10)),
        ("alpha", "1e-3", 0.001),
        ("early_stopping", "true", True),
        ("activation", "tanh", "tanh"),
    ],
)
def test_values_are_read_as_what_they_look_like(name: str, text: str, value: object) -> None:
    settings, _, wrong = parse(["--estimator", "sklearn.neural_network.MLPClassifier", f"--{name}", text])
    assert (wrong, settings.estimator_parameters) == ([], {name: value})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--estimator", "sklearn.neighbors.KNeighborsClassifier", "--weight_column", "w"],
            "hyperparameter weight_column: sklearn.neighbors.KNeighborsClassifier takes no weights; "
            "leave it out, or choose another one",
        ),
        (["--weight_column", "target"], "hyperparameter weight_column: is the target column; choose another one"),
        (
            ["--estimator", "sklearn.linear_model.Ridge", "--missing_values", "keep"],
            "hyperparameter missing_values: sklearn.linear_model.Ridge takes none; "
            "fill them in, drop the rows, or choose another one",
        ),
        (
            ["--partial_fit_epochs", "3"],
            "hyperparameter partial_fit_epochs: sklearn.ensemble.RandomForestClassifier has no partial_fit; "
            "leave it out",
        ),
        (
            ["--header", "none"],
            "hyperparameter target_column: got 'target', allowed with header none: the column's position, "
            "1 for the first, -1 for the last",
        ),
        (["--header", "maybe"], "hyperparameter header: got 'maybe', allowed: true or none"),
        (
            ["--categorical_columns", "a,,b"],
            "hyperparameter categorical_columns: got 'a,,b', allowed: names of columns between commas, or auto, "
            "or none",
        ),
        (["--task", "ranking"], "hyperparameter task: got 'ranking', allowed: classification or regression"),
    ],
)
def test_hyperparameters_that_do_not_fit_are_reported(arguments: list[str], message: str) -> None:
    assert problems(*arguments) == [message]


def test_a_description_holds_what_was_used_and_nothing_else() -> None:
    forest = parse(["--max_depth", "3"])[0].described
    assert (forest["max_depth"], forest["criterion"]) == (3, "gini")
    ridge = parse(["--estimator", "sklearn.linear_model.Ridge", "--alpha", "2"])[0].described
    assert ridge["alpha"] == 2
    assert "max_depth" not in ridge


@pytest.mark.parametrize(
    ("name", "parameters", "why"),
    [
        ("sklearn.ensemble.RandomForestClassifier", {"oob_score": True}, ""),
        ("sklearn.ensemble.GradientBoostingClassifier", {}, ""),
        ("sklearn.ensemble.GradientBoostingClassifier", {"n_iter_no_change": 3}, "stops by itself (n_iter_no_change)"),
        ("sklearn.ensemble.BaggingRegressor", {"oob_score": True}, "cannot be grown step by step with oob_score"),
        ("sklearn.ensemble.AdaBoostClassifier", {}, "cannot be grown step by step"),
        ("sklearn.svm.SVC", {}, "cannot be grown step by step"),
        (
            "sklearn.linear_model.SGDClassifier",
            {},
            "grows only by passes over the rows, and partial_fit_epochs is not set",
        ),
    ],
)
def test_what_cannot_be_grown_says_why(name: str, parameters: dict[str, object], why: str) -> None:
    assert estimators.at_once(estimators.find(name), parameters) == why
