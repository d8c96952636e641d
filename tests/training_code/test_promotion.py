from __future__ import annotations

import pytest

import promotion
from promotion import Champion, Decision, Gate, decide

METRICS = {"validation:accuracy": 0.9, "validation:f1": 0.8, "validation:log_loss": 0.3}


def test_without_a_champion_the_minimums_decide() -> None:
    assert decide(Gate({"validation:f1": 0.8}), METRICS, None, Champion()) == Decision(
        True, "it reaches the minimums, and there was no champion"
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
    problems: list[str] = []
    environ = {"PROMOTION_MINIMUM_METRICS": '{"validation:f1": 0.5}', "PROMOTION_MARGIN": "0.01"}
    assert promotion.read(environ, problems) == Gate({"validation:f1": 0.5}, 0.01)
    assert promotion.read({}, problems) == Gate()
    assert problems == []
    promotion.read({"PROMOTION_MINIMUM_METRICS": "[1]", "PROMOTION_MARGIN": "-1"}, problems)
    assert problems == [
        "environment variable PROMOTION_MINIMUM_METRICS: got '[1]', allowed: a JSON object of numbers",
        "environment variable PROMOTION_MARGIN: got '-1', allowed: a number of 0 or more",
    ]
