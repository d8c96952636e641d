"""How AWS is asked for an artifact store: by which provider function, through which provider, and what its no means."""

import asyncio
import contextvars
import json
import logging
from collections.abc import Mapping
from typing import Any

import grpc
import pulumi
import pulumi_aws as aws
import pytest
from google.protobuf import json_format
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from components.artifact_store_lookup import artifact_store_lookup
from components.artifact_stores import UnansweredError
from components.mlflow_names import ManagedMlflow
from tests.components.conftest import Cloud
from tests.components.event_loops import own_event_loop

SERVER, APP = ManagedMlflow("ml"), ManagedMlflow(app="arn:aws:sagemaker:eu-west-1:210987654321:mlflow-app/app-A1")
PROPERTIES = {"TrackingServerName": "ml", "ArtifactStoreUri": "s3://ml/mlflow"}
ENGINE = (
    "invocation of aws:cloudcontrol/getResource:getResource returned an error: invoking "
    "aws:cloudcontrol/getResource:getResource: 1 error occurred:\n\t* {}\n\n"
)
"""How engine and bridge tell of what the provider's code says."""
READING = "reading Cloud Control API (AWS::SageMaker::MlflowTrackingServer) Resource (ml): {}"


class Refused(grpc.RpcError):
    """An answer of the engine with an error."""

    def __init__(self, details: str) -> None:
        super().__init__()
        self._details = details

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._details


class Monitor(mocks.MockMonitor):
    """Answers with an error or with properties, and keeps what it was asked."""

    def __init__(self, answer: str | Mapping[str, Any]) -> None:
        super().__init__(Cloud(preview=False))
        self.answer = answer
        self.asked: list[resource_pb2.ResourceInvokeRequest] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802, ANN401 - the protocol's name and types
        self.asked.append(request)
        if isinstance(self.answer, str):
            raise Refused(self.answer)
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").update(dict(self.answer))
        return response

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401 - as above
        with own_event_loop():
            return super().RegisterResource(request)


class Team(pulumi.ComponentResource):
    """A component that is given a provider of its own."""

    def __init__(self) -> None:
        china = aws.Provider("china", region="cn-north-1")
        super().__init__("team:index:Team", "team", None, pulumi.ResourceOptions(providers=[china]))


def asked(monitor: Monitor, mlflow: ManagedMlflow = SERVER, *, by_a_component: bool = False) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = []

    def run() -> None:
        features = set(monitor.GetDeploymentInfo(None).supportedFeatures)
        settings: Any = mocks.MockSettings(  # type: ignore[no-untyped-call] # pulumi's mocks are not typed
            monitor=monitor,
            monitor_features=features,
            engine=mocks.MockEngine(logging.getLogger("pulumi")),
            project="team",
            stack="prod",
            dry_run=True,
            organization=None,
            callbacks=None,
        )
        configure(settings)
        with asyncio.Runner() as runner:
            runner.run(
                run_in_stack(lambda: found.append(artifact_store_lookup(Team() if by_a_component else None)(mlflow)))
            )

    contextvars.Context().run(run)
    return found[0]


def answered(properties: Mapping[str, Any] = PROPERTIES) -> Monitor:
    return Monitor({"properties": json.dumps(properties)})


@pytest.mark.parametrize(
    ("mlflow", "arguments"),
    [
        (SERVER, {"typeName": "AWS::SageMaker::MlflowTrackingServer", "identifier": "ml"}),
        (APP, {"typeName": "AWS::SageMaker::MlflowApp", "identifier": APP.app, "region": "eu-west-1"}),
    ],
    ids=["tracking server", "App, in its own region"],
)
def test_cloud_control_is_asked_and_its_properties_are_the_answer(
    mlflow: ManagedMlflow, arguments: dict[str, str]
) -> None:
    monitor = answered()

    assert asked(monitor, mlflow) == PROPERTIES
    (request,) = monitor.asked
    assert request.tok == "aws:cloudcontrol/getResource:getResource"
    assert json_format.MessageToDict(request.args) == arguments
    assert request.provider == ""


def test_the_provider_is_the_one_that_the_component_is_given() -> None:
    monitor = answered()

    asked(monitor, by_a_component=True)

    (request,) = monitor.asked
    assert "pulumi:providers:aws::china::" in request.provider


def test_an_empty_answer_has_no_properties() -> None:
    assert asked(Monitor({})) == {}


@pytest.mark.parametrize(
    "told",
    [
        "couldn't find resource",
        "operation error CloudControl: GetResource, ResourceNotFoundException: Resource of type "
        "'AWS::SageMaker::MlflowTrackingServer' with identifier 'ml' was not found.",
    ],
)
def test_what_is_not_there_is_known_by_the_providers_words(told: str) -> None:
    with pytest.raises(UnansweredError) as refused:
        asked(Monitor(ENGINE.format(READING.format(told))))

    assert refused.value.is_missing


@pytest.mark.parametrize(
    "told",
    [
        "operation error CloudControl: GetResource, AccessDeniedException: User is not authorized",
        "operation error CloudControl: GetResource, TypeNotFoundException: The type does not exist in this region",
        "operation error CloudControl: GetResource, ThrottlingException: Rate exceeded",
    ],
)
def test_any_other_no_is_told_in_awss_words_and_in_one_line(told: str) -> None:
    with pytest.raises(UnansweredError) as refused:
        asked(Monitor(ENGINE.format(READING.format(told))))

    assert (str(refused.value), refused.value.is_missing) == (READING.format(told), False)


def test_a_long_no_is_cut() -> None:
    with pytest.raises(UnansweredError) as refused:
        asked(Monitor("x" * 5000))

    assert len(str(refused.value)) == 400


def test_a_fault_that_is_none_of_awss_comes_through() -> None:
    class Broken(Monitor):
        def Invoke(self, request: Any) -> Any:  # noqa: N802, ANN401 - the protocol's name and types
            raise KeyError(request.tok)

    with pytest.raises(KeyError):
        asked(Broken({}))
