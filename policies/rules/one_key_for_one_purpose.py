"""SG12: a role may use one KMS key, through the service that stores its data."""

import re
from collections.abc import Iterable, Iterator

from actions import accepts_only_star
from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import KEY, allow, role_policy
from findings import MISSING, Finding, property_path
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Statement, is_literal

_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")
# The service itself is spelt out; its region may be a wildcard.
_SERVICE = re.compile(r"[a-z0-9-]+\.")
_VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    granting = [s for document in documents for s in document.statements if s.allows and _on_keys(s)]
    if not granting:
        return NotApplicable("no statement allows the use of a KMS key")
    return [finding for statement in granting for finding in (*_key(statement), *_purpose(statement))]


def _on_keys(statement: Statement) -> bool:
    names = [action.value.lower() for action in statement.actions]
    return any(name.startswith("kms:") and not accepts_only_star(name) for name in names)


def _key(statement: Statement) -> Iterator[Finding]:
    cure = "name the ARN of the one key"
    if not statement.resources:
        yield Finding(property_path(statement.path, "Resource"), "the statement names no key", cure, MISSING)
    for index, key in enumerate(resource for resource in statement.resources if resource.may_be_in("kms")):
        if ":key/" not in key.value or not is_literal(key.value):
            yield Finding(key.path, "a KMS permission must name one key", cure, key.value)
        elif index:
            yield Finding(key.path, "a KMS permission covers a second key", cure, key.value)


def _purpose(statement: Statement) -> Iterator[Finding]:
    via = statement.bound("kms:ViaService", *_OPERATORS)
    grant = statement.bound("kms:GrantIsForAWSResource", "bool")
    for_resources = grant is not None and grant.values == ("true",)
    only_grants = all(action.value.lower() == "kms:creategrant" for action in statement.actions)
    if for_resources and only_grants:
        return
    if via is None:
        need = "kms:GrantIsForAWSResource or kms:ViaService" if only_grants else "kms:ViaService"
        path = property_path(statement.path, "Condition")
        yield Finding(path, f"the key may be used for anything: no condition on {need}", f"add a condition on {need}")
    elif not all(_SERVICE.match(value) for value in via.values):
        cure = "name the service, such as s3.us-east-1.amazonaws.com"
        yield Finding(via.path, "the key may be used through any service", cure, list(via.values))
    elif len({value.partition(".")[0] for value in via.values}) > 1:
        cure = "name one service, and give another one a statement of its own"
        yield Finding(via.path, "the key may be used through several services", cure, list(via.values))


RULE = ResourceRule(
    id="SG12",
    name="one-kms-key",
    title="One KMS key, through one service",
    description="A KMS permission must name one key and the service it is used through, or grants for AWS resources.",
    cure="Name the key's ARN; condition on kms:ViaService, and kms:CreateGrant on kms:GrantIsForAWSResource.",
    url="https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Foundational Security Best Practices", "KMS.2"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    good=role_policy(
        allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY, _VIA_S3),
        allow("kms:CreateGrant", KEY, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ),
    bad=role_policy(allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY)),
)
