"""Property values as the Pulumi engine sends them (a protobuf Struct), read as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

UNKNOWN: Final[str] = rpc.UNKNOWN
"""Stands for a value that only the cloud will know."""

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's marker of a secret
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"


def plain_properties(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read a Struct: secrets unwrapped, assets and archives as pulumi's objects, unknowns as `UNKNOWN`."""
    return {name: _plain(value) for name, value in json_format.MessageToDict(struct).items()}


def with_properties(struct: struct_pb2.Struct, properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Copy a Struct and set `properties` (JSON values) in the copy."""
    copy = struct_pb2.Struct()
    copy.CopyFrom(struct)
    copy.update(dict(properties))
    return copy


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value in, any plain value out
    match value:
        case dict() if _SIGNATURE in value:
            return _read_signed(value)
        case dict():
            return _fields(value)
        case list():
            return [_plain(entry) for entry in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _fields(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(entry) for name, entry in value.items() if name != _SIGNATURE}


def _read_signed(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a secret can hold any value
    match value[_SIGNATURE]:
        case str() as signature if signature == _SECRET:
            return _plain(value.get("value"))
        case str() as signature if signature == _ASSET:
            return _asset(value)
        case str() as signature if signature == _ARCHIVE:
            return _archive(value)
        case _:
            # A reference to a resource: its URN and id are plain fields.
            return _fields(value)


def _asset(value: Mapping[str, Any]) -> pulumi.Asset:
    if "path" in value:
        return pulumi.FileAsset(value["path"])
    return pulumi.StringAsset(value["text"]) if "text" in value else pulumi.RemoteAsset(value["uri"])


def _archive(value: Mapping[str, Any]) -> pulumi.Archive:
    if "path" in value:
        return pulumi.FileArchive(value["path"])
    return pulumi.AssetArchive(_plain(value["assets"])) if "assets" in value else pulumi.RemoteArchive(value["uri"])
