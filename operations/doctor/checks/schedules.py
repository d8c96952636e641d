"""Whether the schedules are deployed as the stack declares them, and what has become of their invocations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.doctor import kinds
from operations.doctor.facts import DeadLetters, Deployed, Facts, JobFacts, ScheduleFacts
from operations.doctor.finding import Finding, Unseen
from operations.doctor.invocation import spec_of
from operations.jobs.missed_times import missed_time
from operations.jobs.reasons import reason_of

STACK_TAG: Final = "stack"
"""The tag by which the component says whose a resource is (components/job_settings.py, OWN_TAGS)."""
_AT_A_LIMIT: Final = ("MaxRuntimeExceeded", "MaxWaitTimeExceeded")
"""Source: SageMaker API, DescribeTrainingJob, SecondaryStatus."""
_SHOWN: Final = 3


def missing(facts: Facts) -> Iterator[Finding]:
    """That each declared schedule is deployed."""
    for _, each in _schedules(facts):
        if each.deployed is None:
            yield kinds.SCHEDULE_MISSING.finding(
                each.declared.schedule_name, f"{each.declared.schedule_arn} does not exist"
            )


def state(facts: Facts) -> Iterator[Finding]:
    """That it is enabled or disabled as declared."""
    for _, each, deployed in _deployed(facts):
        declared, found = each.declared.schedule_state, deployed.schedule.state
        if declared != found:
            kind = kinds.SCHEDULE_DISABLED if found == "DISABLED" else kinds.SCHEDULE_ENABLED
            yield kind.finding(each.declared.schedule_name, f"the stack declares {declared}, and it is {found}")


def changed(facts: Facts) -> Iterator[Finding]:
    """That it starts what the stack declares, and that SageMaker would take it."""
    for _, each, deployed in _deployed(facts):
        if each.input_faults:
            more = f"; and {len(each.input_faults) - _SHOWN} more" if len(each.input_faults) > _SHOWN else ""
            told = f"SageMaker would refuse its deployed input: {'; '.join(each.input_faults[:_SHOWN])}{more}"
            yield kinds.SCHEDULE_INPUT.finding(each.declared.schedule_name, told)
        elif deployed.schedule.target_input != each.declared.target_input:
            yield kinds.SCHEDULE_CHANGED.finding(
                each.declared.schedule_name, "its deployed input is not the stack's target_input"
            )


def never_due(facts: Facts) -> Iterator[Finding]:
    """That one that is enabled fires some day, and that this machine can tell when."""
    for _, each, deployed in _deployed(facts):
        name, schedule = each.declared.schedule_name, deployed.schedule
        if (spec := spec_of(schedule)) is None:
            yield kinds.TIME_ZONE.finding(name, f"{schedule.expression} in {schedule.time_zone} cannot be read here")
        elif schedule.state == "ENABLED" and not spec.next_fire_times(facts.now):
            yield kinds.NEVER_DUE.finding(name, f"{schedule.expression} in {schedule.time_zone} names no time any more")


def name_prefix(facts: Facts) -> Iterator[Finding]:
    """That the schedule group is this stack's own."""
    for each in facts.jobs:
        tags = each.group_tags
        if tags is None or isinstance(tags, Unseen):
            continue
        if (owner := tags.get(STACK_TAG, facts.stack)) != facts.stack:
            prefix = each.job.training_job_name_prefix
            yield kinds.NAME_PREFIX.finding(
                each.job.name, f"the schedule group {prefix} is tagged as one of stack {owner}, not of {facts.stack}"
            )


def dead_letters(facts: Facts) -> Iterator[Finding]:
    """That no invocation has failed and waits to be looked at, and that one that fails would."""
    for each in facts.jobs:
        letters = each.dead_letters
        if letters is None:
            yield kinds.DEAD_LETTERS_LOST.finding(each.job.name, "its schedules name a queue that does not exist")
        if isinstance(letters, DeadLetters) and letters.count:
            told = "; ".join(letters.errors[:_SHOWN]) or "none could be read"
            many = "invocation waits" if letters.count == 1 else "invocations wait"
            yield kinds.DEAD_LETTERS.finding(each.job.name, f"{letters.count} {many}: {told}")


def last_run(facts: Facts) -> Iterator[Finding]:
    """That the last training job that has ended did not fail, and was not stopped at its limit."""
    for each in facts.jobs:
        if isinstance(each.runs, Unseen):
            continue
        ended = next((run for run in each.runs.runs if run.has_ended), None)
        reason = reason_of(ended) if ended is not None else None
        if ended is None or reason is None:
            continue
        if ended.secondary_status in _AT_A_LIMIT:
            yield kinds.RUN_LIMITED.finding(each.job.name, f"{ended.name}: {reason.words}")
        elif ended.status == "Failed":
            yield kinds.RUN_FAILED.finding(each.job.name, f"{ended.name}: {reason.words}")


def missed_run(facts: Facts) -> Iterator[Finding]:
    """That a training job has come of the last time that each schedule was due, as far as anybody can tell."""
    for job, each, deployed in _deployed(facts):
        if isinstance(job.runs, Unseen) or (spec := spec_of(deployed.schedule)) is None:
            continue
        due = missed_time(spec, deployed.schedule.arn, job.runs, deployed.modified, facts.now)
        if due is not None:
            what = f"it was due at {due.moment:%Y-%m-%d %H:%M} UTC, and no training job has come of it"
            yield kinds.RUN_MISSED.finding(each.declared.schedule_name, what)


def _schedules(facts: Facts) -> Iterator[tuple[JobFacts, ScheduleFacts]]:
    for job in facts.jobs:
        for each in job.schedules.values():
            yield job, each


def _deployed(facts: Facts) -> Iterator[tuple[JobFacts, ScheduleFacts, Deployed]]:
    for job, each in _schedules(facts):
        if isinstance(each.deployed, Deployed):
            yield job, each, each.deployed
