"""SG04: iam:PassRole hands over one role, to one service."""

from collections.abc import Iterable

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import EXECUTION_ROLE, allow, role_policy
from findings import MISSING, Finding, property_path
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Statement, is_literal

_OPERATORS = ("stringequals", "stringlike", "stringequalsignorecase")
_TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def _check(documents: Iterable[Document], config: Config) -> Judgement:
    granting = [s for document in documents for s in document.statements if s.grants("iam:PassRole")]
    if not granting:
        return NotApplicable("no statement allows iam:PassRole")
    return [*_roles(granting), *_services(granting, config)]


def _roles(statements: Iterable[Statement]) -> Iterable[Finding]:
    first = None
    for statement in statements:
        if not statement.resources:
            yield Finding(property_path(statement.path, "Resource"), "iam:PassRole names no role", _ONE_ROLE, MISSING)
        for role in (resource for resource in statement.resources if resource.may_be_in("iam")):
            first = first or role.value
            if ":role/" not in role.value or not is_literal(role.value):
                yield Finding(role.path, "iam:PassRole must name one role, without wildcards", _ONE_ROLE, role.value)
            elif role.value != first:
                yield Finding(role.path, "iam:PassRole hands over a second role", _ONE_ROLE, role.value)


def _services(statements: Iterable[Statement], config: Config) -> Iterable[Finding]:
    for statement in statements:
        bound = statement.bound("iam:PassedToService", *_OPERATORS)
        path, allowed = property_path(statement.path, "Condition"), config["services"]
        cure = f'add StringEquals {{"iam:PassedToService": "{allowed[0]}"}}'
        if not bound:
            yield Finding(path, "iam:PassRole does not say to which service", cure)
            continue
        for service in bound.values:
            if service not in allowed:
                yield Finding(bound.path, f"iam:PassRole may hand a role to {' or '.join(allowed)} only", cure, service)


_ONE_ROLE = "name the ARN of the one execution role"
RULE = ResourceRule(
    id="SG04",
    name="pass-one-role",
    title="PassRole names one role and one service",
    description="iam:PassRole must name exactly one role and, with iam:PassedToService, the service that receives it.",
    cure="Set Resource to the execution role's ARN and add a StringEquals condition on iam:PassedToService.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    severity=Severity.CRITICAL,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    config={
        "services": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "default": ["sagemaker.amazonaws.com"],
            "description": "services to which a role may be passed",
        }
    },
    good=role_policy(allow("iam:PassRole", EXECUTION_ROLE, _TO_SAGEMAKER)),
    bad=role_policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/*", _TO_SAGEMAKER)),
)
