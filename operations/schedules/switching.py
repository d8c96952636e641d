"""Which settings to change so that just the wanted schedules are enabled, or disabled: values in, values out.

A further schedule has what its job has, and a job what the defaults have, unless it says otherwise itself
(docs/schedules.md, docs/many-jobs.md). So a change higher up may reach further than was asked: whatever it reaches
is set back where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components import further_schedules
from components.job_defaults import JobDefaults
from components.job_settings import name_prefix
from operations.schedules.settings_files import DEFAULTS, JOBS
from operations.schedules.yaml_edit import with_entry
from rehearsal.errors import RehearsalError

OF_ALL = (DEFAULTS, "schedule", "enabled")
"""Where the defaults say whether schedules fire."""


class SwitchError(RehearsalError):
    """There is nothing that can be switched so; the message says why."""


@dataclass(frozen=True, order=True)
class Named:
    """A schedule of a stack: its job, and its name in the job ("" for the job's own)."""

    job: str
    schedule: str = ""

    def on_aws(self, stack: str) -> str:
        """What the schedule is called on AWS."""
        prefix = name_prefix(self.job, stack)
        return f"{prefix}.{self.schedule}" if self.schedule else prefix

    @property
    def setting(self) -> tuple[str, ...]:
        """The keys that lead to its own `enabled`."""
        inner = (further_schedules.FIELD, self.schedule) if self.schedule else ()
        return (JOBS, self.job, *inner, "schedule", "enabled")


def states(values: Mapping[str, Any]) -> dict[Named, bool]:
    """Every schedule of the jobs in `values`, and whether it is enabled; off unless something says that it is on."""
    found: dict[Named, bool] = {}
    for name, job in JobDefaults.of(values).completed().items():
        whole = further_schedules.with_job(job) if isinstance(job, Mapping) else {}
        found[Named(name)] = _is_enabled(whole)
        further = whole.get(further_schedules.FIELD)
        for each, own in further.items() if isinstance(further, Mapping) else ():
            found[Named(name, str(each))] = _is_enabled(own)
    return found


def _is_enabled(job: object) -> bool:
    schedule = job.get("schedule") if isinstance(job, Mapping) else None
    return isinstance(schedule, Mapping) and schedule.get("enabled") is True


def select(known: Iterable[Named], stack: str, job: str | None, schedule: str | None) -> list[Named]:
    """The schedules that a person named: of a job, or one by its name on AWS or in its job; without either, all.

    Raises:
        SwitchError: there is none, or there are several of that name.
    """
    all_ = list(known)
    jobs = list(dict.fromkeys(each.job for each in all_))
    if job is not None and job not in jobs:
        raise SwitchError(f"the stack has no job {job!r}; it has: {', '.join(jobs)}")
    of_job = [each for each in all_ if job is None or each.job == job]
    if schedule is None:
        return of_job
    found = [each for each in of_job if schedule in {each.on_aws(stack), each.schedule}]
    if not found:
        names = ", ".join(each.on_aws(stack) for each in of_job)
        raise SwitchError(f"there is no schedule {schedule!r}; there are: {names}")
    if len(found) > 1:
        names = ", ".join(each.on_aws(stack) for each in found)
        raise SwitchError(f"schedule {schedule!r} may be any of {names}; name one of these")
    return found


def changes(
    values: Mapping[str, Any], wanted: Iterable[Named], *, enabled: bool, by_defaults: bool
) -> list[tuple[tuple[str, ...], bool]]:
    """The settings to write, in order: the keys that lead there, and the value. None where all is so already.

    `by_defaults` says that the defaults may be changed for what is wanted.
    """
    goal = states(values) | dict.fromkeys(wanted, enabled)
    if goal == states(values):
        return []
    return list(_changes(values, goal, OF_ALL if by_defaults else None, enabled=enabled))


def _changes(
    values: Mapping[str, Any], goal: Mapping[Named, bool], first: tuple[str, ...] | None, *, enabled: bool
) -> Iterator[tuple[tuple[str, ...], bool]]:
    if first is not None:
        values = with_entry(values, first, enabled)
        yield first, enabled
    for each, state in goal.items():  # a job's own schedule stands before its further ones
        if states(values)[each] is not state:
            values = with_entry(values, each.setting, state)
            yield each.setting, state


def written_for_all(values: Mapping[str, Any]) -> bool:
    """Whether the defaults say themselves whether schedules fire."""
    schedule = (values.get(DEFAULTS) or {}).get("schedule")
    return isinstance(schedule, Mapping) and "enabled" in schedule
