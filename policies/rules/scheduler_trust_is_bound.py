"""SG07: only the stack's own schedule group can make the Scheduler assume the scheduler role."""

import re
from collections.abc import Iterable

from documents import ROLE, Document, trust_documents
from examples import ACCOUNT, role_trusting
from rule import Config, Judgement, Reference, ResourceRule, Severity
from trust import Trusted

_SERVICE = "scheduler.amazonaws.com"
_SHAPE = "arn:aws:scheduler:REGION:ACCOUNT:schedule-group/GROUP"
_GROUP = re.compile(r"arn:[a-z-]+:scheduler:[a-z0-9-]+:[0-9]{12}:schedule-group/[0-9A-Za-z_.-]{1,64}")
_OWN_GROUP = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/breast-cancer-prod"


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    return Trusted(_SERVICE, _GROUP, _SHAPE).judge(documents)


RULE = ResourceRule(
    id="SG07",
    name="scheduler-trust",
    title="The scheduler role is bound to its account and schedule group",
    description="A role that trusts EventBridge Scheduler must be bound to one account and one schedule group.",
    cure="Condition the trust on aws:SourceAccount and on aws:SourceArn, the ARN of the schedule group.",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=frozenset({ROLE}),
    subject=trust_documents,
    check=_check,
    good=role_trusting(
        _SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": _OWN_GROUP}}
    ),
    bad=role_trusting(_SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
)
