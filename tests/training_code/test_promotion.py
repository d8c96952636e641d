from __future__ import annotations

import pytest

from failure import Fault
from scheduled_job import promotion
from scheduled_job.promotion import Champion, Decision, Gate, decide

METRICS = {"validation:accuracy": 0.9, "validation:f1": 0.8, "validation:log_loss": 0.3}


def test_without_a_champion_the_minimums_decide() -> None:
    assert decide(Gate({"validation:f1": 0.8}), METRICS, None, Champion()) == Decision(
        True, "it keeps all limits, and there was no champion"
    )
    assert decide(Gate({"validation:f1": 0.81}), METRICS, None, Champion()) == Decision(
        False, "validation:f1 is 0.800000, less than the minimum of 0.81"
    )
    assert decide(Gate({"validation:r2": 0.5}), METRICS, None, Champion()) == Decision(
        False, "validation:r2 has a minimum of 0.5, but the evaluation has no such metric"
    )
    assert not decide(Gate({"validation:f1": 0.5}), {"validation:f1": float("nan")}, None, Champion()).promoted


@pytest.mark.parametrize(("champions", "margin", "promoted"), [(0.9, 0, True), (0.91, 0, False), (0.91, 0.02, True)])
def test_a_champion_is_compared_with_on_the_same_rows(champions: float, margin: float, promoted: bool) -> None:
    decision = decide(Gate(margin=margin), METRICS, "3", Champion("3", {"validation:accuracy": champions}))
    assert decision.promoted is promoted
    assert "champion version 3" in decision.why
    assert f"{champions:.6f}" in decision.why


def test_the_metrics_with_a_minimum_are_the_ones_compared() -> None:
    gate, champion = Gate({"validation:f1": 0.1}), {"validation:accuracy": 1.0, "validation:f1": 0.7}
    assert decide(gate, METRICS, "3", Champion("3", champion)).promoted
    assert not decide(gate, METRICS, "3", Champion("3", champion | {"validation:f1": 0.85})).promoted


REGRESSION = {"validation:rmse": 2.0, "validation:mae": 1.5, "validation:r2": 0.8, "training:trees": 5}


def test_a_maximum_is_kept_from_below() -> None:
    assert decide(Gate(maximum_metrics={"validation:rmse": 2}), REGRESSION, None, Champion()).promoted
    assert decide(Gate(maximum_metrics={"validation:rmse": 1.9}), REGRESSION, None, Champion()) == Decision(
        False, "validation:rmse is 2.000000, more than the maximum of 1.9"
    )
    assert decide(Gate(maximum_metrics={"validation:log_loss": 1}), REGRESSION, None, Champion()) == Decision(
        False, "validation:log_loss has a maximum of 1, but the evaluation has no such metric"
    )
    nothing = {"validation:rmse": float("nan")}
    assert not decide(Gate(maximum_metrics={"validation:rmse": 2}), nothing, None, Champion()).promoted


@pytest.mark.parametrize(("champions", "margin", "promoted"), [(2.0, 0, True), (1.9, 0, False), (1.9, 0.2, True)])
@pytest.mark.parametrize("name", ["validation:rmse", "validation:log_loss"])
def test_of_a_metric_with_a_maximum_less_is_better(name: str, champions: float, margin: float, promoted: bool) -> None:
    gate = Gate(maximum_metrics={name: 9}, margin=margin)
    decision = decide(gate, {name: 2.0}, "3", Champion("3", {name: champions}))
    assert decision.promoted is promoted
    assert f"{champions:.6f}" in decision.why


@pytest.mark.parametrize(("champions", "promoted"), [(0.8, True), (0.81, False)])
def test_regressions_are_compared_by_r2_where_nothing_else_is_said(champions: float, promoted: bool) -> None:
    judged = {"validation:rmse": 1.0, "validation:mae": 1.0, "validation:r2": champions}
    decision = decide(Gate(), REGRESSION, "3", Champion("3", judged))
    assert decision.promoted is promoted
    assert "validation:r2" in decision.why
    assert "validation:rmse" not in decision.why


def test_a_champion_of_the_other_task_stays() -> None:
    assert decide(Gate(), METRICS, "3", Champion("3", REGRESSION)) == Decision(
        False, "champion version 3 has no validation:accuracy to compare with"
    )
    assert decide(Gate(), REGRESSION, "3", Champion("3", METRICS)) == Decision(
        False, "champion version 3 has no validation:r2 to compare with"
    )
    assert decide(Gate(), {"mine": 1.0}, "3", Champion("3", {"mine": 1.0})) == Decision(
        False, "the evaluation has no validation:accuracy to compare champion version 3 by"
    )


def test_a_champion_of_which_nothing_is_known_stays() -> None:
    assert decide(Gate(), METRICS, "4", Champion("3", METRICS)) == Decision(
        False, "champion version 4 was not evaluated on this version's held-out rows"
    )
    assert decide(Gate(), METRICS, "3", Champion("3", problem="other columns")) == Decision(
        False, "champion version 3 cannot be evaluated on the held-out rows: other columns"
    )
    assert decide(Gate(), METRICS, "3", Champion("3", {})) == Decision(
        False, "champion version 3 has no validation:accuracy to compare with"
    )


def test_the_gate_is_read_from_the_environment() -> None:
    problems: list[Fault] = []
    environ = {
        "PROMOTION_MINIMUM_METRICS": '{"validation:f1": 0.5}',
        "PROMOTION_MAXIMUM_METRICS": '{"validation:log_loss": 1}',
        "PROMOTION_MARGIN": "0.01",
    }
    assert promotion.read(environ, problems) == Gate({"validation:f1": 0.5}, {"validation:log_loss": 1.0}, 0.01)
    assert promotion.read({}, problems) == Gate()
    assert problems == []
    wrong = {"PROMOTION_MINIMUM_METRICS": "[1]", "PROMOTION_MAXIMUM_METRICS": "{", "PROMOTION_MARGIN": "-1"}
    assert promotion.read(wrong, problems) == Gate()
    assert [str(fault) for fault in problems] == [
        "environment variable PROMOTION_MINIMUM_METRICS: got '[1]', allowed: a JSON object of numbers",
        "environment variable PROMOTION_MAXIMUM_METRICS: got '{', allowed: a JSON object of numbers",
        "environment variable PROMOTION_MARGIN: got '-1', allowed: a number of 0 or more",
    ]
