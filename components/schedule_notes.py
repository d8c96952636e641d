"""What is worth knowing of a job's schedules before they are deployed, and is no mistake. Values in, lines out.

Each line begins with its setting and says the value, what becomes of it, and what to do about it.
Sources: EventBridge Scheduler User Guide, "Schedule types" (rates, daylight saving) and "Deleting a schedule"; its API,
CreateSchedule, which answers to an old StartDate that it cannot be earlier than five minutes ago.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from .channel import Channel
from .clock_changes import ClockChange, clock_changes
from .dated_notes import dated_notes
from .image_fit import age_notes, image_notes, start_notes
from .instance_types import is_accelerated
from .resources_spec import Resources, StoppingCondition
from .run_overlaps import Overlap, ScheduledRun, first_overlaps, longest_run
from .schedule_spec import ScheduleSpec
from .source_spec import Source
from .training_image_spec import TrainingImage

_DAYS_AHEAD: Final = 366
"""A year: the clocks of a zone change at most a few times in one, and come back to where they were."""


class ScheduledSpec(Protocol):
    """A schedule and what it starts: a TrainingJobSpec with its schedule."""

    @property
    def schedule(self) -> ScheduleSpec: ...
    @property
    def resources(self) -> Resources: ...
    @property
    def stopping_condition(self) -> StoppingCondition: ...
    @property
    def training_image(self) -> TrainingImage: ...
    @property
    def source(self) -> Source: ...
    @property
    def channels(self) -> Mapping[str, Channel]: ...


def job_notes(job: str, specs: Mapping[str, ScheduledSpec], now: datetime) -> list[str]:
    """The notes of one job: `specs` are what its schedules start, by their settings' paths, its own by `job`."""
    of_the_job = list(_notes(specs[job], now))
    notes = [f"training_jobs.{job}.{note}" for note in of_the_job]
    for path, spec in specs.items():
        if path != job:
            notes += [f"training_jobs.{path}.{note}" for note in _notes(spec, now) if note not in of_the_job]
    return notes + list(_overlap_notes(specs, now))


def _notes(spec: ScheduledSpec, now: datetime) -> Iterator[str]:
    yield from (f"schedule.{note}" for note in schedule_notes(spec.schedule, now))
    yield from age_notes(spec.training_image, now.date())
    yield from machine_notes(spec)
    yield from dated_notes(spec.channels, spec.schedule, now)


def schedule_notes(schedule: ScheduleSpec, now: datetime) -> Iterator[str]:
    """The notes of one schedule, each beginning with its setting below `schedule`."""
    sent = schedule.as_sent(now)
    if sent != schedule:
        yield (
            f"start_date: got {_iso(schedule.start_date)}, which has passed: it is left out of what is sent, because "
            f"EventBridge Scheduler takes none that is over{_phase(schedule)}; remove it"
        )
    if sent.enabled and sent.kind == "rate" and sent.start_date is None:
        yield (
            f"expression: got {sent.expression!r} without a start_date to come: an enabled rate fires at once when it "
            "is deployed, and counts from there; set a start_date, or write a cron expression"
        )
    if sent.action_after_completion == "DELETE":
        yield _deletion(sent)
    yield from _clock_notes(sent, now)


def machine_notes(spec: ScheduledSpec) -> Iterator[str]:
    """What may not go together of image, machines and code, each beginning with its setting."""
    for setting, instance_type in spec.resources.types_by_setting.items():
        yield from image_notes(setting, instance_type, spec.training_image.uri)
    yield from start_notes(spec.training_image, spec.source.directory)
    count, source = spec.resources.machine_count, spec.source
    pending = spec.stopping_condition.max_pending_time_in_seconds
    if pending and not any(map(is_accelerated, spec.resources.instance_types)):
        yield (
            f"stopping_condition.max_pending_time_in_seconds: got {pending}, which SageMaker heeds only for machines "
            "with an accelerator; remove it, or choose a type such as ml.g5.xlarge"
        )
    if count > 1 and not source.is_judge:
        yield (
            f"resources.{spec.resources.count_setting}: got {count} with the code in {source.directory}/: each of them "
            "runs the whole script, so that it has to share the work and to let one of them save and register "
            "(SM_HOSTS and SM_CURRENT_HOST tell which); see that it does, or set it to 1"
        )


