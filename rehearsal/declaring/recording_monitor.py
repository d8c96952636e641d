"""The SDK's test monitor in place of the engine, with its URNs and previews and a record of what it was told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_project, get_stack

from rehearsal.declaring.artifact_store_stand_ins import Invoked, stand_in_answer
from rehearsal.declaring.property_values import UNKNOWN, plain_properties, with_properties
from rehearsal.errors import RehearsalError

STACK_TYPE: Final = "pulumi:pulumi:Stack"
InputsOf = Callable[[str, struct_pb2.Struct], struct_pb2.Struct]
"""URN and declared inputs of a resource -> the inputs that it gets, as from policies that remediate."""


class UnknownInvokeError(RehearsalError):
    """The program calls a provider function that cannot be answered offline."""


class DuplicateResourceError(RehearsalError):
    """The program declares two resources with one URN."""


@dataclass(frozen=True)
class RegisteredResource:
    """One resource as the program registered it, in the order of registration.

    `inputs` and `outputs` are plain values: secrets unwrapped, assets as pulumi's objects, unknowns as
    `property_values.UNKNOWN`. `raw_inputs` and `raw_outputs` are what the engine would hand to a policy.
    """

    urn: str
    type: str
    name: str
    custom: bool
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    request: resource_pb2.RegisterResourceRequest
    raw_inputs: struct_pb2.Struct
    raw_outputs: struct_pb2.Struct


class ResourceToCreate(pulumi_mocks.MockResourceArgs):
    """A resource that mocks are to create, with its URN; `inputs` are plain values."""

    def __init__(self, *, urn: str, **arguments: Any) -> None:  # noqa: ANN401 - those of the base class
        super().__init__(**arguments)
        self.urn = urn


class RecordingMonitor(pulumi_mocks.MockMonitor):
    """The test monitor with the engine's URNs and previews, and a record of what was registered."""

    def __init__(
        self,
        mocks: pulumi_mocks.Mocks,
        *,
        preview: bool,
        inputs_of: InputsOf | None = None,
        bucket: str | None = None,
    ) -> None:
        """`bucket` is where stand-ins for artifact stores are, which no mocks answer for."""
        super().__init__(mocks)
        self._bucket = bucket
        self._inputs_of = inputs_of
        self.exports: dict[str, Any] = {}
        self.invokes: list[Invoked] = []
        self._preview = preview
        self._lock = threading.Lock()
        self._order: list[str] = []
        self._registered: dict[str, RegisteredResource] = {}

    def resources_in_order(self) -> tuple[RegisteredResource, ...]:
        """The resources in the order in which the program registered them."""
        return tuple(self._registered[urn] for urn in self._order if urn in self._registered)

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN that the engine gives: the types of all parents but the stack, then the resource's own."""
        parent_types = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if parent_types == STACK_TYPE else f"{parent_types}${type_}"
        return f"urn:pulumi:{get_stack()}::{get_project()}::{qualified}::{name}"

    def RegisterResource(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Create the resource (not at a preview) and record it."""
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._lock:
            if urn in self._order:
                raise DuplicateResourceError(
                    f"the program declares two resources of type {request.type} named {request.name!r} with the same "
                    f"parent ({urn}): give one of them another name"
                )
            self._order.append(urn)
        if self._inputs_of is not None:
            request.object.CopyFrom(self._inputs_of(urn, request.object))
        inputs = plain_properties(request.object)
        identifier, outputs = "", dict[str, Any]()
        if request.type != STACK_TYPE and not self._preview:
            identifier, outputs = self._create(request, inputs)
        raw_outputs = with_properties(request.object, outputs)
        self.resources[urn] = self.ResourceRegistration(urn, identifier, inputs | outputs)
        self._registered[urn] = RegisteredResource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            id=identifier,
            inputs=inputs,
            outputs=inputs | outputs,
            parent=request.parent,
            dependencies=tuple(request.dependencies),
            property_dependencies={name: tuple(d.urns) for name, d in request.propertyDependencies.items()},
            request=request,
            raw_inputs=request.object,
            raw_outputs=with_properties(raw_outputs, {"id": UNKNOWN}) if self._is_new(request) else raw_outputs,
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=raw_outputs)

    def RegisterResourceOutputs(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Record a component's outputs, and as exports those of the stack."""
        outputs = plain_properties(request.outputs)
        with self._lock:
            resource = self._registered[request.urn]
            self._registered[request.urn] = replace(resource, outputs=outputs, raw_outputs=request.outputs)
            if resource.type == STACK_TYPE:
                self.exports = outputs
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Refuse: nothing exists offline but what the program declares."""
        raise UnknownInvokeError(
            f"the program reads the existing {request.type} {request.id!r} as {request.name!r}, which cannot be done "
            "offline: configure the value that it needs instead"
        )

    def Invoke(  # noqa: N802 - a method of the protocol
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        """Answer a provider function, and record that it was asked."""
        arguments = plain_properties(request.args)
        self.invokes.append(Invoked(request.tok, arguments))
        answer = stand_in_answer(request.tok, arguments, self._bucket)
        if answer is None:
            call = pulumi_mocks.MockCallArgs(token=request.tok, args=arguments, provider=request.provider)
            answer, _failures = self.mocks.call(call)
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").update(answer)
        return response

    def _create(
        self, request: resource_pb2.RegisterResourceRequest, inputs: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        urn = self.make_urn(request.parent, request.type, request.name)
        identifier, outputs = self.mocks.new_resource(
            ResourceToCreate(
                typ=request.type,
                name=request.name,
                inputs=inputs,
                provider=request.provider,
                resource_id=request.importId,
                custom=request.custom,
                urn=urn,
            )
        )
        # What repeats an input keeps the input's own form: it may be a secret or an asset.
        return identifier or "", {
            name: value for name, value in outputs.items() if name not in inputs or inputs[name] != value
        }

    def _is_new(self, request: resource_pb2.RegisterResourceRequest) -> bool:
        return self._preview and request.custom
