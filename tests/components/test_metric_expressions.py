"""Expressions that find a metric's number: those that people bring, of Hugging Face's examples and of Java."""

import re
import warnings

import pytest
from pydantic import TypeAdapter, ValidationError

from components.metric_expressions import metric_expression
from components.script_mode import MetricDefinitions

DEFINITIONS = TypeAdapter(MetricDefinitions)


@pytest.mark.parametrize(
    ("expression", "line", "number"),
    [
        (r"loss=([0-9.]+)", "loss=0.5", "0.5"),
        (r"'loss': ([0-9]+(.|e\-)[0-9]+),?", "{'loss': 0.25, 'epoch': 1}", "0.25"),
        (r"rmse:([-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?)", "rmse:1.5e-3", "1.5e-3"),
        (r"loss=(?<loss>[0-9.]+)", "loss=0.5", "0.5"),
        (r"loss=(?P<loss>[0-9.]+)", "loss=0.5", "0.5"),
        (r"\(?<loss>=([0-9.]+)", "<loss>=0.5", "0.5"),
        (r"(?<=loss=)([0-9.]+)", "loss=0.5", "0.5"),
        (r"(?<!-)loss=([0-9]++)", "loss=12", "12"),
        (r"[[:alpha:]]+=(.)", "a:]=5", "5"),
    ],
)
def test_the_first_group_is_the_number(expression: str, line: str, number: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = metric_expression(expression).search(line)

        assert DEFINITIONS.validate_python({"loss": expression}) == {"loss": expression}
    assert found is not None
    assert found[1] == number


@pytest.mark.parametrize("expression", [r"loss=(", r"\p{Alpha}=(.)", r"\Qa.b\E=(.)", r"x(?i)=(.)"])
def test_what_python_cannot_read_is_refused_with_the_reason(expression: str) -> None:
    with pytest.raises(ValidationError, match="is not a regular expression, as Python reads them for a rehearsal: "):
        DEFINITIONS.validate_python({"loss": expression})
    with pytest.raises(re.error):
        metric_expression(expression)


def test_one_without_a_group_is_refused() -> None:
    with pytest.raises(ValidationError, match="with a group for the number, the first if there are several; this one"):
        DEFINITIONS.validate_python({"loss": "loss=[0-9]"})
