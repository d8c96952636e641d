"""The pack under the real engine: a state file analysed, and a program previewed against a provider of our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from findings import MISSING

if TYPE_CHECKING:
    from conftest import StackUnderTest

CLI = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, CLI)), reason=f"the Pulumi CLI is not on PATH, or not all of it: {', '.join(CLI)}"
    ),
]
POLICIES = Path(__file__).parents[2] / "policies"
JOB = "schedule.target.input."
STACK = "urn:pulumi:prod::scheduled-training::pulumi:pulumi:Stack::scheduled-training-prod"


@dataclass(frozen=True)
class Outcome:
    """What the command said and its exit code."""

    code: int
    output: str

    def violations(self) -> list[str]:
        """The line of each violation, as people see it."""
        lines = [line.strip() for line in self.output.splitlines()]
        return [
            lines[index + 2] for index, line in enumerate(lines) if line.startswith(("- [mandatory]", "- [advisory]"))
        ]


class ProviderStandIn(provider_pb2_grpc.ResourceProviderServicer):
    """Says yes to everything: a preview needs no more of a provider."""

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 -- the protocol's
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return plugin_pb2.PluginInfo(version="99.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(request.properties)
        outputs["arn"] = UNKNOWN_STRING_VALUE
        return provider_pb2.CreateResponse(properties=outputs)


@pytest.fixture(scope="module")
def provider_port() -> Iterator[int]:
    server = grpc.server(futures.ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderStandIn(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(0).wait()


Command = Callable[..., Outcome]


@pytest.fixture
def pulumi(tmp_path: Path, provider_port: int) -> Command:
    """Runs the CLI in a directory, a backend and a home of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{provider_port}",
    }

    def run(*arguments: str) -> Outcome:
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    return run


