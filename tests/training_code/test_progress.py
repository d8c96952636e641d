from __future__ import annotations

import re

import pytest

from progress import METRIC_NAMES, metric_regex, say_metric


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
