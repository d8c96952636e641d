"""SG25: buckets that the stack creates are closed to the public and speak TLS only."""

from collections.abc import Iterable, Iterator

from examples import document, resource
from findings import MISSING, UNKNOWN, Finding
from public_access import is_public
from resources import NotApplicable, Resource
from rule import Config, Example, Level, Reference, Severity, StackJudgement, StackRule
from rules.public_access_is_blocked import ACCOUNT_BLOCK, BLOCK, CLOSED
from stack import Stack
from statements import Statement, matches, read_statements
from target_input import UnreadableError

_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def _check(stack: Stack, _config: Config) -> StackJudgement:
    buckets = list(stack.of_type(*_BUCKETS))
    if not buckets:
        return NotApplicable("the stack creates no bucket")
    closed = [(bucket, finding) for bucket in buckets for finding in _faults(stack, bucket)]
    return [*closed, *(opening for bucket in buckets for opening in _openings(stack, bucket))]


def _openings(stack: Stack, bucket: Resource) -> Iterator[tuple[Resource, Finding]]:
    for holder in (*_of_bucket(stack.of_type(_POLICY), bucket), bucket):
        for statement in _read(holder.properties.get("policy")):
            if is_public(statement):
                cure = "name the principals, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount or the like"
                yield holder, Finding(statement.path, "the bucket policy lets everybody in", cure)


def _faults(stack: Stack, bucket: Resource) -> Iterator[Finding]:
    if not _of_bucket(stack.of_type(BLOCK), bucket) and not any(stack.of_type(ACCOUNT_BLOCK)):
        fault = "nothing keeps the bucket from the public"
        yield Finding("publicAccessBlock", fault, "add a BucketPublicAccessBlock", MISSING)
    policies = _of_bucket(stack.of_type(_POLICY), bucket)
    texts = [policy.properties.get("policy") for policy in policies] + [bucket.properties.get("policy")]
    denying = [statement for text in texts for statement in _read(text) if _denies_plain_http(statement)]
    if UNKNOWN not in texts and not _cover(denying, bucket):
        cure = 'add a bucket policy that denies s3:* when {"Bool": {"aws:SecureTransport": "false"}}'
        yield Finding("policy", "the bucket accepts requests without TLS", f"{cure}, on the bucket and its objects")


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
    everybody = any(principal.value == "*" for principal in statement.principals)
    everything = any(matches(action.value, "s3:*", ignore_case=True) for action in statement.actions)
    if statement.allows or not everybody or not everything or len(statement.conditions) != 1:
        return False
    (condition,) = statement.conditions
    # In a Deny, IfExists denies no less.
    secure = (condition.operator, condition.key, condition.values) == ("bool", "aws:securetransport", ("false",))
    return secure and not condition.quantifier


def _cover(denying: Iterable[Statement], bucket: Resource) -> bool:
    """Tell whether the statements cover the bucket itself and all of its objects."""
    name = bucket.properties.get("bucket")
    patterns = [resource.value.rpartition(":::")[2] for statement in denying for resource in statement.resources]
    if not isinstance(name, str):
        # Whatever it is called, its policy must name a bucket and everything in it.
        name = next((pattern for pattern in patterns if "/" not in pattern), "")
    return all(any(matches(pattern, part) for pattern in patterns) for part in (name, f"{name}/*"))


_NAME = "ml-platform-prod-ml-bucket"
_TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{_NAME}", f"arn:aws:s3:::{_NAME}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_PARTS = (
    resource(_BUCKETS[0], {"bucket": _NAME}),
    resource(BLOCK, {"bucket": _NAME, **CLOSED}),
    resource(_POLICY, {"bucket": _NAME, "policy": document(_TLS_ONLY)}),
)
RULE = StackRule(
    id="SG25",
    name="own-buckets-closed",
    title="Own buckets are private and speak TLS only",
    description="A bucket of the stack must block public access, let nobody in by policy and refuse plain HTTP.",
    cure="Add a BucketPublicAccessBlock and a bucket policy that denies requests without TLS and allows nothing to *.",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Foundational Security Best Practices", "S3.5"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    check=_check,
    good=Example(_PARTS),
    bad=Example(_PARTS[:2]),
)