def analyze(pulumi: Command, directory: Path, stack: StackUnderTest, config: str = "prod.json") -> Outcome:
    resources: list[dict[str, Any]] = [{"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}]
    for resource in stack.resources:
        state = {"urn": resource.urn, "custom": True, "id": resource.name, "type": resource.type, "parent": STACK}
        resources.append({**state, "inputs": resource.properties, "outputs": resource.properties})
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    deployment = {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}
    file = directory / "state.json"
    file.write_text(json.dumps(deployment))
    pack = ("--policy-pack", str(POLICIES), "--policy-pack-config", str(POLICIES / config))
    return pulumi("policy", "analyze", "--file", str(file), *pack)


@pytest.mark.parametrize("config", ["staging.json", "prod.json"])
def test_the_good_stack_is_analysed_without_a_violation(
    config: str, pulumi: Command, tmp_path: Path, good_stack: StackUnderTest
) -> None:
    outcome = analyze(pulumi, tmp_path, good_stack, config)
    assert (outcome.code, outcome.violations()) == (0, [])


def test_a_violation_of_each_kind_stops_the_analysis_with_a_line_each(
    pulumi: Command, tmp_path: Path, good_stack: StackUnderTest
) -> None:
    good_stack.set(f"{JOB}CheckpointConfig", MISSING).set("scheduler_policy.policy.Statement.1.Condition", MISSING)
    outcome = analyze(pulumi, tmp_path, good_stack)
    assert outcome.code != 0
    assert "Traceback" not in outcome.output
    assert outcome.violations() == [
        "policy.Statement[1].Condition: sagemaker:AddTags is not limited to the creation of training jobs. Cure: add "
        'StringEquals {"sagemaker:TaggingAction": "CreateTrainingJob"}.',
        "target.input.CheckpointConfig.S3Uri is missing: managed spot training without a checkpoint location starts "
        "again from nothing after every interruption. Cure: set CheckpointConfig.S3Uri to an s3:// prefix of this job.",
    ]


def test_the_engine_refuses_a_wrong_setting(pulumi: Command, tmp_path: Path, good_stack: StackUnderTest) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"SG18-cost-caps": {"maxInstanceCount": "four"}}')
    outcome = analyze(pulumi, tmp_path, good_stack, str(config))
    assert outcome.code != 0
    assert "SG18-cost-caps: maxInstanceCount: Invalid type. Expected: integer, given: string" in outcome.output


PROGRAM = """\
import json
import sys

import pulumi
import pulumi_aws as aws

sys.excepthook = lambda kind, error, traceback: (
    None if issubclass(kind, KeyboardInterrupt) else sys.__excepthook__(kind, error, traceback)
)
stack = json.load(open("stack.json"))
kinds = {{"group": aws.scheduler.ScheduleGroup, "queue": aws.sqs.Queue, "bundle": aws.s3.BucketObjectv2,
          "schedule": aws.scheduler.Schedule}}
for name, (kind, properties) in stack.items():
    make = kinds.get(name) or (aws.iam.Role if name.endswith("role") else aws.iam.RolePolicy)
    made = make(name, **properties)
{epilogue}
"""
SNAKE = {
    "assumeRolePolicy": "assume_role_policy",
    "flexibleTimeWindow": "flexible_time_window",
    "groupName": "group_name",
    "scheduleExpression": "schedule_expression",
    "scheduleExpressionTimezone": "schedule_expression_timezone",
    "sqsManagedSseEnabled": "sqs_managed_sse_enabled",
}


def preview(pulumi: Command, directory: Path, stack: StackUnderTest, epilogue: str = "") -> Outcome:
    content = {
        resource.name: (resource.type, {SNAKE.get(name, name): value for name, value in resource.properties.items()})
        for resource in stack.resources
    }
    (directory / "stack.json").write_text(json.dumps(content))
    (directory / "__main__.py").write_text(PROGRAM.format(epilogue=epilogue))
    options = f"virtualenv: {Path(sys.prefix)}"
    (directory / "Pulumi.yaml").write_text(
        f"name: scheduled-training\nruntime:\n  name: python\n  options:\n    {options}\n"
    )
    (directory / "Pulumi.prod.yaml").write_text("config:\n  aws:region: us-east-1\n")
    assert pulumi("stack", "init", "prod").code == 0
    return pulumi("preview", "-s", "prod", "--policy-pack", str(POLICIES))


def test_a_preview_of_the_good_stack_succeeds(pulumi: Command, tmp_path: Path, good_stack: StackUnderTest) -> None:
    outcome = preview(pulumi, tmp_path, good_stack)
    assert (outcome.code, outcome.violations()) == (0, [])


def test_a_preview_with_violations_reads_well(pulumi: Command, tmp_path: Path, good_stack: StackUnderTest) -> None:
    good_stack.set(f"{JOB}CheckpointConfig", MISSING).set("scheduler_policy.policy.Statement.1.Condition", MISSING)
    outcome = preview(pulumi, tmp_path, good_stack)
    assert outcome.code != 0
    assert "Traceback" not in outcome.output
    assert len(outcome.violations()) == 2
    assert all(". Cure: " in line for line in outcome.violations())


def test_an_unknown_job_stops_the_preview(pulumi: Command, tmp_path: Path, good_stack: StackUnderTest) -> None:
    good_stack.set("schedule", MISSING)
    epilogue = (
        'aws.scheduler.Schedule("job", schedule_expression="rate(1 day)", flexible_time_window={"mode": "OFF"}, '
        "target={"
        '"arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", "role_arn": made.id, '
        '"input": made.id.apply(lambda id: id)})'
    )
    outcome = preview(pulumi, tmp_path, good_stack, epilogue=epilogue)
    assert outcome.code != 0
    assert [line for line in outcome.violations() if line.startswith("target.input is unknown")] != []


def test_a_secret_of_the_program_is_in_no_message(pulumi: Command, tmp_path: Path, good_stack: StackUnderTest) -> None:
    good_stack.set("schedule", MISSING)
    epilogue = (
        'job = pulumi.Output.secret("canary-4711").apply('
        'lambda word: json.dumps({"TrainingJobName": "x", "Environment": {"DB_PASSWORD": word}}))\n'
        'aws.scheduler.Schedule("job", schedule_expression="rate(1 day)", flexible_time_window={"mode": "OFF"}, '
        "target={"
        '"arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", "role_arn": "r", "input": job})'
    )
    outcome = preview(pulumi, tmp_path, good_stack, epilogue=epilogue)
    assert [line for line in outcome.violations() if "Environment.DB_PASSWORD" in line] != []
    assert "canary" not in outcome.output
