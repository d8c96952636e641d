"""The steps of a first flight, and what each came to: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from operations.doctor.finding import Finding, Unseen
from operations.jobs.history import SUCCESS, JobRun
from operations.jobs.model_versions import StandingVersion
from operations.jobs.reasons import reason_of


class Outcome(StrEnum):
    """What a step came to; one that could not be taken is `skipped`, with the reason."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Step:
    """One step of the flight."""

    name: str
    outcome: Outcome
    text: str


def passed_if(name: str, fault: str, text: str) -> Step:
    """Failed with its fault; without one, passed with `text`."""
    return Step(name, Outcome.FAILED, fault) if fault else Step(name, Outcome.PASSED, text)


def doctor_step(found: Sequence[Finding], not_seen: Sequence[Unseen]) -> Step:
    """The doctor's findings: what blocks ends the flight before it starts."""
    blocking = [f"{each.check}: {each.subject}: {each.what}" for each in found if each.blocks]
    advised = len(found) - len(blocking)
    text = f"nothing blocks; {advised} findings advise, {len(not_seen)} things could not be looked at"
    return passed_if("doctor", "; ".join(blocking), text)


def run_step(run: JobRun) -> Step:
    """One run of the training job."""
    reason = reason_of(run)
    fault = "" if run.status == SUCCESS else f"{run.name} ended as {run.status}: {reason.words if reason else ''}"
    seconds = f" in {run.training_seconds} s" if run.training_seconds is not None else ""
    return passed_if("run", fault, f"{run.name} completed{seconds}")


def artifact_step(run: JobRun, size: int | None) -> Step:
    """The model in S3; `size` is its object's in bytes, None where there is none."""
    if not run.model_artifact:
        return Step("artifact", Outcome.FAILED, f"{run.name} tells of no model in S3")
    fault = "" if size else f"{run.model_artifact} is {'empty' if size == 0 else 'not there'}"
    return passed_if("artifact", fault, f"{run.model_artifact}, {size} bytes")


def version_step(run: JobRun, version: StandingVersion | None) -> Step:
    """The version of the registered model that the run made."""
    if version is None:
        return Step("model version", Outcome.FAILED, f"{run.registered_model} has no version of {run.name}")
    other = version.training_job_name not in {"", run.name}
    fault = f"version {version.version} of {version.model} is of {version.training_job_name}" if other else ""
    aliases = f", {' and '.join(version.aliases)}" if version.aliases else ""
    why = f" ({version.promotion})" if version.promotion else ""
    return passed_if("model version", fault, f"version {version.version} of {version.model}{aliases}{why}")


def delivery_step(first: JobRun, second: JobRun, before: StandingVersion | None, after: StandingVersion | None) -> Step:
    """A second delivery of the same invocation: it ends well, and the first one's version stands for both."""
    if second.status != SUCCESS:
        reason = reason_of(second)
        why = reason.words if reason else ""
        return Step("second delivery", Outcome.FAILED, f"{second.name} ended as {second.status}: {why}")
    stands = (before.version, before.model) if before else None
    found = (after.version, after.model) if after else None
    stands_now = f"version {after.version}" if after else "no version"
    fault = "" if stands == found else f"{stands_now} stands for the invocation, and not the first delivery's"
    text = f"{second.name} made no second version: that of {first.name} stands for the invocation"
    return passed_if("second delivery", fault, text)


def untracked_delivery_step(first: JobRun, stands_of: str) -> Step:
    """The same of a job that does not track: what its own word in S3 says."""
    fault = "" if stands_of == first.name else f"the model of {stands_of} stands for it, not that of {first.name}"
    return passed_if("second delivery", fault, f"the model of {first.name} stands for the invocation")


def interruption_step(stopped: JobRun, again: JobRun | None, version: StandingVersion | None) -> Step:
    """A run that was stopped on its way, and the same invocation once more."""
    name = "interruption"
    if stopped.status == SUCCESS:
        return Step(name, Outcome.SKIPPED, f"{stopped.name} had completed before it could be stopped")
    if again is None or again.status != SUCCESS:
        told = f"{again.name} ended as {again.status}" if again else "nothing was started again"
        return Step(name, Outcome.FAILED, f"{stopped.name} was stopped, and {told}")
    fault = "" if version is not None or not again.tracks else f"{again.registered_model} has no version of it"
    return passed_if(name, fault, f"{stopped.name} was stopped, and {again.name} completed the invocation")


def has_passed(steps: Sequence[Step]) -> bool:
    """Whether no step failed."""
    return all(each.outcome is not Outcome.FAILED for each in steps)
