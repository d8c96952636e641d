import asyncio
import contextvars
import importlib
import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

with warnings.catch_warnings():
    # pulumi_aws warns of its own deprecated classes when it loads this module, whether anybody uses them or not.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_aws\.s3\.")
    importlib.import_module("pulumi_aws.s3.bucket")

from components.aws_names import AwsScope, JobNames
from components.source_bundle import SourceBundle, bundle_source
from settings import Settings, TrainingJobSettings, parse_settings
from tests.components.event_loops import own_event_loop

PROJECT_DIRECTORY = Path(__file__).parents[2]


def settings_of(stack: str) -> Settings:
    config = yaml.safe_load((PROJECT_DIRECTORY / f"Pulumi.{stack}.yaml").read_text())["config"]
    own = "scheduled-training:"
    values = {key.removeprefix(own): value for key, value in config.items() if key.startswith(own)}
    return parse_settings(values, stack, config["aws:region"])


@pytest.fixture(scope="session")
def staging() -> TrainingJobSettings:
    return settings_of("staging").training_jobs["breast-cancer"]


@pytest.fixture(scope="session")
def prod() -> TrainingJobSettings:
    return settings_of("prod").training_jobs["breast-cancer"]


@pytest.fixture(scope="session")
def staging_names() -> JobNames:
    return JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")


@pytest.fixture(scope="session")
def prod_names() -> JobNames:
    return JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-prod")


@pytest.fixture(scope="session")
def bundle() -> SourceBundle:
    return bundle_source({"train.py": b"print('training')\n"}, "train.py")


@dataclass(frozen=True)
class Registration:
    """One resource as a program registered it."""

    urn: str
    type: str
    name: str
    parent: str
    dependencies: frozenset[str]
    retain_on_delete: bool
    version: str
    """Of the provider, and where it is downloaded from, which most often is left to the engine."""
    inputs: Mapping[str, Any]
    """As JSON has them; what is unknown is `rpc.UNKNOWN`."""


@dataclass
class Declared:
    """Everything that a program declared."""

    resources: list[Registration] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """URN of a component or stack -> its registered outputs."""

    def one(self, type_token: str, name: str | None = None) -> Registration:
        (found,) = [r for r in self.resources if r.type == type_token and name in (None, r.name)]
        return found


class Cloud(mocks.Mocks):
    """Answers as AWS does; before anything exists (`preview`), with nothing but a resource's inputs."""

    def __init__(self, *, preview: bool) -> None:
        self.preview = preview

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        answers = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getRegion:getRegion": {"region": "us-east-1", "name": "us-east-1"},
        }
        return answers[args.token]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self.preview or not args.custom:
            return None, args.inputs
        computed = {"arn": f"arn:of:{args.name}", "url": f"https://url.of/{args.name}"}
        return f"id-of-{args.name}", computed | args.inputs


class RecordingMonitor(mocks.MockMonitor):
    """Pulumi's test monitor, which keeps what it is told and closes what it opens."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.declared = Declared()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401 - the protocol's name and types
        inputs = json_format.MessageToDict(request.object)
        with own_event_loop():
            response = super().RegisterResource(request)
        self.declared.resources.append(
            Registration(
                urn=response.urn,
                type=request.type,
                name=request.name,
                parent=request.parent,
                dependencies=frozenset(request.dependencies),
                retain_on_delete=request.retainOnDelete,
                version=f"{request.version} {request.pluginDownloadURL}",
                inputs=inputs,
            )
        )
        return response

    def Invoke(self, request: Any) -> Any:  # noqa: N802, ANN401 - as above
        with own_event_loop():
            return super().Invoke(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, ANN401 - as above
        self.declared.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)


Declare = Callable[..., Declared]


@pytest.fixture(scope="session")
def declare() -> Declare:
    """Runs a program (a function without arguments) and returns what it declared."""

    def run(program: Callable[[], None], *, stack: str = "staging", preview: bool = False) -> Declared:
        monitor = RecordingMonitor(Cloud(preview=preview))

        def in_this_context() -> None:
            configure(
                mocks.MockSettings(
                    monitor=monitor,
                    monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
                    engine=mocks.MockEngine(logging.getLogger("pulumi")),
                    project="scheduled-training",
                    stack=stack,
                    dry_run=preview,
                    organization=None,
                    callbacks=None,
                )
            )
            with asyncio.Runner() as runner:
                runner.run(run_in_stack(program))

        # Pulumi keeps its settings in context variables; in a context of its own no test sees another's.
        contextvars.Context().run(in_this_context)
        return monitor.declared

    return run


def unknown_parts(value: Any, path: str = "") -> list[str]:  # noqa: ANN401 - any JSON
    """Paths of everything in a registration's inputs that is not known."""
    if isinstance(value, Mapping):
        return [found for key, part in value.items() for found in unknown_parts(part, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for number, part in enumerate(value) for found in unknown_parts(part, f"{path}[{number}]")]
    return [path] if value == rpc.UNKNOWN else []


@pytest.fixture(scope="session")
def find_unknown() -> Callable[[Any], list[str]]:
    return unknown_parts
