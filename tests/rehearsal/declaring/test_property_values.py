import pulumi
from google.protobuf import struct_pb2

from rehearsal.declaring.property_values import UNKNOWN, plain_properties, with_properties

SIGNATURE = "4dabf18193072939515e22adb298388d"
ASSET, ARCHIVE = "c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"


def struct(**values: object) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def test_plain_values_come_back_with_whole_numbers_as_integers() -> None:
    values = {"a": 1.0, "b": 0.5, "c": "x", "d": True, "e": None, "f": [1, {"g": 2}]}
    read = plain_properties(struct(**values))
    assert read == {"a": 1, "b": 0.5, "c": "x", "d": True, "e": None, "f": [1, {"g": 2}]}
    assert isinstance(read["a"], int)


def test_a_secret_is_unwrapped() -> None:
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": {"a": 1}}
    assert plain_properties(struct(s=secret)) == {"s": {"a": 1}}


def test_an_unknown_stays_recognizable() -> None:
    assert plain_properties(struct(a=UNKNOWN, b=[UNKNOWN])) == {"a": UNKNOWN, "b": [UNKNOWN]}


def test_assets_come_back_as_pulumis_objects() -> None:
    read = plain_properties(
        struct(
            file={SIGNATURE: ASSET, "path": "a.txt"},
            text={SIGNATURE: ASSET, "text": "hello"},
            remote={SIGNATURE: ASSET, "uri": "https://example.com/a"},
            archive={SIGNATURE: ARCHIVE, "path": "a.zip"},
            assets={SIGNATURE: ARCHIVE, "assets": {"a": {SIGNATURE: ASSET, "text": "x"}}},
        )
    )
    assert {name: type(value) for name, value in read.items()} == {
        "file": pulumi.FileAsset,
        "text": pulumi.StringAsset,
        "remote": pulumi.RemoteAsset,
        "archive": pulumi.FileArchive,
        "assets": pulumi.AssetArchive,
    }
    assert read["file"].path == "a.txt"
    assert read["text"].text == "hello"
    assert read["assets"].assets["a"].text == "x"


def test_a_reference_to_a_resource_is_its_urn_and_id() -> None:
    reference = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:a", "id": "i"}
    assert plain_properties(struct(r=reference)) == {"r": {"urn": "urn:a", "id": "i"}}


def test_properties_are_set_in_a_copy() -> None:
    original = struct(a=1, b=2)
    assert plain_properties(with_properties(original, {"b": 3, "c": [4]})) == {"a": 1, "b": 3, "c": [4]}
    assert plain_properties(original) == {"a": 1, "b": 2}
