from __future__ import annotations

from pathlib import Path

import pytest

from failure import TrainingError
from options import environment
from options.environment import TrainingJob
from scheduled_job.tags import same_invocation

GOOD = {
    "SM_CHANNEL_TRAINING": "/opt/ml/input/data/training",
    "TRAINING_JOB_NAME": "breast-cancer-staging-1",
    "MLFLOW_TRACKING_URI": "http://localhost:5000",
    "MLFLOW_EXPERIMENT_NAME": "breast-cancer-staging",
    "REGISTERED_MODEL_NAME": "breast-cancer-staging",
}
ARN = "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"
SCHEDULED = {"SCHEDULE_ARN": ARN, "SCHEDULED_TIME": "2026-11-23T06:00:00Z"}


def fault(environ: dict[str, str], *arguments: str) -> str:
    with pytest.raises(TrainingError) as caught:
        environment.read(arguments, environ)
    return str(caught.value)


def test_only_the_training_channel_and_the_tracking_settings_are_needed() -> None:
    env, _, notes = environment.read([], GOOD)
    assert env.training_channel == Path("/opt/ml/input/data/training")
    assert env.validation_channel is None
    assert env.checkpoint_directory is None
    assert env.model_directory == Path("/opt/ml/model")
    assert env.job == TrainingJob("breast-cancer-staging-1")
    assert notes == []


def test_the_toolkits_base_directory_is_respected() -> None:
    env, _, _ = environment.read([], GOOD | {"SAGEMAKER_BASE_DIR": "/tmp/ml"})
    assert env.model_directory == Path("/tmp/ml/model")


def test_validation_channel_and_checkpoints_are_read_when_present() -> None:
    more = {"SM_CHANNEL_VALIDATION": "/v", "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints", "SM_MODEL_DIR": "/m"}
    env, _, _ = environment.read([], GOOD | more)
    assert (env.validation_channel, env.checkpoint_directory) == (Path("/v"), Path("/opt/ml/checkpoints"))
    assert env.model_directory == Path("/m")


def test_everything_that_is_missing_is_named_at_once_with_the_hyperparameters() -> None:
    assert fault({"SM_CHANNELS": '["train"]'}, "--max_depth", "deep") == (
        "hyperparameter max_depth: got 'deep', allowed: a whole number from 1 to 10000, or none; "
        "environment variable SM_CHANNEL_TRAINING: not set; give the job a channel named training; "
        "the job has the channels '[\"train\"]'; "
        "environment variable TRAINING_JOB_NAME: not set; SageMaker sets it; by hand, set it to any name that no other "
        "job has; "
        "environment variable MLFLOW_TRACKING_URI: not set; set it to the ARN of the MLflow tracking server, or to its "
        "http(s) address; "
        "environment variable MLFLOW_EXPERIMENT_NAME: not set; set it to the experiment that runs are recorded in; "
        "environment variable REGISTERED_MODEL_NAME: not set; set it to the registered model that gets a new version"
    )


def test_a_scheduled_time_without_a_schedule_is_reported() -> None:
    assert fault(GOOD | {"SCHEDULED_TIME": "2026-11-23T06:00:00Z"}) == (
        "environment variable SCHEDULE_ARN: not set, but SCHEDULED_TIME is; set both or neither"
    )


def test_every_delivery_of_an_invocation_is_found_by_the_same_filter() -> None:
    first, _, _ = environment.read(
        [], GOOD | SCHEDULED | {"SCHEDULE_EXECUTION_ID": "1", "SCHEDULE_ATTEMPT_NUMBER": "1"}
    )
    again, _, _ = environment.read(
        [],
        GOOD | SCHEDULED | {"SCHEDULE_EXECUTION_ID": "2", "SCHEDULE_ATTEMPT_NUMBER": "2", "TRAINING_JOB_NAME": "other"},
    )
    assert same_invocation(first.job) == same_invocation(again.job)
    assert same_invocation(first.job) == f"tags.schedule_arn = '{ARN}' and tags.scheduled_time = '2026-11-23T06:00:00Z'"


def test_another_time_or_another_schedule_is_another_invocation() -> None:
    filters = {
        same_invocation(TrainingJob("j", arn, time))
        for arn in (ARN, ARN + "2")
        for time in ("2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z")
    }
    assert len(filters) == 4


def test_a_job_started_by_hand_is_known_by_its_name() -> None:
    by_hand = {
        "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
        "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
        "SCHEDULE_EXECUTION_ID": "<aws.scheduler.execution-id>",
    }
    env, _, _ = environment.read([], GOOD | by_hand)
    assert not env.job.is_scheduled
    assert env.job == TrainingJob("breast-cancer-staging-1")
    assert same_invocation(env.job) == "tags.training_job_name = 'breast-cancer-staging-1'"
    assert same_invocation(TrainingJob("breast-cancer-staging-1", schedule_arn=ARN)) == same_invocation(env.job)


def test_the_uris_of_the_channels_are_known_where_they_are_told() -> None:
    assert environment.read([], GOOD)[0].channel_uris == {}
    told = {"CHANNEL_URI_TRAINING": "s3://bucket/datasets/training/", "CHANNEL_URI_VALIDATION": ""}
    assert environment.read([], GOOD | told)[0].channel_uris == {"training": "s3://bucket/datasets/training/"}
