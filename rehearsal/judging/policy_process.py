"""A policy pack in a process of its own, started and ended as the engine and its Python language host do it.

The command line, the working directory and the environment are theirs (analyzer_plugin.go, pulumi-language-python); the
pack cannot tell the difference.
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
from typing import Any, Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from rehearsal.declaring.stack_configuration import StackConfiguration
from rehearsal.errors import RehearsalError
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


class UnimplementedError(PolicyPackError):
    """The pack lacks a method of the protocol."""


class PolicyProcess:
    """The process of the pack in `pack_dir`, which is starting or runs until `stop`."""

    def __init__(self, pack_dir: Path, configuration: StackConfiguration, *, preview: bool) -> None:
        """Start the pack for a stack; raises PolicyPackError if there is no pack."""
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

    @cached_property
    def stub(self) -> analyzer_pb2_grpc.AnalyzerStub:
        """The pack's interface; waits until the pack serves, raises PolicyPackError where it never does."""
        address = f"127.0.0.1:{self._await_port()}"
        # A proxy of the person's environment would be asked even for loopback.
        self._channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
        return analyzer_pb2_grpc.AnalyzerStub(self._channel)

    @property
    def process_id(self) -> int:
        """Of the process."""
        return self._process.pid

    def ask(self, doing: str, call: Callable[..., Any], request: object) -> Any:  # noqa: ANN401 - gRPC's own types
        """Call a method of `stub`; `doing` says what for in the PolicyPackError that a failure raises.

        Raises UnimplementedError for a method that the pack lacks.
        """
        try:
            return call(request, timeout=_CALL_DEADLINE_IN_SECONDS)
        except grpc.RpcError as error:
            if isinstance(error, grpc.Call) and error.code() is grpc.StatusCode.UNIMPLEMENTED:
                raise UnimplementedError(f"the policy pack {self.pack_dir} knows nothing of {doing}") from error
            details = error.details() if isinstance(error, grpc.Call) else error
            raise PolicyPackError(
                f"the policy pack {self.pack_dir} failed while {doing}: {details}{self._complaint()}"
            ) from error

    def stop(self) -> None:
        """End the process."""
        if self._channel is not None:
            self._channel.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._output.close()
        self._errors.close()

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

    def _complaint(self) -> str:
        lines = _content(self._errors).decode(errors="replace").strip().splitlines()[-30:]
        return ":\n" + "\n".join(f"  {line}" for line in lines) if lines else ""


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
