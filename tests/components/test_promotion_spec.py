import pytest
from pydantic import ValidationError

from components.promotion_spec import PromotionSpec


def test_without_settings_nothing_is_asked_for() -> None:
    assert PromotionSpec() == PromotionSpec(minimum_metrics={}, margin=0.0)


def test_minimums_and_margin_are_numbers() -> None:
    spec = PromotionSpec.model_validate(
        {"minimum_metrics": {"validation:accuracy": 0.9, "validation:f1": 1}, "margin": 0}
    )
    assert spec.minimum_metrics == {"validation:accuracy": 0.9, "validation:f1": 1.0}


@pytest.mark.parametrize("name", ["validation:log_loss", "validation:mean_squared_error"])
def test_a_metric_of_which_less_is_better_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PromotionSpec(minimum_metrics={name: 0.5})
    (problem,) = caught.value.errors()
    assert problem["msg"] == (f"Value error, allowed: metrics of which more is better; less is better of {name}")


@pytest.mark.parametrize("values", [{"margin": -0.1}, {"margin": float("nan")}, {"margin": "0.1"}])
def test_a_margin_is_a_number_of_zero_or_more(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PromotionSpec.model_validate(values)
