"""SG05: the role that the Scheduler assumes can start the job and hand over its failures, nothing else."""

from collections.abc import Iterable

from examples import EXECUTION_ROLE, TRAINING_JOBS, allow, stack
from findings import UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import Grants, Stack
from statements import is_literal

_SHORT_LIST = (
    "sagemaker:CreateTrainingJob",
    "sagemaker:AddTags",
    "iam:PassRole",
    "sqs:SendMessage",
    # For a dead-letter queue that is encrypted with a customer key.
    "kms:GenerateDataKey",
    "kms:Decrypt",
)


def _check(stack: Stack, config: Config) -> StackJudgement:
    roles: dict[str, Grants] = {}
    passed: dict[str, set[str]] = {}
    for job in stack.jobs:
        if job.scheduler_role:
            urn = job.scheduler_role.role.urn
            roles[urn] = job.scheduler_role
            passed.setdefault(urn, set()).add(str(job.job.member("RoleArn")))
    if not roles:
        return NotApplicable("the stack has no role that a scheduled training job is started with")
    allowed = {action.lower() for action in (*_SHORT_LIST, *config["alsoAllowed"])}
    return [
        found
        for urn, grants in roles.items()
        for found in (*_faults(grants, allowed), *_resource_faults(grants, passed[urn]))
    ]


def _faults(grants: Grants, allowed: set[str]) -> Iterable[tuple[Resource, Finding]]:
    for document in grants.documents:
        for statement in (statement for statement in document.statements if statement.allows):
            for action in (*statement.actions, *statement.not_actions):
                if action.value.lower() not in allowed or statement.not_actions:
                    fault = "the scheduler role needs no such permission to start the training job"
                    cure = "take it out; the training code's permissions belong to the execution role"
                    yield document.resource, Finding(action.path, fault, cure, action.value)
    for attachment in grants.attachments:
        # A policy of this stack is judged above by what it says.
        if not attachment.policies:
            fault = "what this policy grants cannot be seen from this stack"
            cure = "take the attachment out and write the permissions into the role's own policy"
            yield attachment.resource, Finding(attachment.path, fault, cure, attachment.arn or UNKNOWN)


def _resource_faults(grants: Grants, passed: set[str]) -> Iterable[tuple[Resource, Finding]]:
    """SG03 and SG04 report ``*`` and the wildcards in roles."""
    for document in grants.documents:
        for statement in document.statements:
            passes, sends = statement.grants("iam:PassRole"), statement.grants("sqs:SendMessage")
            for resource in statement.resources:
                literal = is_literal(resource.value)
                if passes and resource.may_be_in("iam") and literal and resource.value not in passed:
                    fault, cure = (
                        "the scheduler role may pass the role of its training job only",
                        "name the job's RoleArn",
                    )
                    yield document.resource, Finding(resource.path, fault, cure, resource.value)
                if sends and resource.may_be_in("sqs") and not literal and resource.value != "*":
                    fault, cure = "the scheduler role may write into its dead-letter queue only", "name the queue's ARN"
                    yield document.resource, Finding(resource.path, fault, cure, resource.value)


RULE = StackRule(
    id="SG05",
    name="scheduler-role-short-list",
    title="The scheduler role does little",
    description="The scheduler role may start its training job, pass its role and write dead letters, nothing else.",
    cure="Keep sagemaker:CreateTrainingJob, sagemaker:AddTags, iam:PassRole and sqs:SendMessage; remove the rest.",
    url="https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    check=_check,
    config={
        "alsoAllowed": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Za-z0-9-]+:[A-Za-z0-9]+$"},
            "default": [],
            "description": "further actions that a scheduler role may have",
        }
    },
    good=stack(
        {}, scheduler=(allow("sagemaker:CreateTrainingJob", TRAINING_JOBS), allow("iam:PassRole", EXECUTION_ROLE))
    ),
    bad=stack({}, scheduler=(allow(["sagemaker:CreateTrainingJob", "sagemaker:StopTrainingJob"], TRAINING_JOBS),)),
)
