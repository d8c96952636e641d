"""What a pack answers, read as changes at property paths and made again in what the program declares."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.judging.remediations import Remediation, RemediationError, remediated, remediation

URN = "urn:pulumi:prod::p::aws:scheduler/schedule:Schedule::forest"
BEFORE = {
    "name": "forest",
    "tags": {"a b": "1", "stack": "prod"},
    "rules": [{"on": True}, {"on": False}],
    "target": {"roleArn": UNKNOWN, "retryPolicy": {"maximumRetryAttempts": 185.0}},
}


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def read(before: dict[str, Any], after: dict[str, Any]) -> Remediation:
    answer = analyzer_pb2.Remediation(policyName="few-retries", properties=struct(after))
    return remediation(answer, URN, struct(before))


def secret(value: str) -> dict[str, str]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (BEFORE, []),
        (BEFORE | {"name": "other"}, ["name"]),
        (BEFORE | {"target": {"roleArn": UNKNOWN, "retryPolicy": {"maximumRetryAttempts": 3.0}}}, None),
        (BEFORE | {"target": {"roleArn": UNKNOWN, "retryPolicy": {}}}, None),
        (BEFORE | {"tags": {"a b": "2", "stack": "prod"}}, ['tags["a b"]']),
        (BEFORE | {"rules": [{"on": True}, {"on": True}]}, ["rules[1].on"]),
        (BEFORE | {"rules": [{"on": True}]}, ["rules"]),
        (BEFORE | {"name": True}, ["name"]),
        (BEFORE | {"name": None}, ["name"]),
        (BEFORE | {"password": secret("canary")}, ["password"]),
        ({name: value for name, value in BEFORE.items() if name != "tags"}, ["tags"]),
    ],
)
def test_a_remediation_names_what_it_changes_and_makes_it_again(after: dict[str, Any], names: list[str] | None) -> None:
    read_back = read(BEFORE, after)

    expected = ["target.retryPolicy.maximumRetryAttempts"] if names is None else names
    assert (read_back.policy, read_back.urn) == ("few-retries", URN)
    assert [change.name for change in read_back.changes] == expected
    assert remediated(struct(BEFORE), [read_back]) == struct(after)


def test_values_that_were_unknown_to_the_pack_stay_what_the_program_declares() -> None:
    cure = read(BEFORE, BEFORE | {"target": {"roleArn": UNKNOWN, "retryPolicy": {"maximumRetryAttempts": 3}}})
    known = {"roleArn": "arn:aws:iam::123456789012:role/r", "retryPolicy": {"maximumRetryAttempts": 185}}

    deployed = json_format.MessageToDict(remediated(struct(BEFORE | {"target": known}), [cure]))
    assert deployed["target"] == known | {"retryPolicy": {"maximumRetryAttempts": 3}}


def test_a_changed_secret_is_one_value_that_nothing_shows() -> None:
    cure = read({"password": secret("canary-1")}, {"password": secret("canary-2")})

    assert [change.name for change in cure.changes] == ["password"]
    assert "canary" not in repr(cure)


def test_what_is_taken_out_already_may_be_missing() -> None:
    cure = read(BEFORE, {name: value for name, value in BEFORE.items() if name != "tags"})
    assert remediated(struct({"name": "forest"}), [cure]) == struct({"name": "forest"})


def test_a_change_inside_something_that_is_not_there_is_reported() -> None:
    cure = read(BEFORE, BEFORE | {"target": {"roleArn": UNKNOWN, "retryPolicy": {"maximumRetryAttempts": 3}}})
    with pytest.raises(RemediationError) as refused:
        remediated(struct({"name": "forest"}), [cure])
    assert str(refused.value) == (
        f"{URN}: the policy few-retries changed target.retryPolicy.maximumRetryAttempts when the stack was checked; "
        "what is deployed has no such property: let the program declare the same at a preview and at an update"
    )
