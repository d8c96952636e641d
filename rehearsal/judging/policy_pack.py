"""Judge a declaration by a Pulumi policy pack as the engine does: the pack in its own process, asked over gRPC.

The command line, the working directory, the environment and the order of calls are those of the engine and its Python
language host (analyzer_plugin.go, pulumi-language-python); the pack cannot tell the difference.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.declaring.program import Declaration
from rehearsal.declaring.recording_monitor import STACK_TYPE
from rehearsal.declaring.stack_configuration import StackConfiguration
from rehearsal.errors import RehearsalError
from rehearsal.judging.policy_answers import LEVEL_NUMBERS, Violation, initial_configuration, policies, violation
from rehearsal.judging.policy_configuration import (
    PolicyConfiguration,
    PolicyConfigurationError,
    read_policy_configuration,
    reconcile,
)
from rehearsal.judging.policy_messages import PolicyDescription, describe
from rehearsal.judging.policy_requests import analyze_request, stack_resource, to_struct
from rehearsal.sealed_environment import NO_ENDPOINT, sealed_environment

_LONGEST_CONFIGURATION: Final = 128 * 1024 - len("PULUMI_CONFIG=\0")
"""MAX_ARG_STRLEN of Linux: what one argument or environment variable may have."""
_START_DEADLINE_IN_SECONDS: Final = 60.0
_CALL_DEADLINE_IN_SECONDS: Final = 60.0

# The engine runs `python -u -m pulumi.policy ENGINE_ADDRESS PACK_DIR`. This does the same, and ends the pack with us.
_START: Final = """
import os, runpy, signal, threading
def watch():
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
"""


class PolicyPackError(RehearsalError):
    """The pack did not start, or failed on a resource; the message holds what it printed."""


class PolicyPack:
    """A policy pack that is starting or runs; leaving the `with` block ends it.

    Starting returns at once: what the pack needs to come up (over a second) can be spent on other work.
    """

    def __init__(
        self,
        pack_dir: Path,
        configuration: StackConfiguration,
        *,
        preview: bool,
        policy_configuration: Path | None = None,
    ) -> None:
        """Start the pack in `pack_dir` for a stack, with a file in the format of `--policy-pack-config` if given.

        Raises PolicyPackError if there is no pack, PolicyConfigurationError for that file.
        """
        self.pack_dir = pack_dir.resolve()
        if not (self.pack_dir / "PulumiPolicy.yaml").exists():
            raise PolicyPackError(f"there is no policy pack in {self.pack_dir}: PulumiPolicy.yaml is missing")
        environment = _environment(configuration, preview=preview)
        if (length := len(environment["PULUMI_CONFIG"])) > _LONGEST_CONFIGURATION:
            raise PolicyPackError(
                f"the stack's configuration is {length} characters of JSON; Pulumi hands it to programs and policy "
                f"packs in one environment variable, which holds {_LONGEST_CONFIGURATION} at most on Linux: "
                "spread the training jobs over several stacks"
            )
        self._given = {} if policy_configuration is None else read_policy_configuration(policy_configuration)
        self._configuration = configuration
        self._preview = preview
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self._process = subprocess.Popen(
            # The pack has no use for the engine's address but its log, for which standard error serves as well.
            [sys.executable, "-u", "-c", _START, "127.0.0.1:0", str(self.pack_dir)],
            cwd=self.pack_dir,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._errors,
            start_new_session=True,
        )
        self._channel: grpc.Channel | None = None

    def judge(self, declaration: Declaration) -> tuple[Violation, ...]:
        """Ask every policy about every resource, then about the stack as a whole.

        Violations come in the order of registration, those of stack policies last. A policy that could not run
        because a value is unknown at a preview is an advisory violation that says so, as with the engine.
        Raises PolicyPackError, or PolicyConfigurationError if the configuration does not fit the pack.
        """
        stub = self.analyzer
        urns = {resource.urn for resource in declaration.resources}
        root = next((r.urn for r in declaration.resources if r.type == STACK_TYPE), "")
        violations = []
        for resource in declaration.resources:
            request = analyze_request(resource, declaration)
            response = self._ask(f"judging {resource.urn}", stub.Analyze, request)
            violations += [violation(found, resource.urn) for found in response.diagnostics]
        stack = analyzer_pb2.AnalyzeStackRequest(
            resources=[stack_resource(resource, declaration) for resource in declaration.resources]
        )
        response = self._ask("judging the stack", stub.AnalyzeStack, stack)
        violations += [violation(found, found.urn if found.urn in urns else root) for found in response.diagnostics]
        return tuple(violations)

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies that are not disabled."""
        return tuple(name for name, entry in self._configured[1].items() if entry.level != "disabled")

    @property
    def described(self) -> tuple[PolicyDescription, ...]:
        """What the pack says of its policies that are not disabled."""
        return tuple(policy for policy in self._configured[2] if policy.level != "disabled")

    @property
    def analyzer(self) -> analyzer_pb2_grpc.AnalyzerStub:
        """The pack's own interface, ready and configured; raises as `judge` does."""
        return self._configured[0]

    @property
    def process_id(self) -> int:
        """Of the pack's process."""
        return self._process.pid

    def wait_until_ready(self) -> Self:
        """Wait until the pack answers and is configured; raises as `judge` does."""
        _ = self._configured
        return self

    def stop(self) -> None:
        """End the pack."""
        if self._channel is not None:
            self._channel.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._output.close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def _configured(
        self,
    ) -> tuple[analyzer_pb2_grpc.AnalyzerStub, dict[str, PolicyConfiguration], tuple[PolicyDescription, ...]]:
        """The pack's interface, how its policies are configured, and what it says of them."""
        address = f"127.0.0.1:{self._await_port()}"
        # A proxy of the person's environment would be asked even for loopback.
        self._channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
        stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)
        configuration = self._configuration
        self._ask(
            "configuring the stack",
            stub.ConfigureStack,
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack=configuration.stack,
                project=configuration.project,
                organization="organization",
                dry_run=self._preview,
                config=configuration.values,
            ),
        )
        info = self._ask("describing itself", stub.GetAnalyzerInfo, empty_pb2.Empty())
        try:
            effective = reconcile(policies(info), initial_configuration(info), self._given)
        except PolicyConfigurationError as error:
            raise PolicyConfigurationError(f"configuration of the policy pack {info.name}: {error}") from error
        entries = {
            name: analyzer_pb2.PolicyConfig(
                enforcementLevel=LEVEL_NUMBERS[str(entry.level)], properties=to_struct(entry.properties)
            )
            for name, entry in effective.items()
        }
        self._ask("configuring itself", stub.Configure, analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=entries))
        return stub, effective, tuple(describe(policy, str(effective[policy.name].level)) for policy in info.policies)

    def _await_port(self) -> int:
        """Wait for the line with which a pack announces its port."""
        give_up = time.monotonic() + _START_DEADLINE_IN_SECONDS
        while b"\n" not in (printed := _content(self._output)):
            if self._process.poll() is not None:
                raise PolicyPackError(
                    f"the policy pack {self.pack_dir} did not start (exit code {self._process.returncode})"
                    f"{self._complaint()}"
                )
            if time.monotonic() > give_up:
                raise PolicyPackError(
                    f"the policy pack {self.pack_dir} did not start within {_START_DEADLINE_IN_SECONDS:g} s"
                    f"{self._complaint()}"
                )
            time.sleep(0.01)
        first = printed.split(b"\n", 1)[0].decode(errors="replace").strip()
        if not first.isdigit():
            raise PolicyPackError(
                f"the policy pack {self.pack_dir} printed {first!r} where the engine expects its port: "
                "a pack must print nothing to standard output as it loads"
            )
        return int(first)

    def _ask(self, doing: str, call: Callable[..., Any], request: object) -> Any:  # noqa: ANN401 - gRPC's own types
        try:
            return call(request, timeout=_CALL_DEADLINE_IN_SECONDS)
        except grpc.RpcError as error:
            details = error.details() if isinstance(error, grpc.Call) else error
            raise PolicyPackError(
                f"the policy pack {self.pack_dir} failed while {doing}: {details}{self._complaint()}"
            ) from error

    def _complaint(self) -> str:
        lines = _content(self._errors).decode(errors="replace").strip().splitlines()[-30:]
        return ":\n" + "\n".join(f"  {line}" for line in lines) if lines else ""


def policy_configuration_file(pack_dir: Path, stack: str) -> Path | None:
    """The configuration of a pack for a stack, `<stack>.json` in the pack's folder; None if there is none."""
    path = pack_dir / f"{stack}.json"
    return path if path.exists() else None


def _content(file: Any) -> bytes:  # noqa: ANN401 - a binary file
    # Not `read`: the process writes through the same position.
    return os.pread(file.fileno(), 1 << 20, 0)


def _environment(configuration: StackConfiguration, *, preview: bool) -> dict[str, str]:
    region = configuration.values.get("aws:region", "us-east-1")
    return sealed_environment(os.environ, region=region, endpoint_url=NO_ENDPOINT) | {
        "PULUMI_ORGANIZATION": "organization",
        "PULUMI_PROJECT": configuration.project,
        "PULUMI_STACK": configuration.stack,
        "PULUMI_DRY_RUN": "true" if preview else "false",
        "PULUMI_CONFIG": json.dumps(dict(configuration.values)),
    }
