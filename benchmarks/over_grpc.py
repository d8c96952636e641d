"""Run the program as the engine runs it: a process of its own that speaks gRPC, and here somebody who answers at once.

Under the engine each resource is a call, and so is each line that the SDK logs; that is part of what declaring takes.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc

PROJECT: Final = Path(__file__).parent.parent
_PROJECT_NAME: Final = "scheduled-training"


class _AtOnce(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """Answers at a preview with what was asked; gRPC itself refuses what is not here, as an older engine does."""

    def __init__(self, region: str) -> None:
        self._region = region

    def SupportsFeature(self, _request: Any, _context: Any) -> resource_pb2.SupportsFeatureResponse:  # noqa: ANN401, N802 - gRPC
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

    def RegisterResource(self, request: Any, _context: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: ANN401, N802 - gRPC
        urn = f"urn:pulumi:stack::{_PROJECT_NAME}::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)

    def Invoke(self, request: Any, _context: Any) -> provider_pb2.InvokeResponse:  # noqa: ANN401, N802 - gRPC
        from rehearsal.declaring.program import answer_invoke

        response = provider_pb2.InvokeResponse()
        getattr(response, "return").update(answer_invoke(request.tok, account_id="123456789012", region=self._region))
        return response

    def RegisterResourceOutputs(self, _request: Any, _context: Any) -> empty_pb2.Empty:  # noqa: ANN401, N802 - gRPC
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: Any, _context: Any) -> empty_pb2.Empty:  # noqa: ANN401, N802 - gRPC
        return empty_pb2.Empty()

    def Log(self, _request: Any, _context: Any) -> empty_pb2.Empty:  # noqa: ANN401, N802 - gRPC
        return empty_pb2.Empty()

    def SetRootResource(self, _request: Any, _context: Any) -> engine_pb2.SetRootResourceResponse:  # noqa: ANN401, N802 - gRPC
        return engine_pb2.SetRootResourceResponse()


@contextmanager
def _serving(region: str) -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    servicer = _AtOnce(region)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(servicer, server)
    engine_pb2_grpc.add_EngineServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0)


def declaring_seconds(project: Path, stack: str, region: str) -> tuple[float, float]:
    """Wall and CPU seconds of a program that declares the stack `stack` of `project`, without its imports."""
    with _serving(region) as address:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.over_grpc", str(project), stack, address]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
    wall, cpu = json.loads(finished.stdout.splitlines()[-1])
    return wall, cpu


def _run(project: Path, stack: str, address: str) -> tuple[float, float]:
    """Be the program under the engine at `address`; see pulumi-language-python-exec of Pulumi's Python SDK."""
    import pulumi

    from rehearsal.declaring.stack_configuration import read_stack_configuration

    values = read_stack_configuration(project, stack).values
    pulumi.runtime.set_all_config(dict(values), [])
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=_PROJECT_NAME, stack=stack, monitor=address, engine=address, dry_run=True, parallel=16
        )
    )
    with chdir(project), asyncio.Runner() as runner:
        sys.path.insert(0, str(project))
        _import_what_the_program_needs()
        wall, cpu = time.perf_counter(), time.process_time()
        runner.run(pulumi.runtime.run_in_stack(lambda: _main(project)))
        return time.perf_counter() - wall, time.process_time() - cpu


def _main(project: Path) -> None:
    runpy.run_path(str(project), run_name="__main__")


def _import_what_the_program_needs() -> None:
    """Load what is imported at first use, so that only declaring is timed."""
    import pulumi_aws as aws

    import components.scheduled_training_job  # noqa: F401 - it stays loaded
    import settings  # noqa: F401 - likewise

    _ = (aws.scheduler.Schedule, aws.iam.Role, aws.sqs.Queue, aws.s3.BucketObjectv2)


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))
