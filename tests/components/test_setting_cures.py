"""The line that cures a value of another kind: as it has to be written, and nothing where that is not known."""

import pytest

from components.job_settings import NAME
from components.setting_cures import cure_of, name_like
from tests.stack_values import changed, problems


@pytest.mark.parametrize(
    ("kind", "value", "setting", "cure"),
    [
        ("int_type", "30", "volume_size_in_gb", "write 30, without quotes"),
        ("int_type", "30GB", "volume_size_in_gb", "write 30, which is 30GB"),
        ("int_type", "30 GiB", "volume_size_in_gb", "write 30, which is 30 GiB"),
        ("int_type", "1TB", "volume_size_in_gb", ""),
        ("int_type", "2h", "max_runtime_in_seconds", "write 7200, which is 2h"),
        ("int_type", "1.5 hours", "max_runtime_in_seconds", "write 5400, which is 1.5 hours"),
        ("int_type", "10m", "keep_alive_in_seconds", "write 600, which is 10m"),
        ("int_type", "1 day", "max_wait_time_in_seconds", "write 86400, which is 1 day"),
        ("int_type", "15 minutes", "flexible_time_window_in_minutes", "write 15, which is 15 minutes"),
        ("int_type", "90s", "flexible_time_window_in_minutes", ""),
        ("int_type", "two", "instance_count", ""),
        ("int_type", "2h", "instance_count", ""),
        ("int_type", "010", "instance_count", "write 10, without quotes"),
        ("int_type", "1.5", "instance_count", ""),
        ("int_type", "500ms", "max_runtime_in_seconds", ""),
        ("int_type", "2 hrs", "max_runtime_in_seconds", "write 7200, which is 2 hrs"),
        ("int_type", "90 secs", "max_runtime_in_seconds", "write 90, which is 90 secs"),
        ("int_type", "5 mins", "max_runtime_in_seconds", "write 300, which is 5 mins"),
        ("float_type", "0.9", "validation:accuracy", "write 0.9, without quotes"),
        ("float_type", "90%", "validation:accuracy", ""),
        ("bool_type", "true", "enabled", "write true, without quotes"),
        ("bool_type", "Yes", "enabled", "write true"),
        ("bool_type", "off", "enabled", "write false"),
        ("bool_type", "perhaps", "enabled", ""),
        ("bool_type", 1, "enabled", ""),
        ("dict_type", [{"training": {}}], "channels", "write it without '-' before the names"),
        ("dict_type", ["training"], "channels", ""),
        ("dict_type", None, "hyperparameters", "write it below, further to the right"),
        ("tuple_type", "subnet-1", "subnets", "write it in a line of its own below, with '- ' before it"),
        ("string_type", 5, "content_type", ""),
    ],
)
def test_a_value_of_another_kind_is_told_as_it_has_to_be_written(
    kind: str, value: object, setting: str, cure: str
) -> None:
    assert cure_of(kind, value, setting) == cure


@pytest.mark.parametrize(
    ("value", "cure"),
    [("models/", "write it below, further to the right, as s3_path: models/"), ("\rmodels/", ""), ("a\nb: c", "")],
)
def test_a_value_is_told_where_it_belongs_if_it_can_be_shown_in_a_line(value: str, cure: str) -> None:
    assert cure_of("model_type", value, "checkpoint", ("s3_path",)) == cure


@pytest.mark.parametrize(
    ("setting", "value", "cure"),
    [
        ("schedule", "cron(0 3 * * ? *)", "write it below, further to the right, as expression: cron(0 3 * * ? *)"),
        ("output", "models/", "write it below, further to the right, as s3_path: models/"),
        ("source", "mine", "write it below, further to the right, as directory: mine"),
    ],
)
def test_a_value_in_the_place_of_its_mapping_is_told_the_setting_that_it_was_meant_for(
    setting: str, value: str, cure: str
) -> None:
    (line,) = problems(changed(f"training_jobs/breast-cancer/{setting}", value))

    assert line.endswith(f"; {cure}")


def test_a_cure_shows_no_more_of_a_value_than_the_message_does() -> None:
    (line,) = problems(changed("training_jobs/breast-cancer/output", "s3://me:secret@bucket/models/"))

    assert "secret" not in line
    assert "write it below" not in line


@pytest.mark.parametrize(
    ("text", "name"),
    [("churn_daily", "churn-daily"), ("Churn  Daily!", "churn-daily"), ("7-day-churn", "day-churn"), ("_", "")],
)
def test_a_name_that_is_none_is_told_one_that_is_like_it(text: str, name: str) -> None:
    import re

    assert name_like(text) == name
    assert not name or re.fullmatch(NAME, name)


def test_a_setting_in_another_place_is_told_its_place() -> None:
    (line,) = problems(changed("training_jobs/breast-cancer/volume_size_in_gb", 30))

    assert line.startswith(
        "training_jobs.breast-cancer.volume_size_in_gb: unknown setting; did you mean resources.volume_size_in_gb? "
        "write it below that; allowed: accelerator, "
    )


def test_a_job_beside_the_jobs_is_told_its_place() -> None:
    job = {"schedule": {"expression": "rate(1 day)"}, "output": {"s3_path": "models/"}}
    (line,) = problems(changed("churn", job))

    assert line == (
        "churn: unknown setting; did you mean training_jobs.churn? write it below training_jobs, further to the right; "
        "allowed: bucket, data_buckets, defaults, tags, training_jobs"
    )


def test_an_unknown_setting_that_is_no_job_is_told_nothing_of_the_kind() -> None:
    (line,) = problems(changed("colours", {"red": 1}))

    assert "did you mean" not in line
