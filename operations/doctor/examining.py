"""Gathers the facts of a stack: what its jobs use is asked for once, side by side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.deployed_jobs import StackJob, select_jobs, stack_jobs
from operations.doctor import questions as ask
from operations.doctor.asking.answers import Questions
from operations.doctor.asking.identity import ask_caller
from operations.doctor.channels import add_channels, channels_of
from operations.doctor.facts import Caller, DeadLetters, Facts, JobFacts, Refusal, ScheduleFacts
from operations.doctor.finding import Unseen
from operations.doctor.invocation import Invocation, invocation_of, role_calls
from operations.doctor.job_needs import quotas_of
from operations.places import Place
from rehearsal.container.code_channels import bundle_uri

Told = Callable[[str, int, int], None]
Answers = Mapping[Hashable, Any]


def examine(  # noqa: PLR0913 - where, of what, when, and who is told
    project_dir: Path,
    stack: str,
    place: Place,
    told: Told,
    *,
    outputs: Path | None = None,
    job: str | None = None,
    now: datetime | None = None,
) -> Facts:
    """All facts of a stack, or of one of its jobs. With wrong credentials, account or region nothing further is asked.

    `told` hears what was answered, how many answers there are, and of how many questions; `now` (aware) is for when
    schedules are judged, where that is not this moment.

    Raises:
        OutputsError, RehearsalError, pulumi.RunError: what the stack is cannot be read.
    """
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    caller, clock = ask_caller(place.client("sts"))
    facts = Facts(stack, place.region, now, caller, clock)
    if isinstance(caller, Refusal):
        return facts
    jobs = select_jobs(stack_jobs(project_dir, stack, place, outputs), job)
    if not all(_is_here(each, caller, place) for each in jobs):
        return replace(facts, jobs=tuple(JobFacts(each, {}) for each in jobs))
    for service in ask.SERVICES:  # before there are threads: boto3 makes clients in one thread only
        place.client(service)
    first = Questions()
    for each in jobs:
        ask.add_schedules(first, each, place)
    deployed = first.answers(told)
    invocations = {
        each.name: {
            name: invocation_of(each, schedule, deployed[each.name, name], now)
            for name, schedule in each.schedules.items()
        }
        for each in jobs
    }
    second = Questions()
    for each in jobs:
        own = list(invocations[each.name].values())
        ask.add_job(second, each, own, project_dir, place)
        for invocation in own:
            ask.add_invocation(second, invocation, place)
            add_channels(second, invocation, project_dir, place)
    every = [invocation for own in invocations.values() for invocation in own.values()]
    ask.add_quotas(second, every, place)
    answers = {**deployed, **second.answers(told)}
    return replace(
        facts,
        jobs=tuple(_job_facts(each, invocations[each.name], answers) for each in jobs),
        buckets=_of_kind("bucket", answers),
        images=_of_kind("image", answers),
        networks={key[1:]: each for key, each in answers.items() if isinstance(key, tuple) and key[0] == "network"},
        quotas=_quotas(every, answers),
        servers=_of_kind("server", answers),
        secrets=_of_kind("secret", answers),
    )


def _is_here(job: StackJob, caller: Caller, place: Place) -> bool:
    return (job.scope.account_id, job.scope.region) == (caller.account, place.region)


def _job_facts(job: StackJob, invocations: Mapping[str, Invocation], answers: Answers) -> JobFacts:
    """The answers about a job, each in its place."""
    own = list(invocations.values())
    schedule = own[0].schedule
    past = answers["past", job.training_job_name_prefix]
    return JobFacts(
        job=job,
        schedules={
            name: ScheduleFacts(
                declared=each.declared,
                deployed=answers[job.name, name],
                request=each.request,
                channels=channels_of(each, answers),
                bundle=answers.get(("object", bundle_uri(each.request)), True),
                input_faults=each.faults,
            )
            for name, each in invocations.items()
        },
        group_tags=answers["group", schedule.group_arn],
        dead_letters=answers.get(("queue", schedule.dead_letter_queue_arn), DeadLetters(0)),
        roles={arn: answers["role", job.name, arn] for arn in role_calls(own)},
        runs=past if isinstance(past, Unseen) else past.runs,
        topic=answers.get(("topic", job.alarm_topic_arn)),
        champion=past if isinstance(past, Unseen) else past.champion,
    )


def _of_kind(kind: str, answers: Answers) -> dict[str, Any]:
    return {key[1]: each for key, each in answers.items() if isinstance(key, tuple) and key[0] == kind}


def _quotas(invocations: Sequence[Invocation], answers: Answers) -> dict[str, Any]:
    """Each quota by its name; one that is not listed is not known."""
    listed = answers.get(ask.QUOTAS, {})
    wanted = dict.fromkeys(name for each in invocations for name, _ in quotas_of(each.request))
    missing = "Service Quotas lists no quota of this name in the region"
    if isinstance(listed, Unseen):
        return dict.fromkeys(wanted, listed)
    return {name: listed[name] if name in listed else Unseen(name, missing) for name in wanted}
