"""SG10: S3 access is given by prefix."""

import re
from collections.abc import Iterable, Iterator

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import BUCKET, allow, role_policy
from findings import Finding, property_path
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Statement

_LISTING = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
# A literal beginning that ends at a separator; after it, wildcards may follow. ${*}, ${?} and ${$} are literal. Within
# what follows its first character, ? may stand for one of a date's digits: it makes no prefix shorter.
_ANY, _NO_SLASH = r"(?:[^*?$]|\$\{[*?$]\})", r"(?:[^*?$/]|\$\{[*?$]\})"
_PREFIX = re.compile(rf"{_ANY}*?{_NO_SLASH}(?:{_ANY}|\?)*([/-]\*.*)?")
_BY_PREFIX = re.compile(r"arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}/" + _PREFIX.pattern)


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
    named = any(
        re.search(r"object|multipartupload\b|uploadparts|replicate|bypassgovernance", action)
        for action in _s3_actions(statement)
    )
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


RULE = ResourceRule(
    id="SG10",
    name="s3-by-prefix",
    title="S3 access by prefix",
    description="S3 objects must be scoped to a prefix of one bucket, and listing to a prefix.",
    cure="Write arn:aws:s3:::BUCKET/PREFIX/* for objects, and condition s3:ListBucket on s3:prefix.",
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    good=role_policy(allow("s3:GetObject", f"{BUCKET}/datasets/training/*")),
    bad=role_policy(allow("s3:GetObject", f"{BUCKET}/*")),
)
