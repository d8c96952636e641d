"""Faults of a stack, one of each kind that is judged in a room of its own; none depends on another."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.drawn_jobs import Values

KEY_ELSEWHERE: Final = "arn:aws:kms:eu-west-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
GOOD_JOB: Final[Values] = {
    "schedule": {"expression": "cron(0 3 * * ? *)"},
    "training_image": {"scikit_learn_version": "1.9-0"},
    "resources": {"instance_type": "ml.m5.large"},
    "channels": {"training": {"s3_path": "in/a/"}, "validation": {"s3_path": "in/b/"}},
    "output": {"s3_path": "models/"},
    "tracking": {"tracking_uri": "https://mlflow.example.com"},
}
_JOB: Final[Values] = GOOD_JOB | {"further_schedules": {"weekly": {"schedule": {"expression": "cron(0 4 ? * SUN *)"}}}}
_JOBS: Final = ("churn", "fraud", "scores")
GOOD: Final[Values] = {"bucket": "ml-bucket", "training_jobs": {name: copy.deepcopy(_JOB) for name in _JOBS}}
"""A stack of three jobs with two schedules each."""


@dataclass(frozen=True, eq=False)
class RoomFault:
    """A fault: what is changed below the stack (path with `/`), and the place and a part of what is said of it."""

    room: str
    changes: Mapping[str, Any]
    place: str
    text: str

    def is_said_by(self, sentence: str) -> bool:
        """Whether a sentence with its place is about this fault."""
        return sentence.startswith(f"{self.place}: ") and self.text in sentence


def _of_job(room: str, setting: str, value: object, text: str, job: str = "churn") -> RoomFault:
    place = f"training_jobs.{job}.{setting.replace('/', '.')}"
    return RoomFault(room, {f"training_jobs/{job}/{setting}": value}, place, text)


def _together(changes: Mapping[str, Any], text: str) -> RoomFault:
    below = {f"training_jobs/churn/{setting}": value for setting, value in changes.items()}
    return RoomFault("settings together", below, "training_jobs.churn", text)


_WEEKLY: Final = "further_schedules/weekly"
FAULTS: Final = (
    _of_job("settings", "resources/instance_type", "m5.large", "got 'm5.large'"),
    _of_job("settings", "resources/volume_size_in_gb", "30GB", "write 30"),
    _of_job("settings", "schedule/timezone", "UTC", "did you mean 'time_zone'?"),
    _of_job("settings", "output/s3_path", "models", "got 'models'"),
    _of_job("settings", "tracking/experiment_name", "", "at least 1 character"),
    _of_job("settings", "channels/validation/content_type", 5, "got 5"),
    _of_job("settings", "source/directory", "/code", "a directory below the project's", job="scores"),
    _together(
        {"managed_spot_training": True, "stopping_condition": {"max_wait_time_in_seconds": 7200}},
        "managed_spot_training needs checkpoint.s3_path",
    ),
    _together({"environment/SM_HOSTS": "x"}, "environment.SM_HOSTS begins with SM_"),
    _together({"infra_check": True, "remote_debug": True, "hyperparameters/accelerator": "x"}, "set from accelerator"),
    RoomFault(
        "region",
        {"training_jobs/churn/output/kms_key_arn": KEY_ELSEWHERE},
        "training_jobs.churn.output.kms_key_arn",
        "a key of the stack's region",
    ),
    _of_job("hyperparameters", "hyperparameters/n_estimators", "many", "a whole number"),
    _of_job("hyperparameters", "hyperparameters/criterion", "ginny", "gini or entropy"),
    _of_job("hyperparameters", "hyperparameters/split_by_time", "when", "there is a channel validation"),
    _of_job("hyperparameters", "hyperparameters/max_depth", "banana", "a whole number", job="fraud"),
    RoomFault(
        "promotion",
        {"training_jobs/churn/promotion/minimum_metrics/validation:accurasy": 0.9},
        "training_jobs.churn.promotion.minimum_metrics",
        "did you mean validation:accuracy?",
    ),
    _of_job("variables", "environment/INVOCATION_LEASE_SECONDS", "soon", "seconds from 1 to 86400"),
    _of_job("schedules", f"{_WEEKLY}/schedule/expression", "weekly", "got 'weekly'"),
    _of_job("schedules", f"{_WEEKLY}/hyperparameters/min_samples_leaf", "few", "got 'few'"),
    _of_job("schedules", f"{_WEEKLY}/resources/instance_count", 0, "got 0"),
    RoomFault("data buckets", {"data_buckets/ml-bucket": {}}, "data_buckets.ml-bucket", "the stack's own bucket"),
    RoomFault(
        "data buckets",
        {"data_buckets/raw-data/kms_key_arn": KEY_ELSEWHERE},
        "data_buckets.raw-data.kms_key_arn",
        "where the bucket is as well",
    ),
    RoomFault("tags", {"tags/aws:team": "ml"}, "tags.aws:team", "which is AWS's own"),
    RoomFault("tags", {"tags/owner": 5}, "tags.owner", "got 5"),
)


def with_faults(faults: Iterable[RoomFault]) -> Values:
    """The good stack with the faults."""
    values: Values = copy.deepcopy(GOOD)
    for fault in faults:
        for path, value in fault.changes.items():
            *above, last = path.split("/")
            place = values
            for name in above:
                place = place.setdefault(name, {})
            place[last] = value
    return values
