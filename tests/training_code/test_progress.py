from __future__ import annotations

import re

import pytest

from components.script_mode import DEFAULT_METRIC_DEFINITIONS
from progress import METRIC_NAMES, REGRESSION_METRIC_NAMES, metric_regex, say_metric


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5, 1e-9, 12.25, 100])
@pytest.mark.parametrize("name", METRIC_NAMES)
def test_the_regex_of_a_metric_finds_its_number(name: str, value: float, capsys: pytest.CaptureFixture[str]) -> None:
    say_metric(name, value)
    found = re.findall(metric_regex(name), capsys.readouterr().out)
    assert [float(each) for each in found] == [pytest.approx(value, abs=5e-7)]


def test_a_metric_nobody_declared_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'validation:acuracy' is not one of the metrics of a run: training:trees, validation:accuracy"
    ):
        say_metric("validation:acuracy", 1.0)


@pytest.mark.parametrize("value", [0.0, 3e-9, 0.125, 1.5, 98765.4321, 7e14])
@pytest.mark.parametrize("name", ["validation:rmse", "validation:mae"])
def test_an_error_of_any_size_keeps_the_digits_that_count(
    name: str, value: float, capsys: pytest.CaptureFixture[str]
) -> None:
    say_metric(name, value)
    found = re.findall(metric_regex(name), capsys.readouterr().out)
    assert [float(each) for each in found] == [pytest.approx(value, rel=1e-6)]


@pytest.mark.parametrize("value", [-2.5, 0.0, 0.75, 1.0])
def test_a_model_worse_than_the_mean_has_a_sign(value: float, capsys: pytest.CaptureFixture[str]) -> None:
    say_metric("validation:r2", value)
    assert re.findall(metric_regex("validation:r2"), capsys.readouterr().out) == [f"{value:.6f}"]


def test_sagemaker_looks_for_every_metric_of_both_tasks() -> None:
    names = {*METRIC_NAMES, *REGRESSION_METRIC_NAMES}
    assert {name: metric_regex(name) for name in names} == DEFAULT_METRIC_DEFINITIONS
