"""The engine's side of a component provider: it starts the plugin, answers its calls and keeps what it registers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    errors_pb2,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
    status_pb2,
)

from rehearsal.declaring.artifact_store_stand_ins import stand_in_answer
from rehearsal.declaring.program import answer_invoke
from rehearsal.sealed_environment import NO_ENDPOINT, sealed_environment

PROVIDER: Final = Path(__file__).parents[2] / "provider"
COMPONENT: Final = "scheduled-training:index:ScheduledTrainingJob"
PROJECT: Final = "readmission"
STACK: Final = "dev"


@dataclass
class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """Answers as the engine does, at a preview with nothing but what was asked; keeps registrations and messages."""

    region: str = "eu-central-1"
    registered: list[resource_pb2.RegisterResourceRequest] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    asked_with: list[str] = field(default_factory=list)
    preview: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self, *, preview: bool, region: str = "eu-central-1") -> None:
        for kept in (self.registered, self.outputs, self.messages, self.asked_with):
            kept.clear()
        self.preview, self.region = preview, region

    def inputs(self, type_: str) -> dict[str, Any]:
        (found,) = [each for each in self.registered if each.type == type_]
        return json_format.MessageToDict(found.object)

    def SupportsFeature(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

    def RegisterResource(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        parents = request.parent.split("::")[2] + "$" if request.parent else ""
        urn = f"urn:pulumi:{STACK}::{PROJECT}::{parents}{request.type}::{request.name}"
        with self._lock:
            self.registered.append(request)
        response = resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        computed = {"arn": f"arn:of:{request.name}", "url": f"https://url.of/{request.name}"}
        if request.custom:
            response.id = "" if self.preview else f"id-of-{request.name}"
            response.object.update(dict.fromkeys(computed, rpc.UNKNOWN) if self.preview else computed)
        return response

    def RegisterResourceOutputs(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        self.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        response = provider_pb2.InvokeResponse()
        if request.tok == "pulumi:pulumi:getResource":  # of a provider that the component is given
            answer = {"urn": request.args["urn"], "id": "0a1b", "state": {}}
        else:
            self.asked_with.append(request.provider)
            answer = stand_in_answer(request.tok, json_format.MessageToDict(request.args), None) or answer_invoke(
                request.tok, account_id="123456789012", region=self.region
            )
        getattr(response, "return").update(answer)
        return response

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        if request.severity != engine_pb2.DEBUG:
            self.messages.append(request.message)
        return empty_pb2.Empty()


@dataclass(frozen=True)
class Refusal:
    """An answer with an error: its message, and the reason by the property's path."""

    code: grpc.StatusCode
    message: str
    reasons: dict[str, str]


@dataclass(frozen=True)
class Constructed:
    """An answer without one."""

    urn: str
    state: dict[str, Any]


@dataclass(frozen=True)
class Plugin:
    """A component provider that runs, and the monitor that it talks to."""

    stub: provider_pb2_grpc.ResourceProviderStub
    monitor: Monitor
    address: str
    stderr: Path

    def construct(
        self,
        inputs: Mapping[str, Any],
        name: str = "readmission",
        *,
        preview: bool = True,
        region: str = "eu-central-1",
        **more: object,
    ) -> Constructed | Refusal:
        """Ask for the component; inputs are JSON, marks of the protocol included."""
        self.monitor.forget(preview=preview, region=region)
        properties = struct_pb2.Struct()
        properties.update(dict(inputs))
        request = provider_pb2.ConstructRequest(
            type=COMPONENT,
            name=name,
            inputs=properties,
            project=PROJECT,
            stack=STACK,
            dryRun=preview,
            monitorEndpoint=self.address,
            parallel=16,
        )
        for key, value in more.items():
            getattr(request, key).update(value)
        try:
            answer = self.stub.Construct(request, timeout=60)
        except grpc.RpcError as error:
            return refusal_of(error)
        return Constructed(answer.urn, json_format.MessageToDict(answer.state))


def refusal_of(error: Any) -> Refusal:  # noqa: ANN401 - what gRPC raises is a call as well
    reasons: dict[str, str] = {}
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            (detail,) = status_pb2.Status.FromString(value).details
            faults = errors_pb2.InputPropertiesError()
            detail.Unpack(faults)
            reasons = {fault.property_path: fault.reason for fault in faults.errors}
    return Refusal(error.code(), error.details(), reasons)


@contextmanager
def started(program: Path, cache: Path) -> Iterator[Plugin]:
    """Start the plugin as the engine does: its directory, the engine's address, in the program's directory."""
    monitor = Monitor()
    server = grpc.server(futures.ThreadPoolExecutor(8))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    environ = sealed_environment(os.environ, region="eu-central-1", endpoint_url=NO_ENDPOINT)
    stderr = cache / "stderr"
    with stderr.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(PROVIDER), address],
            cwd=program,
            env=environ | {"XDG_CACHE_HOME": str(cache), "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), monitor, address, stderr)
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
        server.stop(None).wait()


def schema_of(plugin: Plugin) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    return schema
