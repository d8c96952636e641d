"""A good training job of the shipped code, with one change, and what is said against it."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from components.s3_location import BucketContext
from components.training_job_spec import TrainingJobSpec

GOOD: dict[str, Any] = {
    "training_image": {"scikit_learn_version": "1.9-0"},
    "resources": {"instance_type": "ml.m5.large"},
    "channels": {"training": {"s3_path": "datasets/training/"}},
    "output": {"s3_path": "training-outputs/"},
    "source": {},
    "tracking": {
        "tracking_uri": "https://mlflow.example.com",
        "experiment_name": "breast-cancer",
        "registered_model_name": "breast-cancer",
    },
}


def with_change(path: str, value: object) -> dict[str, Any]:
    values = copy.deepcopy(GOOD)
    *parents, last = path.split("/")
    place = values
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
    return values


def validate(values: dict[str, Any]) -> TrainingJobSpec:
    return TrainingJobSpec.model_validate(values, context=BucketContext("ml-bucket"))


def refusals(values: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        validate(values)
    return [
        ("/".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, "))
        for error in refused.value.errors()
    ]
