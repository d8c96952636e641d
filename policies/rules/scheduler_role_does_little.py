"""SG05: the role that the Scheduler assumes can start the job and hand over its failures, nothing else."""

from collections.abc import Iterable

from examples import EXECUTION_ROLE, TRAINING_JOBS, allow, stack
from findings import UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import Grants, Stack

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
    roles = {job.scheduler_role.role.urn: job.scheduler_role for job in stack.jobs if job.scheduler_role}
    if not roles:
        return NotApplicable("the stack has no role that a scheduled training job is started with")
    allowed = {action.lower() for action in (*_SHORT_LIST, *config["alsoAllowed"])}
    return [found for grants in roles.values() for found in _faults(grants, allowed)]


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
