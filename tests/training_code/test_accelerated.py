from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.tree import DecisionTreeClassifier

from data.dataset import Table
from failure import TrainingError
from growing import accelerated, forest
from options.hyperparameters import Hyperparameters
from tests.training_code.told import parse

pytest.importorskip("sklearnex", reason="scikit-learn-intelex is for Linux on x86-64")

TRAINING_CODE = Path(__file__).parents[2] / "training_code"
REGRESSION: dict[str, Any] = {"estimator": "sklearn.ensemble.RandomForestRegressor", "task": "regression"}
CHOSEN = Hyperparameters(n_estimators=10, max_depth=5, accelerator="intelex")


@pytest.fixture(autouse=True)
def _little_work_is_worth_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerated, "BATCH_WORK", 1)


@pytest.fixture(scope="module")
def table() -> Table:
    frame = load_breast_cancer(as_frame=True).frame
    words = numpy.array(["bad", "good"])[frame["target"].to_numpy()]
    return Table(frame.drop(columns="target").astype("float32"), words)


def same_trees(left: RandomForestClassifier, right: RandomForestClassifier) -> bool:
    states = [[tree.tree_.__getstate__() for tree in each.estimators_] for each in (left, right)]
    return len(states[0]) == len(states[1]) and all(
        numpy.array_equal(one[part], other[part])
        for one, other in zip(*states, strict=True)
        for part in ("nodes", "values")
    )


@pytest.mark.parametrize(
    ("trees", "rows", "size"),
    [(100, 1000, 100), (100, 500_000, 100), (100, 500_001, 50), (100, 10**8, 25), (30_000, 10**8, 6024), (3, 10**9, 1)],
    ids=["little work", "some seconds of it", "more", "very much", "more than oneDAL takes", "few trees"],
)
def test_little_work_is_one_batch_and_much_is_four(
    trees: int, rows: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accelerated, "BATCH_WORK", 50_000_000)
    assert accelerated.batch_size(trees, rows) == size


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_forest_that_was_interrupted_after_any_batch_is_the_uninterrupted_one(
    table: Table, killed_after: int
) -> None:
    saved: list[bytes] = []
    whole = forest.grow(CHOSEN, table, after_batch=lambda grown: saved.append(pickle.dumps(grown)))
    resumed = forest.grow(CHOSEN, table, pickle.loads(saved[killed_after - 1]))

    assert [len(pickle.loads(each).estimators_) for each in saved] == [3, 6, 9, 10]
    assert same_trees(resumed, whole)
    assert numpy.array_equal(resumed.predict_proba(table.features), whole.predict_proba(table.features))
    assert resumed.get_params() == whole.get_params()


def test_batches_and_seeds_differ_and_cores_do_not_matter(table: Table) -> None:
    grown = forest.grow(CHOSEN, table)
    nodes = {tree.tree_.__getstate__()["nodes"].tobytes() for tree in grown.estimators_}

    assert len(nodes) == 10
    assert same_trees(grown, forest.grow(Hyperparameters(**(vars(CHOSEN) | {"n_jobs": 1})), table))
    assert not same_trees(grown, forest.grow(Hyperparameters(**(vars(CHOSEN) | {"random_state": 1})), table))


@pytest.mark.parametrize("other", [{}, REGRESSION])
def test_the_forest_and_its_trees_have_what_plain_ones_have(table: Table, other: dict[str, Any]) -> None:
    numbers = Table(table.features, (table.target == "good").astype("float64")) if other else table
    ours = forest.grow(Hyperparameters(n_estimators=8, n_jobs=1, accelerator="intelex", **other), numbers)
    plain = forest.grow(Hyperparameters(n_estimators=8, n_jobs=1, **other), numbers)

    assert type(ours) is type(plain)
    assert vars(ours).keys() == vars(plain).keys()
    assert {type(value) for value in vars(ours).values()} == {type(value) for value in vars(plain).values()}
    tree, other_tree = ours.estimators_[0], plain.estimators_[0]
    assert type(tree) is type(other_tree)
    assert vars(tree).keys() == vars(other_tree).keys()
    same = vars(tree).keys() - {"tree_", "random_state"}
    assert {name: str(getattr(tree, name)) for name in same} == {name: str(getattr(other_tree, name)) for name in same}
    assert ours.score(numbers.features, numbers.target) > 0.95
    assert ours.feature_importances_.sum() == pytest.approx(1)


def test_it_is_as_good_as_plain_on_rows_it_has_not_seen(table: Table) -> None:
    training, unseen = table.take(numpy.arange(0, 569, 2)), table.take(numpy.arange(1, 569, 2))
    ours, plain = (
        forest.grow(Hyperparameters(n_estimators=100, max_depth=5, n_jobs=1, accelerator=each), training)
        for each in ("intelex", None)
    )

    scores = [each.score(unseen.features, unseen.target) for each in (ours, plain)]
    assert abs(scores[0] - scores[1]) < 0.02
    assert isinstance(ours.estimators_[0], DecisionTreeClassifier)


