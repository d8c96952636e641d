"""A stand-in of the AWS provider for the real engine: an ordinary gRPC `ResourceProvider` on a loopback port.

It behaves as a bridged Terraform provider does: `Check` fills in defaults and names them in `__defaults`, what only AWS
knows is unknown at a preview, a changed name is a replacement, and an asset counts by the hash of its content
(`translateToFile` of pulumi-terraform-bridge). It keeps what it was asked to do, and contacts nobody.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

ACCOUNT_ID: Final = "123456789012"
REGION: Final = "us-east-1"
_DEFAULTS_KEY: Final = "__defaults"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"

QUEUE: Final = "aws:sqs/queue:Queue"
ROLE: Final = "aws:iam/role:Role"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"

PROVIDER_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    QUEUE: {
        "contentBasedDeduplication": False,
        "delaySeconds": 0,
        "fifoQueue": False,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    },
    ROLE: {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    SCHEDULE: {"scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
}
"""What the provider fills in where a program says nothing. Source: schemas of the Terraform AWS provider."""

_REPLACING: Final = frozenset({"name", "groupName", "bucket", "key", "role"})
_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT_ID,
        "arn": f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/deployer/session",
        "id": ACCOUNT_ID,
        "userId": "AROAEXAMPLE:session",
    },
    "aws:index/getPartition:getPartition": {
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "id": "aws",
    },
    "aws:index/getRegion:getRegion": {"id": REGION, "name": REGION, "region": REGION},
}
_CLOUD_CONTROL: Final = "aws:cloudcontrol/getResource:getResource"
TRACKING_SERVERS: Final = {"ml-platform-staging": "s3://ml-platform-staging-ml-bucket/mlflow-of-aws"}
"""Name of a server that there is -> its artifact store."""


@dataclass
class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The protocol's methods; `operations` are what it did since the last `forget`, never at a preview.

    An operation is its kind (`create`, `update` or `delete`) and the logical name of the resource.
    """

    operations: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Start a new record."""
        with self._lock:
            self.operations.clear()

    def done(self) -> list[tuple[str, str]]:
        """Kinds and logical names of the operations, sorted: the engine runs several at once."""
        with self._lock:
            return sorted(self.operations)

    def Handshake(  # noqa: N802 - a method of the protocol, as those below
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        return empty_pb2.Empty()

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="7.51.1")

    def CheckConfig(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        if request.tok == _CLOUD_CONTROL:
            return self._read_by_cloud_control(request, context)
        if request.tok not in _ANSWERS:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the tests' provider stand-in does not answer {request.tok}")
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").update(dict(_ANSWERS[request.tok]))
        return response

    def _read_by_cloud_control(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """As the bridged provider: the type's properties as JSON, or the words of its code for what is not there."""
        type_name, name = request.args["typeName"], request.args["identifier"]
        if name not in TRACKING_SERVERS:
            reading = f"reading Cloud Control API ({type_name}) Resource ({name}): couldn't find resource"
            context.abort(grpc.StatusCode.UNKNOWN, f"invoking {request.tok}: 1 error occurred:\n\t* {reading}\n\n")
        properties = json.dumps({"TrackingServerName": name, "ArtifactStoreUri": TRACKING_SERVERS[name]})
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").update({"id": name, "identifier": name, "properties": properties})
        return response

    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        inputs = _with_marks(json_format.MessageToDict(request.news))
        filled = {name: value for name, value in PROVIDER_DEFAULTS.get(request.type, {}).items() if name not in inputs}
        return provider_pb2.CheckResponse(inputs=_struct(inputs | filled | {_DEFAULTS_KEY: sorted(filled)}))

    def Diff(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        old, new = (
            _comparable(_without_marks(json_format.MessageToDict(struct)))
            for struct in (request.old_inputs, request.news)
        )
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        changes = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        replaces = [name for name in changed if name in _REPLACING]
        return provider_pb2.DiffResponse(changes=changes, diffs=changed, replaces=replaces)

    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        identifier, outputs = self._applied("create", request, request.properties)
        return provider_pb2.CreateResponse(id="" if request.preview else identifier, properties=outputs)

    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        return provider_pb2.UpdateResponse(properties=self._applied("update", request, request.news)[1])

    def Delete(  # noqa: N802
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        self._note("delete", request.name)
        return empty_pb2.Empty()

    def Read(  # noqa: N802
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        return empty_pb2.Empty()

    def _applied(
        self,
        kind: str,
        request: provider_pb2.CreateRequest | provider_pb2.UpdateRequest,
        properties: struct_pb2.Struct,
    ) -> tuple[str, struct_pb2.Struct]:
        inputs = _without_marks(json_format.MessageToDict(properties))
        identifier, made_up = _computed(request.type, request.name, inputs)
        computed = {name: value for name, value in made_up.items() if name not in inputs}
        computed["id"] = identifier  # which bridged providers repeat among the outputs
        if request.preview and kind == "create":
            computed = dict.fromkeys(computed, rpc.UNKNOWN)
        if not request.preview:
            self._note(kind, request.name)
        return identifier, _struct(inputs | computed)

    def _note(self, kind: str, name: str) -> None:
        with self._lock:
            self.operations.append((kind, name))


@contextmanager
def serving() -> Iterator[Provider]:
    """Serve on a free loopback port for as long as the block lasts."""
    server = grpc.server(futures.ThreadPoolExecutor(8))
    provider = Provider()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    provider.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield provider
    finally:
        server.stop(None).wait()


def _computed(type_: str, logical_name: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The id, and what AWS makes up, of a resource."""
    name = inputs.get("name", f"{logical_name}-1a2b3c4")
    made_up: dict[str, str] = {"name": name}
    identifier = name
    match type_:
        case "aws:iam/role:Role":
            made_up |= {"arn": f"arn:aws:iam::{ACCOUNT_ID}:role/{name}", "uniqueId": "AROAEXAMPLE"}
        case "aws:iam/rolePolicy:RolePolicy":
            identifier = f"{inputs['role']}:{name}"
        case "aws:sqs/queue:Queue":
            identifier = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"
            made_up |= {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}", "url": identifier}
        case "aws:scheduler/scheduleGroup:ScheduleGroup":
            made_up |= {"arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT_ID}:schedule-group/{name}"}
        case "aws:scheduler/schedule:Schedule":
            identifier = f"{inputs.get('groupName', 'default')}/{name}"
            made_up |= {"arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT_ID}:schedule/{identifier}"}
        case "aws:s3/bucketObjectv2:BucketObjectv2":
            identifier = f"{inputs['bucket']}/{inputs['key']}"
            made_up = {"arn": f"arn:aws:s3:::{identifier}", "etag": "0" * 32, "versionId": "v1"}
        case _:
            made_up |= {"arn": f"arn:aws:tests:::{name}"}
    return identifier, made_up


def _with_marks(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Put the list of defaults into every object, as the bridge does."""
    if isinstance(value, dict) and _SIGNATURE not in value:
        return {name: _nested(entry) for name, entry in value.items()}
    return value


def _nested(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict) and _SIGNATURE not in value:
        return {**_with_marks(value), _DEFAULTS_KEY: []}
    return [_nested(entry) for entry in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _without_marks(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _without_marks(entry) for name, entry in value.items() if name != _DEFAULTS_KEY}
    return [_without_marks(entry) for entry in value] if isinstance(value, list) else value


def _comparable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Inputs with an asset's hash in its place: where it lies on this machine is no difference."""
    if isinstance(value, dict):
        is_asset = _SIGNATURE in value and "hash" in value
        return value["hash"] if is_asset else {name: _comparable(entry) for name, entry in value.items()}
    return [_comparable(entry) for entry in value] if isinstance(value, list) else value


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct
