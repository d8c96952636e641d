"""SG30: only the account's own state machines and rules can make Step Functions and EventBridge assume a role."""

import re
from collections.abc import Iterable

from documents import ROLE, Document, trust_documents
from examples import ACCOUNT, role_trusting
from resources import NotApplicable
from rule import Config, Judgement, Reference, ResourceRule, Severity
from trust import Trusted

_STATES = Trusted(
    "states.amazonaws.com",
    re.compile(r"arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[\w.-]{1,80}"),
    "arn:aws:states:REGION:ACCOUNT:stateMachine:NAME",
)
_EVENTS = Trusted(
    "events.amazonaws.com",
    re.compile(r"arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/[\w./-]{1,128}"),
    "arn:aws:events:REGION:ACCOUNT:rule/NAME",
)
_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:breast-cancer-prod-alarms"


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    documents = list(documents)
    judged = [trusted.judge(documents) for trusted in (_STATES, _EVENTS)]
    found = [findings for findings in judged if not isinstance(findings, NotApplicable)]
    if not found:
        return NotApplicable(f"the role trusts neither {_STATES.service} nor {_EVENTS.service}")
    return [finding for findings in found for finding in findings]


RULE = ResourceRule(
    id="SG30",
    name="alarm-trust",
    title="Roles of state machines and rules are bound to their source",
    description="A role that trusts Step Functions or EventBridge must be bound to one account and one source.",
    cure="Condition the trust on aws:SourceAccount and on aws:SourceArn, the ARN of the state machine or the rule.",
    url="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=frozenset({ROLE}),
    subject=trust_documents,
    check=_check,
    good=role_trusting(
        _STATES.service, {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": _MACHINE}}
    ),
    bad=role_trusting(_STATES.service, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
)
