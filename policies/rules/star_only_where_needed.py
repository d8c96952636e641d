"""SG03: ``Resource: *`` stands only beside actions that accept nothing else."""

from collections.abc import Iterable

from actions import accepts_only_star
from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import BUCKET, allow, role_policy
from findings import Finding
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Element, Statement


def _check(documents: Iterable[Document], config: Config) -> Judgement:
    return [
        finding
        for document in documents
        for statement in document.statements
        if statement.allows
        for resource in statement.resources
        if _is_everything(resource.value)
        for finding in _faults(statement, resource, config)
    ]


def _faults(statement: Statement, resource: Element, config: Config) -> Iterable[Finding]:
    also = {action.lower() for action in config["alsoOnlyStar"]}
    narrow = [a.value for a in statement.actions if not accepts_only_star(a.value) and a.value.lower() not in also]
    if narrow:
        fault = f"everything is granted for {', '.join(narrow)}, which can be granted for single resources"
        yield Finding(
            resource.path, fault, "name the resources, and give other actions their own statement", resource.value
        )


def _is_everything(resource: str) -> bool:
    # Without its wildcards and separators nothing is left of what names the resource.
    name = resource.split(":", 5)[-1] if resource.count(":") >= 5 else resource
    return not name.strip("*?:/") or (resource.count(":") < 5 and "*" in resource)


RULE = ResourceRule(
    id="SG03",
    name="star-only-where-needed",
    title="Resource * only where nothing else is accepted",
    description='A statement may use Resource "*" only for actions that accept no narrower resource.',
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
