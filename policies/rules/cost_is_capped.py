"""SG18: a job's runtime, instances and volume stay below the caps, and so does what a role may start."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from documents import DOCUMENT_TYPES, Document, permission_documents
from examples import job
from findings import MISSING, Finding, property_path
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Condition, matches
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

Subject = TrainingJob | Sequence[Document]

_CAPS = {
    "InstanceCount": "maxInstanceCount",
    "VolumeSizeInGB": "maxVolumeSizeInGB",
    "KeepAlivePeriodInSeconds": "maxKeepAlivePeriodInSeconds",
}


def _subject(resource: Resource) -> Subject | NotApplicable:
    return training_job(resource) if resource.type == SCHEDULE else permission_documents(resource)


def _check(subject: Subject, config: Config) -> Judgement:
    if isinstance(subject, TrainingJob):
        return [*_runtime(subject, config), *_instance_count(subject, config), *_machines(subject, config)]
    granting = [s for document in subject for s in document.statements if s.grants("sagemaker:CreateTrainingJob")]
    if not granting:
        return NotApplicable("no statement allows sagemaker:CreateTrainingJob")
    return [found for s in granting for condition in s.conditions for found in _beyond_caps(condition, config)]


def _beyond_caps(condition: Condition, config: Config) -> Iterator[Finding]:
    """Judge what a role may start; SG06 reports a role without such conditions."""
    cap, values = config["maxRuntimeInSeconds"], list(condition.values)
    if condition.key == "sagemaker:maxruntimeinseconds" and condition.operator.startswith("numeric"):
        if any(not value.isdecimal() or int(value) > cap for value in values):
            yield Finding(condition.path, f"more than the {cap} allowed here", f"lower it to at most {cap}", values)
    elif condition.key == "sagemaker:instancetypes" and condition.operator != "null":
        allowed = config["instanceTypes"]
        if any(not any(matches(pattern, value) for pattern in allowed) for value in values):
            cure = f"use some of: {', '.join(allowed)}"
            yield Finding(condition.path, "has instance types that are not allowed here", cure, values)


def _runtime(job: TrainingJob, config: Config) -> Iterator[Finding]:
    value = job.member("StoppingCondition", "MaxRuntimeInSeconds")
    cap, where = config["maxRuntimeInSeconds"], property_path(INPUT, "StoppingCondition", "MaxRuntimeInSeconds")
    if value is None:
        yield Finding(where, "without it a job may run for a day", f"set it to at most {cap}", MISSING)
    else:
        yield from _number(value, where, cap)


def _instance_count(job: TrainingJob, config: Config) -> Iterator[Finding]:
    cap, where = config["maxInstanceCount"], property_path(INPUT, "ResourceConfig", "InstanceGroups")
    counts = [group.get("InstanceCount") for group in job.objects("ResourceConfig", "InstanceGroups")]
    # A single group that is too large is reported as such.
    if counts and job.instance_count > cap and all(type(count) is int and count <= cap for count in counts):
        fault = f"{job.instance_count} instances in all, more than the {cap} allowed here"
        yield Finding(where, fault, f"use at most {cap}")


def _machines(job: TrainingJob, config: Config) -> Iterator[Finding]:
    """Judge what is paid for: the job's instances, and those of the rules that watch it."""
    resources = job.member("ResourceConfig")
    parts: list[tuple[str, Mapping[str, Any]]] = [("ResourceConfig", resources if isinstance(resources, dict) else {})]
    of_machines = ("ResourceConfig.InstanceGroups", "ResourceConfig.InstancePreferences")
    for lists in (*of_machines, "DebugRuleConfigurations", "ProfilerRuleConfigurations"):
        parts += [(property_path(lists, index), part) for index, part in enumerate(job.objects(*lists.split(".")))]
    for name, part in parts:
        path = f"{INPUT}.{name}"
        for member, setting in _CAPS.items():
            if part.get(member) is not None:
                yield from _number(part[member], property_path(path, member), config[setting])
        instance_type = part.get("InstanceType")
        if instance_type is not None and not any(matches(p, str(instance_type)) for p in config["instanceTypes"]):
            cure = f"use one of: {', '.join(config['instanceTypes'])}"
            yield Finding(f"{path}.InstanceType", "this instance type is not allowed here", cure, instance_type)


def _number(value: object, path: str, cap: float) -> Iterator[Finding]:
    if type(value) is not int:
        yield Finding(path, "must be a whole number", f"set it to at most {cap}", value)
    elif value > cap:
        yield Finding(path, f"more than the {cap} allowed here", f"lower it to at most {cap}", value)


def _cap(default: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "default": default, "description": description}


RULE: ResourceRule[Subject] = ResourceRule(
    id="SG18",
    name="cost-caps",
    title="Runtime, instances and volume are capped",
    description="A training job must state its longest runtime and stay below the caps on what it may cost; so must "
    "what the scheduler role may start.",
    cure="Lower the value, or raise the cap in the policy pack's configuration when the cost is wanted.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "COST02-BP05"),
    types=DOCUMENT_TYPES | {SCHEDULE},
    subject=_subject,
    check=_check,
    config={
        "maxRuntimeInSeconds": _cap(86400, "longest MaxRuntimeInSeconds"),
        "maxInstanceCount": _cap(4, "most instances"),
        "maxVolumeSizeInGB": _cap(100, "largest volume of one instance"),
        "maxKeepAlivePeriodInSeconds": _cap(0, "longest time that a warm pool is kept, and paid, after a job"),
        "instanceTypes": {
            "type": "array",
            "items": {"type": "string", "pattern": "^ml\\."},
            "minItems": 1,
            "default": ["ml.m5.large", "ml.m5.xlarge", "ml.m5.2xlarge", "ml.m5.4xlarge", "ml.c5.*xlarge"],
            "description": "instance types that jobs may use; * and ? are wildcards",
        },
    },
    good=job(
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    ),
    bad=job(
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 40},
    ),
)
