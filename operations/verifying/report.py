"""The report of a first flight: Markdown that can be attached to a bug report, with names replaced."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from components.s3_location import bucket_of
from operations.doctor.diagnosis import findings, unseen
from operations.doctor.facts import Caller, Facts
from operations.next_times import in_utc
from operations.verifying.anonymous import Anonymizer
from operations.verifying.permissions import RoleUse
from operations.verifying.steps import Outcome, Step, has_passed

_PACKAGES: Final = ("pulumi", "pulumi-aws", "boto3", "botocore", "mlflow-skinny")
_MARKS: Final = {Outcome.PASSED: "passed", Outcome.FAILED: "**failed**", Outcome.SKIPPED: "skipped"}


@dataclass(frozen=True)
class Told:
    """What a report tells of a flight."""

    facts: Facts
    steps: Sequence[Step]
    ended: datetime
    is_rehearsal: bool
    request: Mapping[str, Any]
    """What the runs sent, of which a few members are told."""
    uses: Sequence[RoleUse] = ()
    """What was used of the permissions of the job's roles."""


def as_markdown(told: Told) -> str:
    """The report, without names: the same name is the same word everywhere."""
    return Anonymizer(known_names(told.facts)).clean("\n".join(_lines(told)) + "\n")


def known_names(facts: Facts) -> dict[str, str]:
    """Names that the stack is known by, each with the word for its kind: the first one that it is met as."""
    known: dict[str, str] = {}
    for name, kind in _names(facts):
        if name:
            known.setdefault(name, kind)
    return known


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    yield facts.stack, "stack"
    if isinstance(facts.caller, Caller):
        yield facts.caller.account, "account"
        yield facts.caller.arn.rpartition("/")[2], "caller"
    yield from ((bucket, "bucket") for bucket in facts.buckets)
    for job in facts.jobs:
        yield job.job.scope.account_id, "account"
        yield bucket_of(job.job.s3_output_path), "bucket"
        yield job.job.name, "job"
        yield job.job.training_job_name_prefix, "prefix"
        yield from (
            (arn.rpartition("/")[2], "role") for arn in (job.job.execution_role_arn, job.job.scheduler_role_arn)
        )
        for each in job.schedules.values():
            told = each.request.get("Environment", {})
            yield each.declared.schedule_name, "schedule"
            yield told.get("REGISTERED_MODEL_NAME", ""), "model"
            yield told.get("MLFLOW_EXPERIMENT_NAME", ""), "experiment"
            yield from ((subnet, "subnet") for subnet in each.request.get("VpcConfig", {}).get("Subnets", ()))


def _lines(told: Told) -> Iterator[str]:
    facts = told.facts
    yield f"# First flight: {'passed' if has_passed(told.steps) else 'failed'}"
    yield ""
    where = "a rehearsal on one machine" if told.is_rehearsal else f"AWS, {facts.region}"
    yield f"Stack {facts.stack} in {where}, {in_utc(facts.now)} to {in_utc(told.ended)}."
    yield "Names of accounts, buckets, jobs and ARNs are replaced: the same word is the same name everywhere."
    yield ""
    yield "| step | | |"
    yield "|---|---|---|"
    for step in told.steps:
        yield f"| {step.name} | {_MARKS[step.outcome]} | {step.text.replace('|', '/')} |"
    yield ""
    yield "## Findings of the doctor"
    yield ""
    for finding in findings(facts):
        yield f"- {'blocks' if finding.blocks else 'advises'}: {finding.check}: {finding.subject}: {finding.what}"
    for not_seen in unseen(facts):
        yield f"- could not be looked at: {not_seen.what}: {not_seen.reason}"
    yield ""
    yield "## Permissions"
    yield ""
    for use in told.uses:
        yield from use_lines(use)
    if not told.uses:
        yield "- not asked for: no run completed"
    yield ""
    yield "## What ran"
    yield ""
    for name, value in _of_request(told.request):
        yield f"- {name}: {value}"
    yield f"- here: Python {platform.python_version()} on {sys.platform}, {', '.join(_versions())}"


def use_lines(use: RoleUse) -> Iterator[str]:
    """A role's actions, each with what is known of it."""
    for what, actions in (
        ("used", use.used),
        ("not used, so far as is known", use.unused),
        ("nobody tells", use.untold),
        ("tried and denied", use.denied),
    ):
        if actions:
            yield f"- {use.role}: {what}: {', '.join(actions)}"
    yield from (f"- {use.role}: could not be asked: {note}" for note in use.notes)


def _of_request(request: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    resources = request.get("ResourceConfig", {})
    yield "image", request.get("AlgorithmSpecification", {}).get("TrainingImage", "none")
    yield (
        "machines",
        f"{resources.get('InstanceCount', 'several')} x {resources.get('InstanceType', 'of several types')}",
    )
    for name in ("EnableManagedSpotTraining", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption"):
        yield name, bool(request.get(name))
    yield "VPC", "VpcConfig" in request
    yield "stopping condition", request.get("StoppingCondition", {})
    yield "channels", ", ".join(each["ChannelName"] for each in request.get("InputDataConfig", [])) or "none"


def _versions() -> Iterator[str]:
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
