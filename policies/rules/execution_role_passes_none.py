"""SG04: an execution role hands over no role at all."""

from collections.abc import Iterator

from examples import EXECUTION_ROLE, allow, stack
from findings import Finding
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import Grants, Stack

_TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def _check(stack: Stack, _config: Config) -> StackJudgement:
    roles = {job.execution_role.role.urn: job.execution_role for job in stack.jobs if job.execution_role}
    if not roles:
        return NotApplicable("the stack has no execution role of a scheduled training job")
    return [found for grants in roles.values() for found in _faults(grants)]


def _faults(grants: Grants) -> Iterator[tuple[Resource, Finding]]:
    for document in grants.documents:
        for statement in document.statements:
            action = statement.grants("iam:PassRole")
            if action:
                fault = "training code that may pass a role can start jobs with the permissions of that role"
                cure = "take it out; the scheduler role, a role of its own, passes the execution role"
                yield document.resource, Finding(action.path, fault, cure, action.value)


RULE = StackRule(
    id="SG04",
    name="execution-role-passes-none",
    title="An execution role passes no role",
    description="The execution role of a training job must not allow iam:PassRole: training needs none.",
    cure="Take iam:PassRole out of the execution role's policies; the scheduler role passes the execution role.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    severity=Severity.CRITICAL,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    check=_check,
    good=stack(
        {},
        scheduler=(allow("iam:PassRole", EXECUTION_ROLE, _TO_SAGEMAKER),),
        execution=(allow("s3:GetObject", "arn:aws:s3:::ml-platform-prod-ml-bucket/datasets/training/*"),),
    ),
    bad=stack({}, execution=(allow("iam:PassRole", "arn:aws:iam::123456789012:role/admin", _TO_SAGEMAKER),)),
)
