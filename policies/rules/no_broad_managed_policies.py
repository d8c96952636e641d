"""SG09: roles get no broad policy that AWS manages."""

from collections.abc import Iterable

from documents import ROLE, serves_training
from examples import example
from findings import Finding
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, ResourceRule, Severity
from stack import ATTACHMENTS, attached
from statements import Element, matches

_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_MANAGED = ":iam::aws:policy/"
_BROAD = [
    "*FullAccess*",
    "*LimitedAccess",
    "*Administrator*",
    "*PowerUser*",
    "*ReadOnly*",
    "*ReadWrite*",
    "*ViewOnlyAccess",
    "AmazonElasticMapReduce*",
    "AmazonSageMaker*",
    "AWSBatchServiceRole",
    "DataScientist",
    "SecurityAudit",
]


def _subject(resource: Resource) -> tuple[Element, ...] | NotApplicable:
    if resource.type == ROLE and not serves_training(resource):
        return NotApplicable("the role trusts neither EventBridge Scheduler nor SageMaker")
    roles, policies = ATTACHMENTS.get(resource.type, ("name", "managedPolicyArns"))
    if resource.type != ROLE and not resource.properties.get(roles):
        return NotApplicable("no role gets the policy")
    # An unknown ARN is that of a policy made in this stack: its document is judged where it is declared.
    known = tuple(Element(path, arn) for path, arn in attached(resource, policies) if isinstance(arn, str))
    return known or NotApplicable("no managed policy is attached here, or its ARN is unknown at preview")


def _check(attached: Iterable[Element], config: Config) -> Judgement:
    findings = []
    for arn in attached:
        name = arn.value.partition(_MANAGED)[2].rpartition("/")[2]
        broad = any(matches(pattern, name, ignore_case=True) for pattern in config["broad"])
        if broad and name not in config["allowed"]:
            cure = "write a policy with the actions and resources that the role needs"
            findings.append(
                Finding(arn.path, "this AWS managed policy is not limited to your resources", cure, arn.value)
            )
    return findings


_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
RULE = ResourceRule(
    id="SG09",
    name="no-broad-managed-policies",
    title="No broad AWS managed policies",
    description="No role may have a broad AWS managed policy: it covers all resources of the account.",
    cure="Replace the attachment by a policy of your own that lists actions and resources.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    types=frozenset({ROLE, *ATTACHMENTS}),
    subject=_subject,
    check=_check,
    config={
        "broad": {
            **_NAMES,
            "default": _BROAD,
            "description": "name patterns of AWS managed policies that are too broad",
        },
        "allowed": {**_NAMES, "default": [], "description": "names that are let pass all the same"},
    },
    good=example(
        _ATTACHMENT,
        {"role": "breast-cancer-prod-execution", "policyArn": "arn:aws:iam::123456789012:policy/breast-cancer-prod"},
    ),
    bad=example(
        _ATTACHMENT,
        {"role": "breast-cancer-prod-execution", "policyArn": "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"},
    ),
)
