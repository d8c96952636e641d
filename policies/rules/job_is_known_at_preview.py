"""SG01: the job and the policy documents are known at preview, so that the other rules can judge them."""

from collections.abc import Iterable, Mapping

from documents import DOCUMENT_TYPES, ROLE, Source, permission_sources, trust_sources
from examples import TRAINING_JOB_NAME, job, schedule
from findings import MISSING, UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import read_statements
from target_input import INPUT, SCHEDULE, UnreadableError, read_object, training_schedule

_CURE = "build it from values that are known before the deployment, such as account id, region and names"
_ARN = "target.arn"
_CURE_OF_ARN = f"{_CURE}; if it starts no training job, name the schedule in this rule's setting unrelated"


def _sources(resource: Resource) -> tuple[Source, ...] | NotApplicable:
    if resource.type == SCHEDULE:
        target = training_schedule(resource)
        if isinstance(target, NotApplicable):
            return ((_ARN, UNKNOWN),) if _may_be_anything(resource) else target
        return ((INPUT, target.get("input", MISSING)),)
    parts = (permission_sources(resource), trust_sources(resource))
    sources = tuple(source for part in parts if not isinstance(part, NotApplicable) for source in part)
    if resource.type == ROLE and sources and resource.properties.get("name") is UNKNOWN:
        # Without its name, no rule can tell which schedules and policies belong to the role.
        sources += (("name", UNKNOWN),)
    return sources


def _may_be_anything(schedule: Resource) -> bool:
    target = schedule.properties.get("target")
    return isinstance(target, Mapping) and target.get("arn") is UNKNOWN and target.get("input") is UNKNOWN


def _check(sources: Iterable[Source], _config: Config) -> Judgement:
    return [finding for path, value in sources for finding in _faults(path, value)]


def _faults(path: str, value: object) -> Iterable[Finding]:
    if value is UNKNOWN or value is MISSING:
        yield Finding(
            path, "no rule can judge it, and an unknown never passes", _CURE_OF_ARN if path == _ARN else _CURE, value
        )
        return
    try:
        if path == INPUT:
            read_object(str(value))
        else:
            read_statements(value, path)
    except UnreadableError as fault:
        yield Finding(path, f"no rule can judge it: it {fault}", "write one well-formed JSON object")


RULE = ResourceRule(
    id="SG01",
    name="known-at-preview",
    title="Job and policy documents are known at preview",
    description="The training job and the policy documents must be known at preview: an unknown switches rules off.",
    cure="Build ARNs from account id, partition, region and names, and use depends_on for the order of creation.",
    url="https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "SEC11-BP02"),
    types=DOCUMENT_TYPES | {SCHEDULE},
    subject=_sources,
    check=_check,
    good=job(TrainingJobName=TRAINING_JOB_NAME),
    bad=schedule({"input": UNKNOWN}),
)
