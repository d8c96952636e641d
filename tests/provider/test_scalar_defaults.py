"""What an SDK fills in of the schema's defaults is as if nobody had written it."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import pytest

from components.job_args import JobSettingsError, ScheduledTrainingJobArgs
from components.model_fields import models_in
from provider.plain_inputs import plain_settings
from provider.scalar_defaults import is_default, scalar_default
from tests.provider.test_schema import RESOURCE, SCHEMA

INPUTS: Final = RESOURCE["inputProperties"]
GROUP: Final = {"name": "small", "instanceType": "ml.m5.large"}
DEFAULTS: Final = [
    pytest.param(field, id=f"{model.__name__}.{name}")
    for model in models_in(ScheduledTrainingJobArgs)
    for name, field in model.model_fields.items()
    if scalar_default(field) is not None
]


def as_sent(values: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Values with every default of the schema, in lists and maps as well: more than any one SDK fills in."""
    written = {name: filled(value, properties[name]) for name, value in values.items()}
    return {name: spec["default"] for name, spec in properties.items() if "default" in spec} | written


def filled(value: Any, spec: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value
    if "oneOf" in spec:
        spec = spec["oneOf"][0]
    if isinstance(value, list):
        return [filled(each, spec["items"]) for each in value]
    if isinstance(value, dict) and "additionalProperties" in spec:
        return {name: filled(each, spec["additionalProperties"]) for name, each in value.items()}
    own = SCHEMA["types"].get(spec.get("$ref", "").removeprefix("#/types/"), {})
    return as_sent(value, own["properties"]) if isinstance(value, dict) and "properties" in own else value


def settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    found, problems = plain_settings(inputs, ScheduledTrainingJobArgs)
    assert problems == []
    return found


def refusals(inputs: Mapping[str, Any]) -> list[str]:
    with pytest.raises(JobSettingsError) as refused:
        ScheduledTrainingJobArgs(**settings(inputs))
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("field", DEFAULTS)
def test_every_default_of_the_schema_counts_as_not_written(field: Any) -> None:  # noqa: ANN401 - pydantic's
    assert is_default(field.default, field)


def test_what_an_sdk_fills_in_is_as_if_nobody_had_written_it(inputs: dict[str, Any]) -> None:
    inputs |= {
        "alarms": {"email": ["team@example.com"]},
        "checkpoint": {"s3Path": "checkpoints/"},
        "debugger": {"s3Path": "debugger/"},
        "source": {},
        "stoppingCondition": {"maxPendingTimeInSeconds": 7200},
    }
    inputs["resources"] = {"instanceGroups": [GROUP]}
    inputs["channels"]["files"] = {"fileSystem": {"id": "fs-0123456789abcdef0", "type": "EFS", "directoryPath": "/a"}}

    sent = as_sent(inputs, INPUTS)

    assert sent["resources"] == {
        "instanceCount": 1,
        "volumeSizeInGb": 30,
        "instanceGroups": [GROUP | {"instanceCount": 1}],
    }
    assert sent["channels"]["files"]["fileSystem"]["accessMode"] == "ro"
    assert sent["managedSpotTraining"] is False
    assert settings(sent) == settings(inputs)


def test_an_object_of_nothing_but_defaults_is_still_there(inputs: dict[str, Any]) -> None:
    sent = as_sent(inputs | {"alarms": {}}, INPUTS)

    assert sent["alarms"] == {"enabled": True, "graceInMinutes": 60, "durationShare": 0.8, "dashboard": True}
    assert settings(sent)["alarms"] == {}


def test_a_count_that_the_sdk_sends_beside_instance_groups_is_not_held_against_them(inputs: dict[str, Any]) -> None:
    inputs["resources"] = {"instanceCount": 1, "instanceGroups": [GROUP]}
    ScheduledTrainingJobArgs(**settings(inputs))

    inputs["resources"]["instanceCount"] = 2
    assert refusals(inputs) == [
        "resources: instance_count is not allowed with instance_groups, of which each has its own; remove it"
    ]


def test_in_a_further_schedule_a_default_is_a_change_of_the_jobs_value(inputs: dict[str, Any]) -> None:
    inputs["schedule"] |= {"maximumRetryAttempts": 9}
    inputs["remoteDebug"] = True
    weekly = {"schedule": {"expression": "rate(14 days)", "maximumRetryAttempts": 2}, "remoteDebug": False}
    inputs["furtherSchedules"] = {"weekly": weekly}

    sent = as_sent(inputs, INPUTS)
    job = ScheduledTrainingJobArgs(**settings(sent))

    assert sent["furtherSchedules"] == {"weekly": weekly}  # its types have no defaults
    assert (job.remote_debug, job.schedule.maximum_retry_attempts) == (True, 9)
    further = job.further_schedules["weekly"]
    assert (further.remote_debug, further.schedule.maximum_retry_attempts) == (False, 2)


def test_names_that_a_person_chose_keep_whatever_stands_there(inputs: dict[str, Any]) -> None:
    chosen = {"instanceCount": 1, "managedSpotTraining": False, "margin": 0.0, "localPath": "/opt/ml/checkpoints"}
    inputs |= {"hyperparameters": copy.deepcopy(chosen), "environment": {"directory": "training_code"}}

    found = settings(as_sent(inputs, INPUTS))

    assert found["hyperparameters"] == chosen
    assert found["environment"] == {"directory": "training_code"}


@pytest.mark.parametrize(("name", "value"), [("managedSpotTraining", 0.0), ("managedSpotTraining", "false")])
def test_a_wrong_type_is_no_default(name: str, value: object, inputs: dict[str, Any]) -> None:
    (told,) = refusals(inputs | {name: value})

    assert told.startswith("managed_spot_training: got ")
    assert "true or false" in told
