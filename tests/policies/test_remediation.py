"""What the pack cures where it is asked to, over the engine's protocol, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from findings import MISSING, UNKNOWN

if TYPE_CHECKING:
    from conftest import Pack, Secret, StackUnderTest

pytestmark = pytest.mark.slow


def test_remediation_is_off_unless_asked_for(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set("queue.sqsManagedSseEnabled", False).set("schedule.target.retryPolicy", MISSING)
    assert [pack.remediate(resource) for resource in good_stack.resources if pack.remediate(resource)] == []


def test_remediation_is_off_again_when_no_policy_asks_for_it(pack: Pack, good_stack: StackUnderTest) -> None:
    queue = good_stack.set("queue.sqsManagedSseEnabled", False).resources[1]
    pack.configure({"SG19-dead-letter-queue": "remediate"})
    assert list(pack.remediate(queue)) == ["SG19-dead-letter-queue"]
    pack.configure({"SG19-dead-letter-queue": "mandatory"})
    assert pack.remediate(queue) == {}


@pytest.mark.parametrize(
    ("change", "name", "cured"),
    [
        (("SG19-dead-letter-queue", "queue.sqsManagedSseEnabled", False), "sqsManagedSseEnabled", True),
        (
            (
                "SG20-few-retries",
                "schedule.target.retryPolicy",
                {"maximumRetryAttempts": 185, "maximumEventAgeInSeconds": 60},
            ),
            "target",
            {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60},
        ),
        (
            (
                "SG25-public-access-blocked",
                "block",
                ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "b", "blockPublicAcls": False}),
            ),
            "blockPublicAcls",
            True,
        ),
    ],
)
def test_remediation_cures_what_it_was_asked_for(
    change: tuple[str, str, object], name: str, cured: object, pack: Pack, good_stack: StackUnderTest
) -> None:
    policy, path, broken = change
    good_stack.set(path, broken)
    pack.configure({policy: "remediate"})
    remedied = {r.name: done for r in good_stack.resources if (done := pack.remediate(r))}
    ((resource, remedies),) = remedied.items()
    properties = remedies[policy]
    assert (properties[name]["retryPolicy"] if name == "target" else properties[name]) == cured
    before = next(r for r in good_stack.resources if r.name == resource)
    assert set(properties) >= set(before.properties)


QUEUE = ("SG19-dead-letter-queue", "queue", "queue.sqsManagedSseEnabled", False, "sqsManagedSseEnabled")
RETRIES = (
    "SG20-few-retries",
    "schedule",
    "schedule.target.retryPolicy",
    MISSING,
    "target.retryPolicy.maximumRetryAttempts",
)


@pytest.mark.parametrize("broken", [QUEUE, RETRIES], ids=["a property", "a property inside the one that is added"])
@pytest.mark.parametrize(
    ("exemption", "is_left_alone"),
    [
        ({}, True),
        ({"path": ...}, True),
        ({"path": "name"}, False),
        ({"resource": "another"}, False),
        ({"expires": "2020-12-31"}, False),
    ],
)
def test_remediation_leaves_alone_what_is_exempt_and_as_long_as_it_is(
    exemption: dict[str, Any],
    is_left_alone: bool,
    broken: tuple[str, str, str, object, str],
    pack: Pack,
    good_stack: StackUnderTest,
) -> None:
    policy, name, place, value, path = broken
    given = {"resource": name, "reason": "agreed with operations", "expires": "2999-12-31"} | exemption
    exemption = {member: path if text is ... else text for member, text in given.items()}
    pack.configure({policy: {"enforcementLevel": "remediate", "exemptions": [exemption]}})
    resource = next(r for r in good_stack.set(place, value).resources if r.name == name)

    assert (pack.remediate(resource) == {}) is is_left_alone
    notes = [d for d in pack.analyze(resource) if d.policy == "SG00-exemptions"]
    assert bool(notes) is is_left_alone


def test_remediation_cures_the_other_properties_of_a_resource_with_an_exemption(
    pack: Pack, good_stack: StackUnderTest
) -> None:
    policy, name = "SG25-public-access-blocked", "block"
    properties = {"bucket": "b", "blockPublicAcls": False, "blockPublicPolicy": False}
    good_stack.set(name, ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", properties))
    exemption = {"resource": name, "path": "blockPublicPolicy", "reason": "a public site", "expires": "2999-12-31"}
    pack.configure({policy: {"enforcementLevel": "remediate", "exemptions": [exemption]}})

    remedied = pack.remediate(next(r for r in good_stack.resources if r.name == name))[policy]

    closed = {"blockPublicAcls": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}
    assert remedied == properties | closed


def test_remediation_keeps_unknowns_and_secrets_as_they_are(
    pack: Pack, good_stack: StackUnderTest, secret: type[Secret]
) -> None:
    pack.configure({"SG20-few-retries": "remediate"})
    schedule = next(r for r in good_stack.set("schedule.target.retryPolicy", MISSING).resources if r.name == "schedule")
    target = dict(schedule.properties["target"])
    properties = {**schedule.properties, "kmsKeyArn": UNKNOWN, "description": secret("canary")}
    properties["target"] = {**target, "roleArn": UNKNOWN, "input": secret(target["input"])}
    remedied = pack.remediate(type(schedule)(schedule.type, schedule.name, schedule.urn, properties))
    cured = remedied["SG20-few-retries"]
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert cured["kmsKeyArn"] == unknown
    assert cured["description"]["value"] == "canary"
    assert cured["target"]["roleArn"] == unknown
    assert cured["target"]["input"]["value"] == target["input"]
    assert cured["target"]["retryPolicy"] == {"maximumRetryAttempts": 3}
