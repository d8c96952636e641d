"""SG06: the scheduler role can create jobs of its own prefix only, and only such as the schedule describes."""

import re
from collections.abc import Iterable, Iterator, Mapping

from documents import Document
from examples import TRAINING_JOB_NAME, TRAINING_JOBS, allow, stack
from findings import MISSING, Finding, property_path
from job_limits import Limit, limits_of
from resources import NotApplicable, Resource
from rule import Config, Reference, Severity, StackJudgement, StackRule
from stack import ScheduledJob, Stack
from statements import Statement, is_literal
from target_input import INPUT, TrainingJob

Found = tuple[Resource, Finding]
_CREATE = "sagemaker:CreateTrainingJob"


def _check(stack: Stack, _config: Config) -> StackJudgement:
    jobs_of_role: dict[str, list[ScheduledJob]] = {}
    for job in stack.jobs:
        if job.scheduler_role:
            jobs_of_role.setdefault(job.scheduler_role.role.urn, []).append(job)
    if not jobs_of_role:
        return NotApplicable("the stack has no role that a scheduled training job is started with")
    return [found for jobs in jobs_of_role.values() for found in _faults([job.job for job in jobs], jobs[0])]


def _faults(jobs: list[TrainingJob], any_of_them: ScheduledJob) -> Iterator[Found]:
    prefixes = sorted({prefix for job in jobs if (prefix := job.name_prefix)})
    yield from (found for job in jobs for found in _no_prefix(job))
    documents = any_of_them.scheduler_role.documents if any_of_them.scheduler_role else ()
    creating = (each for document in documents for each in document.statements if each.grants(_CREATE))
    fitted = {id(each): _fitted(each, jobs) for each in creating}
    for document in documents:
        for statement in document.statements:
            creates, tags = statement.grants(_CREATE), statement.grants("sagemaker:AddTags")
            # A job without a name has no prefix; SG21 reports it.
            if prefixes and (creates or tags):
                plans = [plan for job in jobs for plan in job.training_plans] if creates else []
                yield from _resources(document, statement, prefixes, plans)
            if creates:
                limits = limits_of(_judged_by(statement, jobs, fitted))
                yield from ((document.resource, fault) for fault in _conditions(statement, limits))
            if tags:
                yield from _tagging(document, statement)


def _created_by(statement: Statement, jobs: list[TrainingJob]) -> list[TrainingJob]:
    """Those of the jobs that a statement names by their prefix; all where it names none, which is reported."""
    named = {resource.value.rpartition(":")[2] for resource in statement.resources}
    return [job for job in jobs if f"training-job/{job.name_prefix}*" in named] or jobs


def _judged_by(
    statement: Statement, jobs: list[TrainingJob], fitted: Mapping[int, list[TrainingJob]]
) -> list[TrainingJob]:
    """The jobs whose limits a statement has to keep to; `fitted` are those that each statement of the role fits.

    Schedules of one prefix may have a statement each, or share one: so it is that of the jobs that it fits. Jobs that
    no statement fits are those of a statement that fits none; where there is no such one, of every statement.
    """
    own, others = fitted[id(statement)], fitted.values()
    if own and any(not jobs_of_it for jobs_of_it in others):
        return own
    created = _created_by(statement, jobs)
    left = [job for job in created if not any(job is other for of_it in others for other in of_it)]
    return own + left or created


def _fitted(statement: Statement, jobs: list[TrainingJob]) -> list[TrainingJob]:
    return [job for job in _created_by(statement, jobs) if _fits(statement, job)]


def _fits(statement: Statement, job: TrainingJob) -> bool:
    """Whether a statement, for itself, limits what it allows to one job."""
    conditions = ((limit, statement.bound(limit.key, *limit.operators)) for limit in limits_of([job]))
    return all(condition is not None and limit.holds(condition.values) for limit, condition in conditions)


def _no_prefix(job: TrainingJob) -> Iterator[Found]:
    name, prefix = job.member("TrainingJobName"), job.name_prefix
    # A name that an invocation changes nothing in is reported by SG21.
    if prefix is not None and prefix != name and not re.fullmatch(r"[A-Za-z0-9-]*[A-Za-z0-9]-", prefix):
        fault = "without a prefix that ends with a hyphen, the jobs of others have such names too"
        yield job.schedule, Finding(f"{INPUT}.TrainingJobName", fault, "use PREFIX-<aws.scheduler.execution-id>", name)


def _resources(document: Document, statement: Statement, prefixes: list[str], plans: list[str]) -> Iterator[Found]:
    allowed = " or ".join(f"training-job/{prefix}*" for prefix in prefixes)
    cure = f"use arn:aws:sagemaker:REGION:ACCOUNT:{allowed}"
    for resource in (each for each in statement.resources if each.may_be_in("sagemaker") and each.value not in plans):
        parts = resource.value.split(":", 5)
        literal = len(parts) == 6 and is_literal("".join(parts[:5])) and all(parts[:5])
        if not literal or parts[5] not in {f"training-job/{prefix}*" for prefix in prefixes}:
            fault = "the scheduler role may create and tag training jobs of its own name prefix only"
            yield document.resource, Finding(resource.path, fault, cure, resource.value)
    if not statement.resources:
        path = property_path(statement.path, "Resource")
        yield document.resource, Finding(path, "the statement names no training jobs", cure, MISSING)


def _conditions(statement: Statement, limits: Iterable[Limit]) -> Iterator[Finding]:
    path = property_path(statement.path, "Condition")
    for limit in limits:
        condition = statement.bound(limit.key, *limit.operators)
        if condition is None:
            yield Finding(path, f"no condition limits {limit.key} to what the job uses", f"add {limit.cure()}")
        elif not limit.holds(condition.values):
            short = limit.is_capped or not limit.several
            fault = (
                f"{limit.key} is limited to less than the job uses, which AWS would refuse"
                if short and limit.spelling != "Bool"
                else f"{limit.key} is not limited to what the job uses"
            )
            yield Finding(condition.path, fault, f"use {limit.cure()}", list(condition.values))


def _tagging(document: Document, statement: Statement) -> Iterator[Found]:
    condition = statement.bound("sagemaker:TaggingAction", "stringequals", "stringequalsignorecase")
    if condition is None or [value.lower() for value in condition.values] != ["createtrainingjob"]:
        path = property_path(statement.path, "Condition")
        cure = 'add StringEquals {"sagemaker:TaggingAction": "CreateTrainingJob"}'
        yield (
            document.resource,
            Finding(path, "sagemaker:AddTags is not limited to the creation of training jobs", cure),
        )


_REQUEST = {
    "TrainingJobName": TRAINING_JOB_NAME,
    "ResourceConfig": {"InstanceType": "ml.m5.large"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
_LIMITS = {
    "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": ["ml.m5.large"]},
    "Null": {"sagemaker:InstanceTypes": "false"},
    "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"},
}
RULE = StackRule(
    id="SG06",
    name="own-training-jobs-only",
    title="Only the stack's own training jobs",
    description="The scheduler role may create and tag only jobs of its own prefix, limited to what the job uses.",
    cure="Name training-job/PREFIX-*; limit instance types, runtime, network and keys by condition keys.",
    url="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC03-BP02"),
    check=_check,
    good=stack(_REQUEST, scheduler=(allow("sagemaker:CreateTrainingJob", TRAINING_JOBS, _LIMITS),)),
    bad=stack(_REQUEST, scheduler=(allow("sagemaker:CreateTrainingJob", TRAINING_JOBS.replace("-*", "*"), _LIMITS),)),
)
