"""`training-jobs from-tfvars`: where runs are recorded, and what watches a job."""

from typing import Any

import pytest

from operations.tfvars.draft import Options
from operations.tfvars.file import TfvarsError
from operations.tfvars.stack import draft_of
from tests.operations.tfvars.test_from_tfvars import BASE, OPTIONS, SERVER, stack_of

APP = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ABCDEFGHIJKL"


@pytest.mark.parametrize("variable", ["mlflow_tracking_server_arn", "mlflow_tracking_uri"])
def test_the_arn_of_an_app_becomes_an_app(variable: str) -> None:
    config, _ = stack_of(BASE | {variable: APP})

    tracking = config["scheduled-training:training_jobs"]["churn"]["tracking"]
    assert tracking == {"app": APP, "artifact_store": "s3://ml-bucket/mlflow/"}


@pytest.mark.parametrize(("arn", "tracking"), [(SERVER, {"tracking_server": "mlflow"}), (APP, {"app": APP})])
def test_without_an_artifact_store_none_is_written_so_that_aws_is_asked(arn: str, tracking: dict[str, str]) -> None:
    config, _ = stack_of(BASE | {"mlflow_tracking_server_arn": arn}, Options())

    assert config["scheduled-training:training_jobs"]["churn"]["tracking"] == tracking


@pytest.mark.parametrize("options", [Options(), OPTIONS], ids=["no store", "a store"])
def test_a_job_without_mlflow_tracks_nowhere_whatever_else_is_said(options: Options) -> None:
    given = BASE | {"enable_mlflow_integration": False, "mlflow_tracking_server_arn": SERVER}
    config, _ = stack_of(given, options)

    assert config["scheduled-training:training_jobs"]["churn"]["tracking"] == "none"
    assert set(draft_of(given, options).changed) == {"mlflow_tracking_server_arn", "mlflow_tracking_uri"}


def test_a_job_without_mlflow_needs_no_server() -> None:
    given = {name: value for name, value in BASE.items() if name != "mlflow_tracking_uri"}

    assert stack_of(given | {"enable_mlflow_integration": False})


def test_mlflow_that_is_asked_for_changes_nothing() -> None:
    assert draft_of(BASE | {"enable_mlflow_integration": True}, OPTIONS) == draft_of(BASE, OPTIONS)


def test_a_profiler_that_is_switched_off_has_no_prefix() -> None:
    draft = draft_of(BASE | {"profiler_config": {"DisableProfiler": True}}, OPTIONS)

    assert draft.job["profiler"] == {"disabled": True}


@pytest.mark.parametrize(
    ("variable", "setting", "place"),
    [("debugger_hook_config", "debugger", "debugger/"), ("profiler_config", "profiler", "profiles/")],
)
def test_what_watches_a_job_writes_to_the_stacks_bucket(variable: str, setting: str, place: str) -> None:
    draft = draft_of(BASE | {variable: {"S3OutputPath": "s3://elsewhere/x/"}}, OPTIONS)

    assert draft.job[setting] == {"s3_path": place}
    assert variable in draft.changed


@pytest.mark.parametrize("variable", ["debugger_hook_config", "profiler_config"])
def test_an_empty_mapping_watches_nothing(variable: str) -> None:
    draft = draft_of(BASE | {variable: {}}, OPTIONS)

    assert not draft.job.keys() & {"debugger", "profiler"}


def test_a_member_that_is_not_known_is_told() -> None:
    draft = draft_of(BASE | {"profiler_config": {"S3OutputPath": "s3://ml-bucket/p/", "Other": 1}}, OPTIONS)

    assert draft.left == {"profiler_config": "has Other: see docs/training-job.md"}


@pytest.mark.parametrize("collections", [[{}], ["losses"], {"losses": 1}, 1])
def test_collections_of_another_form_are_told_by_their_variable(collections: Any) -> None:  # noqa: ANN401 - any
    with pytest.raises(TfvarsError, match=r"debugger_hook_config.CollectionConfigurations: got a value of another"):
        draft_of(BASE | {"debugger_hook_config": {"CollectionConfigurations": collections}}, OPTIONS)
