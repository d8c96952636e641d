"""What a report tells of a stack: plain values, made of its status, of all its training jobs and its dead letters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from operations.jobs.durations import in_words, local, share
from operations.jobs.history import RUNNING, SUCCESS, JobRun, JobSummary
from operations.jobs.model_versions import StandingVersion
from operations.jobs.reasons import reason_of
from operations.jobs.status import JobStatus, ScheduleStatus, StackStatus
from operations.named_stack import Named
from operations.schedules.dead_letter import DeadLetter
from operations.schedules.dead_letter_causes import cause_of


@dataclass(frozen=True)
class Finding:
    """Something that a person should know, or do something about."""

    is_fault: bool
    where: str
    what: str
    cure: str = ""


@dataclass(frozen=True)
class StackReport:
    """Everything that goes on the page."""

    status: StackStatus
    jobs: Mapping[str, Sequence[JobSummary]]
    """By the job's name in the stack: all that were listed, the newest first."""
    named: Named
    region: str
    dead_letters: Sequence[DeadLetter] = ()
    notes: Sequence[str] = field(default_factory=tuple)
    """What is left out, or could not be asked."""

    @property
    def findings(self) -> list[Finding]:
        """Faults first."""
        found = [*(each for job in self.status.jobs for each in self._of_job(job)), *self._of_letters()]
        return sorted(found, key=lambda each: not each.is_fault)

    def _of_job(self, job: JobStatus) -> Iterator[Finding]:
        for schedule in job.schedules:
            yield from self._of_schedule(job, schedule)
        ended = next((run for run in job.history.runs if run.status not in RUNNING), None)
        if ended is not None and ended.status != SUCCESS and (reason := reason_of(ended)):
            cure = f"training-jobs {reason.command}{self.named.options}" if reason.command else ""
            what = f"the last run that ended has {ended.status.lower()}: {reason.words}"
            yield Finding(True, job.name, what, cure)

    def _of_schedule(self, job: JobStatus, schedule: ScheduleStatus) -> Iterator[Finding]:
        if schedule.missed:
            due = local(schedule.missed.moment, schedule.time_zone)
            what = f"schedule {schedule.name} was due {due}, and no training job came of it"
            yield Finding(True, job.name, what, f"training-jobs dead-letters{self.named.options}")
        if schedule.fault:
            yield Finding(schedule.state != "DISABLED", job.name, f"schedule {schedule.name}: {schedule.fault}")

    def _of_letters(self) -> Iterator[Finding]:
        alike: dict[tuple[str, str, str], int] = {}
        for letter in self.dead_letters:
            cause = cause_of(letter, self.status.stack, self.named.options)
            key = (letter.job, cause.what, cause.cure)
            alike[key] = alike.get(key, 0) + 1
        for (job, what, cure), count in alike.items():
            letters = f"{count} dead letter{'s' if count > 1 else ''}"
            yield Finding(True, job, f"{letters}: {what}; {cure}", f"training-jobs dead-letters{self.named.options}")


@dataclass(frozen=True)
class Figure:
    """A number with its name."""

    name: str
    value: str


def figures(jobs: Sequence[JobSummary], runs: Sequence[JobRun]) -> list[Figure]:
    """The few numbers that say how a job does: of all that were listed, and of the newest that were described."""
    ended = [job for job in jobs if job.has_ended]
    good = [job for job in ended if job.status == SUCCESS]
    told = [Figure("Runs listed", f"{len(jobs):,}")]
    if ended:
        told.append(Figure("Completed", share(len(good) / len(ended))))
    told.append(Figure("Last success, UTC", f"{good[0].created:%Y-%m-%d %H:%M}" if good else "none"))
    trained = [run for run in runs if run.training_seconds is not None and run.status == SUCCESS]
    if trained:
        told.append(Figure("Median training time", in_words(timedelta(seconds=median(_seconds(trained))))))
    billed = [(run.billable_seconds or 0) * run.instance_count for run in runs]
    if any(billed):
        told.append(Figure(f"Billed, newest {len(runs)}", in_words(timedelta(seconds=sum(billed)))))
    spot = [run for run in runs if run.spot_savings is not None]
    if spot:
        saved = 1 - sum(run.billable_seconds or 0 for run in spot) / sum(_seconds(spot))
        told.append(Figure("Saved by spot", share(saved)))
    return told


def _seconds(runs: Iterable[JobRun]) -> list[int]:
    return [run.training_seconds or 0 for run in runs]


def metrics_by_version(
    runs: Sequence[JobRun], versions: Mapping[str, StandingVersion]
) -> dict[str, list[tuple[str, float, bool]]]:
    """Metric -> version, value and whether it has an alias, the oldest first; of runs whose own version stands.

    A value that is not finite, such as a loss that has become `nan`, has no place in a picture.
    """
    told: dict[str, list[tuple[str, float, bool]]] = {}
    own = [(run, versions[run.name]) for run in runs if run.name in versions]
    for run, version in sorted(own, key=lambda pair: int(pair[1].version)):
        if version.training_job_name in {"", run.name}:
            for name, value in run.metrics.items():
                if math.isfinite(value):
                    told.setdefault(name, []).append((version.version, value, bool(version.aliases)))
    return told


def left_out(asked: datetime, jobs: Mapping[str, Sequence[JobSummary]], described: Mapping[str, int]) -> list[str]:
    """What the page does not show of the jobs that there are."""
    return [
        f"{name}: {len(listed):,} training jobs are in the pictures; the table and the numbers of training time, "
        f"machines and metrics are of the newest {described[name]:,}, up to {asked:%Y-%m-%d}"
        for name, listed in jobs.items()
        if len(listed) > described[name]
    ]
