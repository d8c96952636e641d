"""SG13: a role reads the secrets it names, not all there are."""

import re
from collections.abc import Iterable, Iterator

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import allow, role_policy
from findings import Finding
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Statement, is_literal

_READING = (
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:GetParameterHistory",
)
# Secrets Manager adds a hyphen and six characters of its own to a secret's name.
_ONE_SECRET = re.compile(
    r"arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^*?$]*[^*?$-](-\?{6}|-[^*?$]+)?|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[^*?$]+)"
)
_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:breast-cancer-prod/warehouse-??????"  # noqa: S105 -- a name


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    granting = [
        s for document in documents for s in document.statements if any(s.grants(action) for action in _READING)
    ]
    if not granting:
        return NotApplicable("no statement allows the reading of secrets or parameters")
    fault, cure = (
        "the statement must name single secrets",
        "name the secret's ARN; only its last six characters may be ??????",
    )
    return [*_by_path(granting)] + [
        Finding(resource.path, fault, cure, resource.value)
        for statement in granting
        for resource in statement.resources
        if resource.may_be_in("secretsmanager", "ssm") and not _ONE_SECRET.fullmatch(resource.value)
    ]


def _by_path(granting: Iterable[Statement]) -> Iterator[Finding]:
    for statement in granting:
        action = statement.grants("ssm:GetParametersByPath")
        # Wildcards, in action or resource, are reported as such.
        if action and all(is_literal(element.value) for element in (action, *statement.resources)):
            fault = "this action reads every parameter below a path"
            yield Finding(action.path, fault, "allow ssm:GetParameters on each parameter", action.value)


RULE = ResourceRule(
    id="SG13",
    name="secrets-one-by-one",
    title="Secrets one by one",
    description="Permission to read secrets or parameters must name each by its ARN.",
    cure="Replace the wildcard by the ARN of each secret that the training code reads.",
    url="https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC02-BP03"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    good=role_policy(allow("secretsmanager:GetSecretValue", _SECRET)),
    bad=role_policy(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:*")),
)
