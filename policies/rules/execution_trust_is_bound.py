"""SG08: only training jobs of the own account can make SageMaker assume the execution role."""

import re
from collections.abc import Iterable

from documents import ROLE, Document, trust_documents
from examples import ACCOUNT, role_trusting
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from trust import Trusted

_SERVICE = "sagemaker.amazonaws.com"
_SHAPE = "arn:aws:sagemaker:REGION:ACCOUNT:training-job/*"
_SOURCE = re.compile(r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:[0-9]{12}:(training|processing)-job/[0-9A-Za-z*-]+")
# Rules of Debugger are processing jobs that SageMaker starts with the training job's role.
_OWN_JOBS = "arn:aws:sagemaker:us-east-1:123456789012:training-job/*"


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    return Trusted(_SERVICE, _SOURCE, _SHAPE).judge(documents)


RULE = ResourceRule(
    id="SG08",
    name="execution-trust",
    title="The execution role is bound to its account and its jobs",
    description="A role that trusts SageMaker must be bound to one account and to training jobs in it.",
    cure="Condition the trust on aws:SourceAccount and on aws:SourceArn, like training-job/* of this account.",
    url="https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({ROLE}),
    subject=trust_documents,
    check=_check,
    good=role_trusting(
        _SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": _OWN_JOBS}}
    ),
    bad=role_trusting(_SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
)
