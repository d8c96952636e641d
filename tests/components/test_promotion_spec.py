import pytest
from pydantic import ValidationError

from components.promotion_spec import PromotionSpec


def test_without_settings_nothing_is_asked_for() -> None:
    assert PromotionSpec() == PromotionSpec(minimum_metrics={}, maximum_metrics={}, margin=0.0)


def test_minimums_and_margin_are_numbers() -> None:
    spec = PromotionSpec.model_validate(
        {"minimum_metrics": {"validation:accuracy": 0.9, "validation:f1": 1}, "margin": 0}
    )
    assert spec.minimum_metrics == {"validation:accuracy": 0.9, "validation:f1": 1.0}


@pytest.mark.parametrize(
    "name",
    ["validation:log_loss", "validation:mean_squared_error", "validation:rmse", "validation:mae", "mse", "test_mape"],
)
def test_a_metric_of_which_less_is_better_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PromotionSpec(minimum_metrics={name: 0.5})
    (problem,) = caught.value.errors()
    assert problem["msg"] == (
        f"Value error, allowed: metrics of which more is better; less is better of {name}, which goes into "
        "maximum_metrics"
    )
    assert PromotionSpec(maximum_metrics={name: 0.5}).maximum_metrics == {name: 0.5}


@pytest.mark.parametrize(
    "name",
    ["validation:accuracy", "validation:balanced_accuracy", "validation:f1", "validation:roc_auc", "validation:r2"],
)
def test_a_metric_of_which_more_is_better_is_no_maximum(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PromotionSpec(maximum_metrics={name: 0.5})
    (problem,) = caught.value.errors()
    assert problem["msg"] == (
        f"Value error, allowed: metrics of which less is better; more is better of {name}, which goes into "
        "minimum_metrics"
    )
    assert PromotionSpec(minimum_metrics={name: 0.5}).minimum_metrics == {name: 0.5}


@pytest.mark.parametrize("field", ["minimum_metrics", "maximum_metrics"])
def test_a_metric_that_is_not_known_may_be_of_either_kind(field: str) -> None:
    assert getattr(PromotionSpec.model_validate({field: {"validation:image_score": 3}}), field) == {
        "validation:image_score": 3.0
    }
    with pytest.raises(ValidationError):
        PromotionSpec.model_validate({field: {"validation:image_score": float("inf")}})


@pytest.mark.parametrize("values", [{"margin": -0.1}, {"margin": float("nan")}, {"margin": "0.1"}])
def test_a_margin_is_a_number_of_zero_or_more(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PromotionSpec.model_validate(values)