def _phase(schedule: ScheduleSpec) -> str:
    return ", and a rate counts from its deployment then" if schedule.kind == "rate" else ""


def _deletion(schedule: ScheduleSpec) -> str:
    got = "action_after_completion: got 'DELETE'"
    if not schedule.is_over_some_day:
        return (
            f"{got} for a schedule that never completes: {schedule.expression} has no end_date; set one, or remove it"
        )
    return (
        f"{got}: AWS deletes the schedule when it is over, and the next update after a refresh makes it again; remove "
        "the schedule from the settings then"
    )


def _clock_notes(schedule: ScheduleSpec, now: datetime) -> Iterator[str]:
    """The next change of the clocks at which the schedule is skipped, and the next at which its time comes twice."""
    noted = set[bool]()
    for change in _changes_ahead(schedule.time_zone, now):
        if change.skips not in noted and (times := list(schedule.local_times(change.first, change.end))):
            noted.add(change.skips)
            yield _clock_note(schedule, change, times)


@lru_cache
def _changes_ahead(time_zone: str, now: datetime) -> tuple[ClockChange, ...]:
    return tuple(clock_changes(ZoneInfo(time_zone), now, _DAYS_AHEAD))


def _clock_note(schedule: ScheduleSpec, change: ClockChange, times: list[datetime]) -> str:
    day, first, end = f"{change.first:%Y-%m-%d}", f"{change.first:%H:%M}", f"{change.end:%H:%M}"
    named, one = f"{times[0]:%H:%M}" + (f" and {len(times) - 1} more" if len(times) > 1 else ""), len(times) == 1
    got = f"time_zone: got {schedule.time_zone!r} with {schedule.expression}: on {day} clocks are put"
    cure = f"choose a time outside {first}-{end}, or UTC, if that matters"
    if change.skips:
        return f"{got} forward from {first} to {end}, and {named} {'does' if one else 'do'} not fire; {cure}"
    what = "which comes twice, fires once" if one else "which come twice, fire once"
    return f"{got} back from {end} to {first}, and {named}, {what}; {cure}"


def _overlap_notes(specs: Mapping[str, ScheduledSpec], now: datetime) -> Iterator[str]:
    """Runs of different schedules of one job that may meet; those of one schedule are a policy's matter (SG26)."""
    told = set[frozenset[str]]()
    runs = [_run(path, spec, now) for path, spec in specs.items()]
    for overlap in first_overlaps(runs, now) if len(runs) > 1 else ():
        pair = frozenset((overlap.run.name, overlap.starts.name))
        if pair not in told:
            told.add(pair)
            yield _overlap_note(overlap)


def _overlap_note(overlap: Overlap) -> str:
    return (
        f"training_jobs.{overlap.starts.name}.schedule.expression: its run of {overlap.meets:%Y-%m-%d %H:%M} UTC "
        f"starts while that of training_jobs.{overlap.run.name}.schedule of {overlap.fired:%H:%M} may take until "
        f"{overlap.until:%Y-%m-%d %H:%M}; both train and register: choose another time, or a shorter stopping condition"
    )


def _run(path: str, spec: ScheduledSpec, now: datetime) -> ScheduledRun:
    stopping = spec.stopping_condition
    longest = longest_run(stopping.max_runtime_in_seconds, stopping.max_wait_time_in_seconds)
    return ScheduledRun(path, spec.schedule.as_sent(now), longest)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat().replace("+00:00", "Z") if moment else ""
