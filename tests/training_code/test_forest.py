from __future__ import annotations

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from data.dataset import Table
from failure import TrainingError
from growing import forest
from options.hyperparameters import Hyperparameters


@pytest.fixture(scope="module")
def table() -> Table:
    frame = load_breast_cancer(as_frame=True).frame.iloc[:120]
    return Table(frame.drop(columns="target").astype("float32"), frame["target"].to_numpy())


def same_trees(left: RandomForestClassifier, right: RandomForestClassifier) -> bool:
    """Whether two forests agree in every node of every tree."""
    assert len(left.estimators_) == len(right.estimators_)
    for one, other in zip(left.estimators_, right.estimators_, strict=True):
        first, second = one.tree_.__getstate__(), other.tree_.__getstate__()
        if not (
            numpy.array_equal(first["nodes"], second["nodes"]) and numpy.array_equal(first["values"], second["values"])
        ):
            return False
    return True


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    trees=st.integers(1, 25),
    seed=st.integers(0, 2**32 - 1),
    depth=st.one_of(st.none(), st.integers(1, 6)),
    weight=st.sampled_from([None, "balanced", "balanced_subsample"]),
    bootstrap=st.booleans(),
)
@pytest.mark.slow
def test_a_forest_grown_in_batches_is_the_one_grown_at_once(
    table: Table, *, trees: int, seed: int, depth: int | None, weight: str | None, bootstrap: bool
) -> None:
    chosen = Hyperparameters(
        n_estimators=trees, random_state=seed, max_depth=depth, class_weight=weight, bootstrap=bootstrap, n_jobs=1
    )
    at_once = forest.estimator(chosen).fit(table.features, table.target)
    assert same_trees(forest.grow(chosen, table), at_once)


def test_other_seeds_grow_other_trees(table: Table) -> None:
    assert not same_trees(
        forest.grow(Hyperparameters(n_estimators=3, random_state=1), table),
        forest.grow(Hyperparameters(n_estimators=3, random_state=2), table),
    )


def test_the_first_batch_is_a_tree_for_each_core() -> None:
    assert forest.batch_size(5.0, grown=0, elapsed=0.0, cores=4) == 4


@pytest.mark.parametrize(
    ("seconds", "size"),
    [(5.0, 100), (0.21, 4), (0.39, 4), (0.4, 8), (0.0, 4)],
    ids=["as many as grow in that time", "a multiple of the cores", "never more", "twice the cores", "never none"],
)
def test_a_batch_is_what_grows_in_the_time_between_checkpoints(seconds: float, size: int) -> None:
    assert forest.batch_size(seconds, grown=20, elapsed=1.0, cores=4) == size


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [(0.0, 5.0), (100.0, 5.0), (200.0, 10.0), (6000.0, 300.0), (360_000.0, 300.0)],
)
def test_checkpoints_get_rarer_in_a_long_run_but_for_a_limit(elapsed: float, seconds: float) -> None:
    assert forest.seconds_of_batch(5.0, elapsed) == seconds


def test_who_wants_them_as_often_as_can_be_gets_them_so_however_long_it_takes() -> None:
    assert forest.seconds_of_batch(0.0, 360_000.0) == 0.0


def test_who_wants_them_rarer_than_the_limit_gets_them_so() -> None:
    assert forest.seconds_of_batch(3600.0, 360_000.0) == 3600.0


def test_the_caller_sees_the_forest_after_every_batch(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []
    chosen = Hyperparameters(n_estimators=25, n_jobs=3, checkpoint_seconds=0)
    forest.grow(chosen, table, None, lambda each: seen.append(len(each.estimators_)))
    assert seen == [3, 6, 9, 12, 15, 18, 21, 24, 25]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert lines[0].startswith("growing: 3 of 25 trees, 0.")


def test_a_quick_run_has_a_batch_to_learn_the_pace_and_one_more(table: Table) -> None:
    seen: list[int] = []
    chosen = Hyperparameters(n_estimators=25, n_jobs=1, checkpoint_seconds=60)
    forest.grow(chosen, table, None, lambda each: seen.append(len(each.estimators_)))
    assert seen == [1, 25]


def test_a_grown_forest_is_not_grown_again(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = Hyperparameters(n_estimators=5)
    grown = forest.grow(chosen, table)
    capsys.readouterr()
    assert same_trees(forest.grow(chosen, table, grown), grown)
    assert capsys.readouterr().out == ""


def test_the_result_predicts_on_one_core_and_is_no_warm_start(table: Table) -> None:
    grown = forest.grow(Hyperparameters(n_estimators=5), table)
    assert (grown.n_jobs, grown.warm_start, grown.n_estimators) == (1, False, 5)
    assert list(grown.feature_names_in_) == list(table.features.columns)


def test_more_features_for_a_split_than_there_are_is_reported(table: Table) -> None:
    with pytest.raises(TrainingError) as caught:
        forest.grow(Hyperparameters(max_features=31), table)
    assert str(caught.value) == (
        "hyperparameter max_features: got 31, but the data has 30 features; choose at most 30, or sqrt"
    )
