"""SG25: Own buckets are private and speak TLS only."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from findings import MISSING, UNKNOWN
from rules.own_buckets_are_closed import RULE

if TYPE_CHECKING:
    from conftest import Judge, Reasons, StackUnderTest

BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::own", "arn:aws:s3:::own/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
NO_TLS = (
    "bucket| policy: the bucket accepts requests without TLS. Cure: add a bucket policy that denies s3:* when "
    '{"Bool": {"aws:SecureTransport": "false"}}, on the bucket and its objects.'
)

REPORTED = {
    "no public access block": (
        "block",
        MISSING,
        "bucket| publicAccessBlock is missing: nothing keeps the bucket from the public. Cure: add a "
        "BucketPublicAccessBlock.",
    ),
    "no bucket policy": ("policy", MISSING, NO_TLS),
    "a policy that denies one action only": ("policy.policy.Statement.0.Action", "s3:GetObject", NO_TLS),
    "a policy that denies one caller only": (
        "policy.policy.Statement.0.Principal",
        {"AWS": "arn:aws:iam::123456789012:root"},
        NO_TLS,
    ),
    "a policy that allows instead, to one account": (
        "policy.policy.Statement.0",
        TLS_ONLY | {"Effect": "Allow", "Principal": {"AWS": "123456789012"}},
        NO_TLS,
    ),
    "a policy with a second condition": (
        "policy.policy.Statement.0.Condition.StringEquals",
        {"aws:PrincipalAccount": "123456789012"},
        NO_TLS,
    ),
    "a policy that leaves out the bucket": ("policy.policy.Statement.0.Resource", "arn:aws:s3:::own/*", NO_TLS),
    "a policy that covers some objects only": (
        "policy.policy.Statement.0.Resource",
        ["arn:aws:s3:::own", "arn:aws:s3:::own/public/*"],
        NO_TLS,
    ),
    "a policy that names another bucket": (
        "policy.policy.Statement.0.Resource",
        ["arn:aws:s3:::other", "arn:aws:s3:::other/*"],
        NO_TLS,
    ),
    "a policy of another bucket": ("policy.bucket", "other", NO_TLS),
}


@pytest.fixture
def own_bucket(good_stack: StackUnderTest) -> StackUnderTest:
    good_stack.set("bucket", ("aws:s3/bucket:Bucket", {"bucket": "own"}))
    good_stack.set("block", ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "own", **BLOCK}))
    policy = {"bucket": "own", "policy": {"Statement": [copy.deepcopy(TLS_ONLY)]}}
    return good_stack.set("policy", ("aws:s3/bucketPolicy:BucketPolicy", policy))


def test_a_closed_bucket_passes(own_bucket: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, own_bucket) == []


@pytest.mark.parametrize("case", REPORTED)
def test_one_change_is_reported_once(case: str, own_bucket: StackUnderTest, findings_of: Judge) -> None:
    path, value, line = REPORTED[case]
    assert findings_of(RULE, own_bucket.set(path, value)) == [line]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("policy.policy.Statement.0.Condition", {"BoolIfExists": {"aws:SecureTransport": "false"}}),
        ("policy.policy.Statement.0.Resource", "*"),
        ("policy.policy.Statement.0.Resource", "arn:aws:s3:::own*"),
        ("block", ("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", BLOCK)),
    ],
)
def test_a_bucket_that_is_closed_in_another_way_passes(
    path: str, value: object, own_bucket: StackUnderTest, findings_of: Judge
) -> None:
    assert findings_of(RULE, own_bucket.set(path, value)) == []


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::own/*"}
EVERYBODY = (
    "{}| policy.Statement{}: the bucket policy lets everybody in. Cure: name the principals, or add a condition on "
    "aws:PrincipalOrgID, aws:PrincipalAccount or the like."
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]}},
        {"Principal": MISSING, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
        {"Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}},
        {"Condition": {"StringLike": {"aws:PrincipalAccount": "${aws:PrincipalTag/account}"}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/16", "0.0.0.0/1"]}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "anywhere"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}},
    ],
)
def test_a_bucket_policy_that_lets_everybody_in_is_reported(
    change: dict[str, object], own_bucket: StackUnderTest, findings_of: Judge
) -> None:
    statement = {name: value for name, value in (ALLOW | change).items() if value is not MISSING}
    own_bucket.set("policy.policy.Statement.+", statement)
    assert findings_of(RULE, own_bucket) == [EVERYBODY.format("policy", "[1]")]


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"}},
        {"Principal": {"Service": "logging.s3.amazonaws.com"}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-1a2b3c4d", "vpce-5e6f7a8b"]}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {"Effect": "Deny"},
    ],
)
def test_a_bucket_policy_that_lets_some_in_passes(
    change: dict[str, object], own_bucket: StackUnderTest, findings_of: Judge
) -> None:
    assert findings_of(RULE, own_bucket.set("policy.policy.Statement.+", ALLOW | change)) == []


def test_a_policy_inside_the_bucket_is_judged_as_well(own_bucket: StackUnderTest, findings_of: Judge) -> None:
    own_bucket.set("bucket.policy", {"Statement": ALLOW})
    assert findings_of(RULE, own_bucket) == [EVERYBODY.format("bucket", "")]


def test_a_bucket_that_others_know_by_dependency_only_passes(own_bucket: StackUnderTest, findings_of: Judge) -> None:
    own_bucket.set("block.bucket", UNKNOWN).set("policy.bucket", UNKNOWN)
    origins = {"bucket": frozenset({own_bucket.urn("bucket")})}
    own_bucket.depends_on = {"block": origins, "policy": origins}
    assert findings_of(RULE, own_bucket) == []


def test_an_unknown_bucket_policy_is_judged_when_it_is_known(own_bucket: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, own_bucket.set("policy.policy", UNKNOWN)) == []


def test_a_stack_without_buckets_is_left_alone_and_said_so(
    good_stack: StackUnderTest, not_applicable_of: Reasons
) -> None:
    assert not_applicable_of(RULE, good_stack) == {"stack": "the stack creates no bucket"}
