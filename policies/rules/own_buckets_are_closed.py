"""SG25: buckets that the stack creates are closed to the public and speak TLS only."""

from collections.abc import Iterable, Iterator
from typing import Any

from examples import document, example, resource
from findings import MISSING, UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Example, Judgement, Level, Reference, Remedy, ResourceRule, Severity, StackJudgement, StackRule
from stack import Stack
from statements import Statement, matches, read_statements
from target_input import UnreadableError

_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)
_SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _check_block(resource: Resource, _config: Config) -> Judgement:
    return _block_faults(resource)


def _block_faults(resource: Resource) -> list[Finding]:
    values = {name: resource.properties.get(name, MISSING) for name in _SWITCHES}
    return [
        Finding(name, "this way to make the bucket public is open", "set it to true", value)
        for name, value in values.items()
        if value is not True and value is not UNKNOWN
    ]


def _remedy(resource: Resource, _config: Config) -> Remedy:
    return {(finding.path,): True for finding in _block_faults(resource)}


def _check_buckets(stack: Stack, _config: Config) -> StackJudgement:
    buckets = list(stack.of_type(*_BUCKETS))
    if not buckets:
        return NotApplicable("the stack creates no bucket")
    return [(bucket, finding) for bucket in buckets for finding in _faults(stack, bucket)]


def _faults(stack: Stack, bucket: Resource) -> Iterator[Finding]:
    if not _of_bucket(stack.of_type(_BLOCK), bucket):
        yield Finding(
            "publicAccessBlock", "nothing keeps the bucket from the public", "add a BucketPublicAccessBlock", MISSING
        )
    policies = _of_bucket(stack.of_type(*_POLICIES), bucket)
    texts = [policy.properties.get("policy") for policy in policies] + [bucket.properties.get("policy")]
    if UNKNOWN not in texts and not any(_denies_plain_http(statement) for text in texts for statement in _read(text)):
        cure = 'add a bucket policy that denies s3:* when {"Bool": {"aws:SecureTransport": "false"}}'
        yield Finding("policy", "the bucket accepts requests without TLS", cure)


def _of_bucket(resources: Iterable[Resource], bucket: Resource) -> list[Resource]:
    names = {bucket.properties.get(name) for name in ("bucket", "id", "arn")} - {None, UNKNOWN}
    return [
        resource
        for resource in resources
        if resource.properties.get("bucket") in names or bucket.urn in resource.depends_on.get("bucket", ())
    ]


def _read(text: object) -> Iterable[Statement]:
    try:
        return read_statements(text, "policy")
    except UnreadableError:
        return ()


def _denies_plain_http(statement: Statement) -> bool:
    secure = statement.bound("aws:SecureTransport", "bool")
    everybody = any(principal.value == "*" for principal in statement.principals)
    everything = any(matches(action.value, "s3:*", ignore_case=True) for action in statement.actions)
    only_this = len(statement.conditions) == 1
    return (
        not statement.allows
        and secure is not None
        and secure.values == ("false",)
        and everybody
        and everything
        and only_this
    )


_NAME = "ml-platform-prod-ml-bucket"
_TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{_NAME}", f"arn:aws:s3:::{_NAME}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_CLOSED = dict.fromkeys(_SWITCHES, True)
_PARTS = (
    resource(_BUCKETS[0], {"bucket": _NAME}),
    resource(_BLOCK, {"bucket": _NAME, **_CLOSED}),
    resource(_POLICIES[0], {"bucket": _NAME, "policy": document(_TLS_ONLY)}),
)
_ABOUT: dict[str, Any] = {
    "id": "SG25",
    "url": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    "severity": Severity.HIGH,
    "levels": (Level.ADVISORY, Level.MANDATORY),
}
RULES = (
    ResourceRule(
        **_ABOUT,
        reference=Reference("AWS Foundational Security Best Practices", "S3.8"),
        name="public-access-blocked",
        title="Public access is blocked in all four ways",
        description="A bucket's public access block must set all four switches.",
        cure="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
        types=frozenset({_BLOCK}),
        subject=lambda resource: resource,
        check=_check_block,
        remedy=_remedy,
        good=example(_BLOCK, {"bucket": _NAME, **_CLOSED}),
        bad=example(_BLOCK, {"bucket": _NAME, **_CLOSED, "blockPublicPolicy": False}),
    ),
    StackRule(
        **_ABOUT,
        reference=Reference("AWS Foundational Security Best Practices", "S3.5"),
        name="own-buckets-closed",
        title="Own buckets are private and speak TLS only",
        description="A bucket of the stack must block public access and refuse requests without TLS.",
        cure="Add a BucketPublicAccessBlock and a bucket policy that denies requests without TLS.",
        check=_check_buckets,
        good=Example(_PARTS),
        bad=Example(_PARTS[:2]),
    ),
)
