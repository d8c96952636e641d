"""SG03: ``Resource: *`` stands only beside actions that accept nothing else."""

import re
from collections.abc import Iterable

from actions import accepts_only_star
from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import BUCKET, allow, role_policy
from findings import Finding
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Element, Statement, is_literal

_ARN_COLONS = 5
# Their ARNs have no region.
_GLOBAL_SERVICES = frozenset({"cloudfront", "iam", "organizations", "route53", "s3", "sts"})
_OWN_ACCOUNT = re.compile(r"\$\{aws:PrincipalAccount\}", re.IGNORECASE)


def _check(documents: Iterable[Document], config: Config) -> Judgement:
    return [
        finding
        for document in documents
        for statement in document.statements
        if statement.allows
        for resource in statement.resources
        for finding in _faults(statement, resource, config)
    ]


def _faults(statement: Statement, resource: Element, config: Config) -> Iterable[Finding]:
    what, cure = _too_wide(statement, resource.value)
    if not what:
        return
    also = {action.lower() for action in config["alsoOnlyStar"]}
    narrow = [a.value for a in statement.actions if not accepts_only_star(a.value) and a.value.lower() not in also]
    if narrow:
        fault = f"{what} granted for {', '.join(narrow)}, which can be granted for single resources"
        yield Finding(resource.path, fault, f"{cure}, and give other actions their own statement", resource.value)


def _too_wide(statement: Statement, resource: str) -> tuple[str, str]:
    """Say what the resource grants too much of and how to name less, twice nothing where it is narrow."""
    if _is_everything(resource):
        return "everything is", "name the resources"
    parts = _OWN_ACCOUNT.sub("own", resource).split(":", _ARN_COLONS)
    if len(parts) <= _ARN_COLONS:
        return "", ""
    _arn, _partition, service, region, account, _name = parts
    if not is_literal(account) and not _fixed(statement, "aws:ResourceAccount"):
        return "resources of every account are", "name the account"
    if not is_literal(region) and service not in _GLOBAL_SERVICES and not _fixed(statement, "aws:RequestedRegion"):
        return "resources of every region are", "name the region"
    return "", ""


def _fixed(statement: Statement, key: str) -> bool:
    condition = statement.bound(key, "stringequals", "stringequalsignorecase", "stringlike")
    return condition is not None and all(is_literal(value) for value in condition.values)


def _is_everything(resource: str) -> bool:
    # Without its wildcards and separators nothing is left of what names the resource.
    name = resource.split(":", _ARN_COLONS)[-1]
    is_cut_short = resource.count(":") < _ARN_COLONS
    return not (resource if is_cut_short else name).strip("*?:/") or (is_cut_short and "*" in resource)


RULE = ResourceRule(
    id="SG03",
    name="star-only-where-needed",
    title="Resource * only where nothing else is accepted",
    description='"*" as Resource, account or region may stand only beside actions that accept no narrower resource.',
    cure='Name the resources by ARN; keep "*" for actions such as ecr:GetAuthorizationToken, in their own statement.',
    url="https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    config={
        "alsoOnlyStar": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Za-z0-9-]+:[A-Za-z0-9]+$"},
            "default": [],
            "description": 'actions, newer than the pack\'s data, that accept nothing but "*"',
        }
    },
    good=role_policy(allow("ecr:GetAuthorizationToken", "*"), allow("s3:GetObject", f"{BUCKET}/datasets/*")),
    bad=role_policy(allow(["ecr:GetAuthorizationToken", "s3:GetObject"], "*")),
)
