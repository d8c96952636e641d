"""From the inputs of any language to settings: names, numbers, and what is not known."""

from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown

from components.job_args import ScheduledTrainingJobArgs
from components.setting_problems import Problem
from provider.plain_inputs import NOT_PLAIN, UNPLAIN, plain_settings
from provider.property_names import in_properties, property_path


def settings(inputs: dict[str, Any]) -> dict[str, Any]:
    found, problems = plain_settings(inputs, ScheduledTrainingJobArgs)
    assert problems == []
    return found


def test_properties_become_settings_at_every_depth() -> None:
    assert settings({"channels": {"training": {"s3Path": "a/", "inputMode": "Pipe"}}, "bucket": "b"}) == {
        "channels": {"training": {"s3_path": "a/", "input_mode": "Pipe"}},
        "bucket": "b",
    }


def test_names_that_a_person_chose_stay_as_they_are() -> None:
    chosen = {"hyperparameters": {"maxDepth": 3.0, "max_depth": 2.5}, "tags": {"costCenter": "ml"}}

    assert settings(chosen) == {"hyperparameters": {"maxDepth": 3, "max_depth": 2.5}, "tags": {"costCenter": "ml"}}


def test_whole_numbers_are_whole_again() -> None:
    found = settings({"resources": {"instanceCount": 2.0}, "promotion": {"margin": 0.5}})

    assert (found["resources"]["instance_count"], found["promotion"]["margin"]) == (2, 0.5)
    assert type(found["resources"]["instance_count"]) is int


def test_a_word_in_place_of_a_mapping_stays_one() -> None:
    assert settings({"tracking": "none"}) == {"tracking": "none"}


def test_null_is_absent() -> None:
    assert settings({"accelerator": None, "tracking": {"secretArn": None}}) == {"tracking": {}}


def test_in_a_further_schedule_null_takes_a_setting_out() -> None:
    weekly = {"schedule": {"expression": "rate(7 days)"}, "checkpoint": None}

    assert settings({"furtherSchedules": {"weekly": weekly}}) == {"further_schedules": {"weekly": weekly}}


@pytest.mark.parametrize("value", [Unknown(), pulumi.StringAsset("text")], ids=["unknown", "asset"])
def test_what_is_not_known_is_named_wherever_it_is(value: object) -> None:
    inputs = {"bucket": value, "network": {"subnets": ["subnet-1", value]}, "channels": {"a.b": {"s3Path": value}}}

    found, problems = plain_settings(inputs, ScheduledTrainingJobArgs)

    assert found == {
        "bucket": UNPLAIN,
        "network": {"subnets": ["subnet-1", UNPLAIN]},
        "channels": {"a.b": {"s3_path": UNPLAIN}},
    }
    assert problems == [
        Problem(("bucket",), NOT_PLAIN),
        Problem(("network", "subnets", "1"), NOT_PLAIN),
        Problem(("channels", "a.b", "s3_path"), NOT_PLAIN),
    ]


def test_an_unknown_property_is_told_which_one_was_meant() -> None:
    _, problems = plain_settings({"resources": {"instance_type": "ml.m5.large"}}, ScheduledTrainingJobArgs)

    assert problems == [
        Problem(
            ("resources", "instance_type"),
            "unknown property; did you mean 'instanceType'? allowed: instanceCount, instanceGroups, "
            "instancePlacement, instancePreferences, instanceType, keepAliveInSeconds, trainingPlanArn, "
            "volumeKmsKeyArn, volumeSizeInGb",
        )
    ]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ((), ""),
        (("training_image", "scikit_learn_version"), "trainingImage.scikitLearnVersion"),
        (("channels", "training", "s3_path"), "channels.training.s3Path"),
        (("channels", "a.b", "s3_path"), 'channels["a.b"].s3Path'),
        (("network", "subnets", "1"), "network.subnets[1]"),
        (("hyperparameters", "max_depth"), "hyperparameters.max_depth"),
        (("hyperparameters",), "hyperparameters"),
        (("colour",), "colour"),
    ],
)
def test_a_path_is_written_as_pulumi_does(location: tuple[str, ...], path: str) -> None:
    assert property_path(location, ScheduledTrainingJobArgs) == path


def test_a_sentence_about_settings_speaks_of_properties() -> None:
    text = "managed_spot_training needs stopping_condition.max_wait_time_in_seconds; max_depth is none of ours"

    assert in_properties(text, ScheduledTrainingJobArgs) == (
        "managedSpotTraining needs stoppingCondition.maxWaitTimeInSeconds; max_depth is none of ours"
    )
