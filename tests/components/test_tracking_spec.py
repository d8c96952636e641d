from typing import Any

import pytest
from botocore.session import get_session
from pydantic import ValidationError

from components.aws_names import AwsScope
from components.mlflow_names import ManagedMlflow, artifact_store_command
from components.tracking_spec import TrackingSpec

SCOPE = AwsScope("aws", "us-east-1", "123456789012")
NAMES = {"experiment_name": "breast-cancer", "registered_model_name": "breast-cancer"}
MANAGED = {"tracking_server": "ml-platform", "artifact_store": "s3://ml-bucket/mlflow-artifacts/"} | NAMES
APP = "arn:aws:sagemaker:eu-west-1:210987654321:mlflow-app/app-ANFQ3RACFV2G"
BY_APP = {"app": APP, "artifact_store": "s3://platform-mlflow/artifacts/"} | NAMES
BY_URI = {"tracking_uri": "https://mlflow.example.com:5000/team"} | NAMES


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        TrackingSpec(**values)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def test_a_managed_server_is_addressed_by_its_arn() -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform"
    spec = TrackingSpec(**MANAGED)

    assert (spec.uri(SCOPE), spec.managed_arn(SCOPE)) == (arn, arn)


@pytest.mark.parametrize("uri", ["http://localhost:5000", "https://mlflow.example.com", "https://h/p"])
def test_any_other_server_is_addressed_by_its_uri_and_has_no_arn(uri: str) -> None:
    spec = TrackingSpec(**BY_URI | {"tracking_uri": uri})

    assert (spec.uri(SCOPE), spec.managed_arn(SCOPE), spec.artifact_store) == (uri, None, None)


def test_an_app_is_addressed_by_its_arn_of_whichever_account_and_region() -> None:
    spec = TrackingSpec(**BY_APP)

    assert (spec.uri(SCOPE), spec.managed_arn(SCOPE)) == (APP, APP)


@pytest.mark.parametrize(
    ("values", "got"),
    [
        (NAMES, "none of them"),
        (MANAGED | BY_URI, "tracking_server and tracking_uri"),
        (MANAGED | BY_APP | BY_URI, "tracking_server and app and tracking_uri"),
    ],
)
def test_one_of_server_and_app_and_uri_is_needed_and_no_more(values: dict[str, Any], got: str) -> None:
    assert refusal(values) == (
        f"got {got}; allowed: one of tracking_server (a name), app (the ARN of an MLflow App) and tracking_uri (http "
        "or https)"
    )


@pytest.mark.parametrize(
    ("values", "mlflow", "shown", "command"),
    [
        (
            MANAGED,
            ManagedMlflow("ml-platform"),
            "tracking server 'ml-platform'",
            "describe-mlflow-tracking-server --tracking-server-name ml-platform",
        ),
        (BY_APP, ManagedMlflow(app=APP), f"App '{APP}'", f"describe-mlflow-app --arn {APP} --region eu-west-1"),
    ],
)
def test_a_managed_server_or_app_without_its_artifact_store_says_what_has_to_be_asked_for(
    values: dict[str, Any], mlflow: ManagedMlflow, shown: str, command: str
) -> None:
    found = TrackingSpec(**values | {"artifact_store": None}).without_store

    assert (found, str(found)) == (mlflow, shown)
    assert artifact_store_command(mlflow.server, mlflow.app) == (
        f"aws sagemaker {command} --query ArtifactStoreUri --output text"
    )


@pytest.mark.parametrize("values", [MANAGED, BY_APP, BY_URI])
def test_where_a_store_is_said_or_the_server_keeps_artifacts_itself_nothing_has_to_be_asked(
    values: dict[str, Any],
) -> None:
    assert TrackingSpec(**values).without_store is None


def test_that_command_is_one_of_aws_with_the_names_of_its_api() -> None:
    model = get_session().get_service_model("sagemaker")
    for operation, argument in (("DescribeMlflowApp", "Arn"), ("DescribeMlflowTrackingServer", "TrackingServerName")):
        described = model.operation_model(operation)
        assert set(described.input_shape.members) == {argument}
        assert "ArtifactStoreUri" in described.output_shape.members


@pytest.mark.parametrize(
    "arn",
    [
        "app-ANFQ3RACFV2G",
        APP.replace("mlflow-app", "mlflow-tracking-server"),
        APP.replace("app-ANFQ3RACFV2G", "*"),
        APP.replace("arn:aws:", "arn:aws-cn:"),
        APP + "A" * 128,
    ],
)
def test_what_is_not_the_arn_of_one_app_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError):
        TrackingSpec(**BY_APP | {"app": arn})


@pytest.mark.parametrize(
    "uri", ["", "mlflow.example.com", "ftp://h", "sqlite:///m.db", "https://", "arn:aws:sagemaker:x"]
)
def test_what_is_not_an_http_uri_is_refused(uri: str) -> None:
    assert refusal(BY_URI | {"tracking_uri": uri}) == (
        "allowed: an http:// or https:// URI with a host; for SageMaker's own set tracking_server or app"
    )


@pytest.mark.parametrize("port", ["x", "70000", "-1"])
def test_an_impossible_port_is_refused(port: str) -> None:
    assert refusal(BY_URI | {"tracking_uri": f"https://h:{port}"}) == (
        "allowed: after the host a port of 0-65535, as in https://mlflow.example.com:5000"
    )


@pytest.mark.parametrize("credentials", ["user:hunter2", "user", ":hunter2"])
def test_credentials_in_a_uri_are_refused_and_not_repeated(credentials: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TrackingSpec(**BY_URI | {"tracking_uri": f"https://{credentials}@h"})

    assert [error["msg"] for error in refused.value.errors()] == [
        "Value error, allowed: a URI without user name and password: everybody who may read the schedule reads it; "
        "keep them in Secrets Manager and set tracking.secret_arn"
    ]
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("rest", ["?token=hunter2", "/p?workspace=a", "#hunter2"])
def test_a_query_in_a_uri_is_refused_and_not_repeated(rest: str) -> None:
    message = refusal(BY_URI | {"tracking_uri": f"https://h{rest}"})

    assert message == (
        "allowed: a URI without '?' and '#': everybody who may read the schedule reads what follows; "
        "keep a token in Secrets Manager and set tracking.secret_arn"
    )


@pytest.mark.parametrize("name", ["", "a/b", "a:b"])
def test_a_model_name_that_mlflow_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TrackingSpec(**MANAGED | {"registered_model_name": name})


@pytest.mark.parametrize("arn", ["mlflow", "arn:aws:secretsmanager:us-east-1:123456789012:secret:mlflow-*"])
def test_a_secret_is_named_by_its_complete_arn(arn: str) -> None:
    with pytest.raises(ValidationError):
        TrackingSpec(**MANAGED | {"secret_arn": arn})
    whole = "arn:aws:secretsmanager:us-east-1:123456789012:secret:team/mlflow-AbCdEf"
    assert TrackingSpec(**MANAGED | {"secret_arn": whole}).secret_arn == whole
