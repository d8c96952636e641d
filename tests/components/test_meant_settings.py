"""Which setting an unknown one may be: as few as can be, so that one slip of the finger hides little."""

import pytest

from components.job_settings import TrainingJobSettings
from components.meant_settings import may_be_meant, parts_with


@pytest.mark.parametrize(
    ("unknown", "value", "setting", "may_be"),
    [
        ("chekpoint", {"s3_path": "c/"}, "checkpoint", True),
        ("chekpoint", {"s3_path": "c/"}, "source", False),
        ("instance_type", "ml.m5.large", "resources", True),
        ("instance_type", "ml.m5.large", "source", False),
        ("entry_point", "fit.py", "source", True),
        ("code", "mine/", "source", True),
        ("code", {"entry_pont": "fit.py"}, "source", True),
        ("code", {"colour": "red"}, "source", False),
        ("code", {"colour": "red"}, "environment", True),
        ("code", {"colour": "red"}, "accelerator", False),
        ("code", 5, "source", False),
        ("code", 5, "metrics_time_series", True),
        ("code", ["a"], "data_kms_key_arns", True),
        ("code", ["a"], "environment", False),
        ("code", None, "source", True),
    ],
)
def test_an_unknown_setting_may_be_one_of_its_name_or_place_or_else_of_its_kind(
    unknown: str, value: object, setting: str, may_be: bool
) -> None:
    assert may_be_meant(unknown, setting, TrainingJobSettings, {unknown: value}) is may_be


def test_a_name_that_is_almost_one_that_is_there_may_be_any() -> None:
    given = {"chekpoint": {"directory": "a"}, "checkpoint": {"s3_path": "c/"}}

    assert may_be_meant("chekpoint", "source", TrainingJobSettings, given)


def test_a_setting_is_found_in_the_parts_that_have_it() -> None:
    assert parts_with("volume_size_in_gb", TrainingJobSettings) == ["resources"]
    assert {"output", "checkpoint", "source"} <= set(parts_with("s3_path", TrainingJobSettings))
    assert parts_with("colour", TrainingJobSettings) == []
