"""SG10: S3 access is given by prefix, and in the training job's own buckets only."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import BUCKET, allow, role_policy, stack
from findings import Finding, property_path
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, ResourceRule, Severity, StackJudgement, StackRule
from stack import Grants, Stack
from statements import Element, Statement

_LISTING = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
# A literal beginning that ends at a separator; after it, wildcards may follow.
_PREFIX = re.compile(r"[^*?$]*[^*?$/][^*?$]*([/-]\*.*)?")
_BY_PREFIX = re.compile(r"arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}/" + _PREFIX.pattern)
_ARN = re.compile(r"arn:[a-z-]+:s3:::(?P<bucket>[^/]+)")
_URI = re.compile(r"s3://([^/\s\"]+)")


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    granting = [s for document in documents for s in document.statements if s.allows and _s3_actions(s)]
    if not granting:
        return NotApplicable("no statement allows an S3 action")
    return [finding for statement in granting for finding in (*_objects(statement), *_listing(statement))]


def _s3_actions(statement: Statement) -> list[str]:
    return [action.value.lower() for action in statement.actions if action.value.lower().startswith("s3:")]


def _objects(statement: Statement) -> Iterator[Finding]:
    if _reaches_objects(statement):
        for resource in (resource for resource in statement.resources if resource.may_be_in("s3")):
            if set("/*?") & set(resource.value) and not _BY_PREFIX.fullmatch(resource.value):
                cure = "use arn:aws:s3:::BUCKET/PREFIX/*"
                yield Finding(
                    resource.path, "S3 objects must be scoped to a prefix of one bucket", cure, resource.value
                )


def _reaches_objects(statement: Statement) -> bool:
    # The actions on objects are those whose name speaks of them; buckets have no prefix to be scoped to.
    named = any(re.search(r"object|multipartupload\b|uploadparts", action) for action in _s3_actions(statement))
    return named or any(statement.grants(action) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"))


def _listing(statement: Statement) -> Iterator[Finding]:
    if not any(statement.grants(action) for action in _LISTING):
        return
    condition = statement.bound("s3:prefix", "stringequals", "stringlike")
    cure = 'add StringLike {"s3:prefix": "PREFIX/*"}'
    if condition is None:
        path = property_path(statement.path, "Condition")
        yield Finding(path, "the whole bucket may be listed", cure)
    elif not all(_PREFIX.fullmatch(value) for value in condition.values):
        fault = "a listing must be limited to prefixes that end at a separator"
        yield Finding(condition.path, fault, cure, list(condition.values))


def _check_buckets(stack: Stack, config: Config) -> StackJudgement:
    found: list[tuple[Resource, Finding]] = []
    declared: dict[str, set[str]] = {}
    roles: dict[str, Grants] = {}
    for job in stack.jobs:
        if job.execution_role:
            urn = job.execution_role.role.urn
            roles[urn] = job.execution_role
            declared.setdefault(urn, set(config["buckets"])).update(_buckets_in(job.job.request))
    for urn, grants in roles.items():
        for document, element in _s3_resources(grants):
            bucket = _ARN.match(element.value)
            if bucket and bucket["bucket"] not in declared[urn]:
                fault = "the training job names no such bucket"
                cure = "take it out, or add the bucket to this rule's setting buckets"
                found.append((document.resource, Finding(element.path, fault, cure, element.value)))
    return found if roles else NotApplicable("the stack has no execution role of a scheduled training job")


def _s3_resources(grants: Grants) -> Iterator[tuple[Document, Element]]:
    for document in grants.documents:
        for statement in document.statements:
            for element in statement.resources if statement.allows else ():
                yield document, element


def _buckets_in(value: Any) -> set[str]:  # noqa: ANN401 -- any JSON
    if isinstance(value, dict):
        return set().union(*map(_buckets_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(_buckets_in, value))
    return set(_URI.findall(value)) if isinstance(value, str) else set()


_ABOUT: dict[str, Any] = {
    "id": "SG10",
    "url": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    "severity": Severity.HIGH,
    "reference": Reference("AWS Well-Architected Framework", "SEC03-BP02"),
}
RULES = (
    ResourceRule(
        **_ABOUT,
        name="s3-by-prefix",
        title="S3 access by prefix",
        description="S3 objects must be scoped to a prefix of one bucket, and listing to a prefix.",
        cure="Write arn:aws:s3:::BUCKET/PREFIX/* for objects, and condition s3:ListBucket on s3:prefix.",
        types=DOCUMENT_TYPES,
        subject=permission_documents,
        check=_check,
        good=role_policy(allow("s3:GetObject", f"{BUCKET}/datasets/training/*")),
        bad=role_policy(allow("s3:GetObject", f"{BUCKET}/*")),
    ),
    StackRule(
        **_ABOUT,
        name="declared-buckets",
        title="Only the job's own buckets",
        description="The execution role may use only the buckets that its training job names.",
        cure="Take the bucket out of the policy, or declare it in the policy pack's configuration.",
        check=_check_buckets,
        config={
            "buckets": {
                "type": "array",
                "items": {"type": "string", "minLength": 3},
                "default": [],
                "description": "names of further buckets that execution roles may use",
            }
        },
        good=stack(
            {"OutputDataConfig": {"S3OutputPath": "s3://ml-platform-prod-ml-bucket/training-outputs/"}},
            execution=(allow("s3:PutObject", f"{BUCKET}/training-outputs/*"),),
        ),
        bad=stack(
            {"OutputDataConfig": {"S3OutputPath": "s3://ml-platform-prod-ml-bucket/training-outputs/"}},
            execution=(allow("s3:PutObject", "arn:aws:s3:::somebody-elses-bucket/training-outputs/*"),),
        ),
    ),
)
