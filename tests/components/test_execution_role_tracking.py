"""What the execution role may do with MLflow, its artifacts and its credentials."""

import pytest

from components.aws_names import JobNames
from components.tracking_permissions import MLFLOW_ACTIONS, MLFLOW_ACTIONS_OF_OTHER_CODE
from components.tracking_spec import TrackingSpec
from settings import TrainingJobSettings
from tests.components.role_statements import BUCKET, SIDS_OF_STAGING, by_sid


def test_an_artifact_store_in_another_bucket_is_listed_there(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    tracking = staging.tracking.model_copy(update={"artifact_store": "s3://mlflow-bucket/artifacts/"})

    found = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert [(found[sid]["Resource"], found[sid]["Condition"]) for sid in ("ListPrefixes1", "ListPrefixes2")] == [
        (BUCKET, {"StringLike": {"s3:prefix": ["datasets/training/*", "training-code/packages/*"]}}),
        ("arn:aws:s3:::mlflow-bucket", {"StringLike": {"s3:prefix": ["artifacts/*"]}}),
    ]


def test_mlflow_is_allowed_action_by_action_on_the_one_server(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    track = by_sid(staging, staging_names)["TrackWithMlflow"]

    assert track["Action"] == list(MLFLOW_ACTIONS) == sorted(MLFLOW_ACTIONS)
    assert track["Resource"] == ("arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging")


@pytest.mark.parametrize("directory", ["training_code", "own_code"])
def test_an_app_takes_one_action_on_itself_whatever_code_tracks(
    staging: TrainingJobSettings, staging_names: JobNames, directory: str
) -> None:
    app = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-ANFQ3RACFV2G"
    tracking = staging.tracking.model_copy(update={"tracking_server": None, "app": app})
    source = staging.source.model_copy(update={"directory": directory})
    found = by_sid(staging.model_copy(update={"tracking": tracking, "source": source}), staging_names)

    assert (found["TrackWithMlflow"]["Action"], found["TrackWithMlflow"]["Resource"]) == (
        ["sagemaker:CallMlflowAppApi"],
        app,
    )
    assert not [
        action for each in found.values() for action in each["Action"] if action.startswith("sagemaker-mlflow:")
    ]
    store = staging.tracking.artifact_store or ""
    assert f"arn:aws:s3:::{store.removeprefix('s3://')}*" in found["WriteObjects"]["Resource"]


def test_code_of_the_teams_own_may_track_as_mlflow_users_do(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    assert "TrackFromOtherCode" not in by_sid(staging, staging_names)
    source = staging.source.model_copy(update={"directory": "our_code"})

    found = by_sid(staging.model_copy(update={"source": source}), staging_names)

    assert found["TrackFromOtherCode"]["Action"] == list(MLFLOW_ACTIONS_OF_OTHER_CODE)
    assert found["TrackFromOtherCode"]["Resource"] == found["TrackWithMlflow"]["Resource"]
    assert not set(MLFLOW_ACTIONS_OF_OTHER_CODE) & set(MLFLOW_ACTIONS)
    assert not [action for action in MLFLOW_ACTIONS_OF_OTHER_CODE if "Delete" in action]


def test_a_server_by_uri_is_no_matter_of_iam(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    tracking = TrackingSpec(tracking_uri="https://h", experiment_name="e", registered_model_name="m")

    found = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert set(SIDS_OF_STAGING) - set(found) == {"TrackWithMlflow"}
    assert "mlflow" not in str(found)


def test_a_secret_is_read_by_its_one_arn(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-AbCdEf"
    tracking = staging.tracking.model_copy(update={"secret_arn": arn})
    statements = by_sid(staging.model_copy(update={"tracking": tracking}), staging_names)

    assert statements["ReadTrackingSecret"] == {
        "Sid": "ReadTrackingSecret",
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": arn,
    }
    assert "ReadTrackingSecret" not in by_sid(staging, staging_names)
