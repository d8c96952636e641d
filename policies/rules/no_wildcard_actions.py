"""SG02: permissions name their actions one by one."""

from collections.abc import Iterable

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import BUCKET, allow, role_policy
from findings import Finding
from rule import Config, Judgement, Reference, ResourceRule, Severity

_DATA = f"{BUCKET}/datasets/training/*"


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    return [finding for document in documents for finding in _faults(document)]


def _faults(document: Document) -> Iterable[Finding]:
    for statement in document.statements:
        if not statement.allows:
            continue
        for action in statement.actions:
            if "*" in action.value or "?" in action.value:
                cure = "list the actions that the job needs, one by one"
                yield Finding(action.path, "an action with a wildcard grants what nobody listed", cure, action.value)
        for element, name in ((statement.not_actions, "Action"), (statement.not_resources, "Resource")):
            if element:
                fault = f"Not{name} grants everything but what it lists"
                yield Finding(f"{statement.path}.Not{name}", fault, f"list what is allowed in {name}")


RULE = ResourceRule(
    id="SG02",
    name="no-wildcard-actions",
    title="No wildcard actions",
    description="A role's policy must list its actions one by one, without wildcards, NotAction or NotResource.",
    cure="Replace the wildcard by the actions that the job calls; NotAction and NotResource by Action and Resource.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    severity=Severity.CRITICAL,
    reference=Reference("AWS Foundational Security Best Practices", "IAM.21"),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    good=role_policy(allow(["s3:GetObject"], _DATA)),
    bad=role_policy(allow(["s3:Get*"], _DATA)),
)
