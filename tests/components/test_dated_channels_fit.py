"""Channels with dates against the other settings of a job."""

from typing import Any

import pytest

from components.fields_fit import misfits
from components.reserved_names import RESERVED_ENVIRONMENT
from components.script_mode import ENVIRONMENT_MAX_COUNT
from components.secrets_spec import Secret
from components.training_image_spec import TrainingImage
from settings import TrainingJobSettings
from tests.components.test_dated_channels import DATED, channel

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0"
SECRET = {"arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-AbCdEf"}


def job(staging: TrainingJobSettings, **values: Any) -> TrainingJobSettings:  # noqa: ANN401 - of many types
    source = staging.source.model_copy(update={"directory": "mine"})
    return staging.model_copy(update={"source": source, "channels": {"training": channel(**DATED)}, **values})


def started(**start: list[str]) -> TrainingImage:
    return TrainingImage.model_validate({"uri": IMAGE, **start})


def test_an_image_that_starts_as_usual_fetches_them(staging: TrainingJobSettings) -> None:
    assert list(misfits(job(staging, training_image=started()))) == []


@pytest.mark.parametrize("setting", ["entrypoint", "arguments"])
def test_a_start_that_passes_over_what_fetches_them_is_refused(staging: TrainingJobSettings, setting: str) -> None:
    assert list(misfits(job(staging, training_image=started(**{setting: ["python3"]})))) == [
        f"channels.training: got dates to fill in; allowed with training_image.{setting}: none but {{scheduled_time}} "
        "alone, because what fetches such data is started by the training toolkit; remove "
        f"training_image.{setting}, or name a location without a date"
    ]


def test_a_whole_time_goes_with_any_start(staging: TrainingJobSettings) -> None:
    whole = {"training": channel(s3_path="datasets/{scheduled_time}/")}

    assert list(misfits(job(staging, training_image=started(entrypoint=["python3"]), channels=whole))) == []


def test_secrets_are_variables_beside_those_of_the_dates(staging: TrainingJobSettings) -> None:
    def told(variables: int, secrets: int) -> list[str]:
        named = {f"S{number}_ARN": Secret.model_validate(SECRET) for number in range(secrets)}
        environment = {f"V{number}": "x" for number in range(variables)}
        return list(misfits(job(staging, secrets=named, environment=environment)))

    room = ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT) - 1

    assert told(room, 0) == told(room - 1, 1) == []
    assert told(room, 1) == [
        f"environment: got {room} beside 1 secret; allowed with 1 channel that has dates: {room} of both; remove one"
    ]
