"""SG18: a job's runtime, instances and volume stay below the caps."""

from collections.abc import Iterator
from typing import Any

from examples import job
from findings import MISSING, Finding, property_path
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import matches
from target_input import INPUT, SCHEDULE, TrainingJob, training_job


def _check(job: TrainingJob, config: Config) -> Judgement:
    findings = list(_numbers(job, config))
    for path, instance_type in _instance_types(job):
        if not any(matches(pattern, instance_type) for pattern in config["instanceTypes"]):
            allowed = ", ".join(config["instanceTypes"])
            findings.append(
                Finding(path, "this instance type is not allowed here", f"use one of: {allowed}", instance_type)
            )
    return findings


def _numbers(job: TrainingJob, config: Config) -> Iterator[Finding]:
    resources = "ResourceConfig"
    for setting, path, required in (
        ("maxRuntimeInSeconds", ("StoppingCondition", "MaxRuntimeInSeconds"), True),
        ("maxInstanceCount", (resources, "InstanceCount"), False),
        ("maxVolumeSizeInGB", (resources, "VolumeSizeInGB"), False),
        ("maxKeepAlivePeriodInSeconds", (resources, "KeepAlivePeriodInSeconds"), False),
    ):
        value, cap, where = job.member(*path), config[setting], property_path(INPUT, *path)
        if value is None and required:
            yield Finding(where, "without it a job may run for a day", f"set it to at most {cap}", MISSING)
        elif value is not None and type(value) is not int:
            yield Finding(where, "must be a whole number", f"set it to at most {cap}", value)
        elif value is not None and value > cap:
            yield Finding(where, f"more than the {cap} allowed here", f"lower it to at most {cap}", value)
    cap, where = config["maxInstanceCount"], property_path(INPUT, resources, "InstanceGroups")
    if job.objects(resources, "InstanceGroups") and job.instance_count > cap:
        fault = f"{job.instance_count} instances in all, more than the {cap} allowed here"
        yield Finding(where, fault, f"use at most {cap}")


def _instance_types(job: TrainingJob) -> Iterator[tuple[str, str]]:
    path = property_path(INPUT, "ResourceConfig")
    single = job.member("ResourceConfig", "InstanceType")
    if single is not None:
        yield property_path(path, "InstanceType"), str(single)
    for index, group in enumerate(job.objects("ResourceConfig", "InstanceGroups")):
        yield property_path(path, "InstanceGroups", index, "InstanceType"), str(group.get("InstanceType"))


def _cap(default: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "default": default, "description": description}


RULE = ResourceRule(
    id="SG18",
    name="cost-caps",
    title="Runtime, instances and volume are capped",
    description="A training job must state its longest runtime and stay below the caps on what it may cost.",
    cure="Lower the value, or raise the cap in the policy pack's configuration when the cost is wanted.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Well-Architected Framework", "COST02-BP05"),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "maxRuntimeInSeconds": _cap(86400, "longest MaxRuntimeInSeconds"),
        "maxInstanceCount": _cap(4, "most instances"),
        "maxVolumeSizeInGB": _cap(100, "largest volume of one instance"),
        "maxKeepAlivePeriodInSeconds": _cap(0, "longest time that a warm pool is kept, and paid, after a job"),
        "instanceTypes": {
            "type": "array",
            "items": {"type": "string", "pattern": "^ml\\."},
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
