"""SG11: metrics go into the job's own namespace."""

from collections.abc import Iterable

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import allow, role_policy
from findings import Finding, property_path
from resources import NotApplicable
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from statements import is_literal

_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")


def _check(documents: Iterable[Document], _config: Config) -> Judgement:
    granting = [s for document in documents for s in document.statements if s.grants("cloudwatch:PutMetricData")]
    if not granting:
        return NotApplicable("no statement allows cloudwatch:PutMetricData")
    findings = []
    for statement in granting:
        condition, cure = (
            statement.bound("cloudwatch:namespace", *_OPERATORS),
            "name the job's namespace in StringEquals",
        )
        if condition is None:
            path = property_path(statement.path, "Condition")
            findings.append(Finding(path, "cloudwatch:PutMetricData may write into any namespace", cure))
        elif len(condition.values) != 1 or not is_literal(condition.values[0]):
            fault = "cloudwatch:PutMetricData may write into more than one namespace"
            findings.append(Finding(condition.path, fault, cure, list(condition.values)))
    return findings


RULE = ResourceRule(
    id="SG11",
    name="metric-namespace",
    title="Metrics in one namespace",
    description="cloudwatch:PutMetricData accepts no resource, so it must be bound to a namespace by condition.",
    cure='Add StringEquals {"cloudwatch:namespace": "NAMESPACE"} to the statement.',
    url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html",
    severity=Severity.LOW,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=DOCUMENT_TYPES,
    subject=permission_documents,
    check=_check,
    good=role_policy(
        allow(
            "cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}}
        )
    ),
    bad=role_policy(allow("cloudwatch:PutMetricData", "*")),
)