WITHOUT = """
import pickle, sys
for name in ("sklearnex", "daal4py", "onedal"):
    sys.modules[name] = None
model = pickle.load(open(sys.argv[1], "rb"))
features, expected = pickle.load(open(sys.argv[2], "rb"))
assert (model.predict(features) == expected).all()
print("same")
"""


def test_its_probabilities_are_shares_and_not_votes() -> None:
    """Converted trees come with 0 and 1 in their leaves: the right class, and every probability wrong."""
    generator = numpy.random.default_rng(0)
    features = pandas.DataFrame(generator.normal(size=(4000, 4)).astype("float32"), columns=list("abcd"))
    target = (features["a"] + 2 * generator.normal(size=4000) > 0).astype(int).to_numpy()
    learned, judged = (Table(features[part], target[part]) for part in (slice(3000), slice(3000, None)))
    settings = {"n_estimators": 20, "max_depth": 3}
    losses = [
        log_loss(
            judged.target, forest.grow(Hyperparameters(**settings, **more), learned).predict_proba(judged.features)
        )
        for more in ({}, {"accelerator": "intelex"})
    ]

    assert losses[1] == pytest.approx(losses[0], abs=0.01)


@pytest.mark.slow
def test_the_model_loads_and_predicts_where_the_accelerator_cannot_be_imported(table: Table, tmp_path: Path) -> None:
    model = forest.grow(CHOSEN, table)
    (tmp_path / "model").write_bytes(pickle.dumps(model))
    (tmp_path / "rows").write_bytes(pickle.dumps((table.features, model.predict(table.features))))

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path / "model"), str(tmp_path / "rows")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "same\n"), done.stderr
    assert not [word for word in (b"sklearnex", b"daal", b"onedal") if word in (tmp_path / "model").read_bytes()]


@pytest.mark.slow
def test_it_is_not_imported_when_it_is_off() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import numpy, pandas; from options.hyperparameters import Hyperparameters; "
        "from data.tables import Table; from growing import forest\n"
        "rows = Table(pandas.DataFrame({'a': numpy.arange(9.0)}), numpy.arange(9) % 2)\n"
        "forest.grow(Hyperparameters(n_estimators=2), rows)\n"
        "print([name for name in sys.modules if name.startswith(('sklearnex', 'daal', 'onedal'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(TRAINING_CODE)], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"criterion": "entropy"}, "it does not know the criterion entropy"),
        ({"class_weight": "balanced"}, "it is not used with class_weight"),
        ({"estimator_parameters": {"oob_score": True}}, "it is not used with oob_score"),
        ({"estimator_parameters": {"ccp_alpha": 0.01}}, "it is not used with ccp_alpha"),
        ({"estimator_parameters": {"max_samples": 0.5}}, "it is not used with max_samples"),
        ({"estimator_parameters": {"monotonic_cst": [0] * 30}}, "it is not used with monotonic_cst"),
    ],
)
def test_what_it_does_not_support_is_grown_by_plain_scikit_learn_and_said(
    table: Table, change: dict[str, Any], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"n_estimators": 40, "n_jobs": 1, **change}
    grown = forest.grow(Hyperparameters(accelerator="intelex", **settings), table)
    said = capsys.readouterr().out.splitlines()

    assert said[0] == f"accelerator: going on with plain scikit-learn instead of intelex: {why}"
    assert same_trees(grown, forest.grow(Hyperparameters(**settings), table))


def test_rows_it_does_not_take_are_known_beforehand(table: Table) -> None:
    holes = table.features.copy()
    holes.iloc[0, 0] = numpy.nan

    assert accelerated.unsupported(CHOSEN, table) == ""
    assert accelerated.unsupported(CHOSEN, Table(holes, table.target)) == "it takes no missing values"
    weighted = Table(table.features, table.target, numpy.ones(569))
    assert accelerated.unsupported(CHOSEN, weighted) == "it is not used with a weight_column"
    alike = Table(table.features, numpy.zeros(569))
    assert accelerated.unsupported(CHOSEN, alike) == "it needs two classes"


def test_without_the_package_the_message_says_what_to_install(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearnex", None)

    with pytest.raises(TrainingError, match=r"install training_code/requirements-accelerator\.txt"):
        forest.grow(CHOSEN, table)


def test_another_estimator_is_refused_with_the_accelerator() -> None:
    _, _, problems = parse(["--accelerator", "intelex", "--estimator", "sklearn.ensemble.ExtraTreesClassifier"])

    assert problems == [
        "hyperparameter accelerator: got intelex, allowed only with sklearn.ensemble.RandomForestClassifier and "
        "sklearn.ensemble.RandomForestRegressor; leave it out, or choose one of these"
    ]
