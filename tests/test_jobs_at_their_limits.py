"""Jobs that are full: what is accepted together, AWS takes together."""

from typing import Any

import pytest

from tests.aws_members import base_of
from tests.drawn_jobs import Values
from tests.test_aws_members import said_of

SECRET = {"arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-AbCdEf"}
OWN = {"directory": "own_code"}


def job(**changes: Any) -> Values:  # noqa: ANN401 - settings of any kind
    values = base_of("spot")
    values["training_jobs"]["churn"] |= {"source": OWN} | changes
    return values


def told(**changes: Any) -> list[str]:  # noqa: ANN401
    return [line.removeprefix("  scheduled-training:training_jobs.churn") for line in said_of(job(**changes))]


def channels(count: int, path: str = "in/") -> Values:
    return {f"c{number}": {"s3_path": path} for number in range(count)}


def variables(count: int) -> dict[str, str]:
    return {f"A{number}": "x" for number in range(count)}


def secrets(count: int) -> Values:
    return {f"S{number}": SECRET for number in range(count)}


def test_an_isolated_job_has_room_for_the_channel_of_its_script() -> None:
    assert told(channels=channels(19), network_isolation=True) == []
    assert told(channels=channels(20)) == []
    assert told(channels=channels(20), network_isolation=True) == [
        ": channels: got 20; allowed with network_isolation: 19, because the script comes by a channel of its own; "
        "take some together"
    ]


def test_variables_secrets_and_dated_channels_share_the_room_of_a_request() -> None:
    dated = channels(20, "dt={scheduled_date}/")
    assert told(environment=variables(38), secrets=secrets(20), channels=dated) == []
    assert told(environment=variables(39), secrets=secrets(20), channels=dated) == [
        ": environment: got 39 beside 20 secrets; allowed with 20 channels that have dates: 58 of both; remove one"
    ]


@pytest.mark.parametrize("length", [512, 513])
def test_a_directory_of_checkpoints_is_short_enough_for_the_variable_that_tells_it(length: int) -> None:
    path = "/" + "x" * (length - 1)

    lines = told(checkpoint={"s3_path": "checkpoints/", "local_path": path})

    assert lines == (
        []
        if length == 512
        else [
            f".checkpoint.local_path: got '{path[:116]}…; allowed: at most 512 characters, because the script is told "
            "it by a variable; choose a shorter one such as /opt/ml/checkpoints"
        ]
    )


@pytest.mark.parametrize("value", ["\ud800", ["\udfff"], {"\ud800": 1}])
def test_half_a_character_is_no_hyperparameter(value: object) -> None:
    (line,) = told(hyperparameters={"a": value})

    assert line.startswith(".hyperparameters.a: ")
    assert line.endswith("allowed: text of whole characters; half a surrogate pair is none, in no encoding")


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": {"A": "<aws.scheduler.time>"}},
        {"hyperparameters": {"A": ["<aws.scheduler.time>"]}},
        {"hyperparameters": {"<aws.scheduler.time>": 1}},
    ],
)
def test_a_context_attribute_that_the_scheduler_does_not_know_is_told_with_its_setting(changes: Values) -> None:
    (setting,) = changes
    (name,) = changes[setting]
    place = ".0" if isinstance(changes[setting][name], list) else ""

    assert told(**changes) == [
        f": {setting}.{name}{place}: names <aws.scheduler.time>, which EventBridge Scheduler does not replace; "
        "allowed: <aws.scheduler.schedule-arn>, <aws.scheduler.scheduled-time>, <aws.scheduler.execution-id>, "
        "<aws.scheduler.attempt-number>"
    ]


def test_a_value_is_short_enough_with_its_context_attributes_filled_in() -> None:
    attribute = "<aws.scheduler.execution-id>"
    assert told(environment={"A": attribute + "x" * 476}) == []
    assert told(environment={"A": attribute + "x" * 477}) == [
        ": environment.A: has 513 characters once EventBridge Scheduler has filled in its context attributes; allowed: "
        "512; shorten it"
    ]


def test_a_promotion_with_the_longest_names_fits_into_its_variable() -> None:
    names = {"ä" * 63 + str(number): 0.1234567890123456 for number in range(5)}

    assert told(promotion={"minimum_metrics": names}) == []


@pytest.mark.parametrize("digits", ["١٢٣٤٥٦٧٨٩٠١٢", "123456789012"])
def test_digits_of_other_scripts_are_none_in_an_arn(digits: str) -> None:
    lines = told(execution_role_arn=f"arn:aws:iam::{digits}:role/training")

    assert (lines == []) is digits.isascii()
