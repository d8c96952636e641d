"""The pictures of a job: its runs by time and duration, how many ended well, what was paid, metrics over versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup

from operations.jobs.history import RUNNING, JobRun, JobSummary
from operations.report import svg

KINDS: Final = {"Completed": "ok", "Failed": "bad", "Stopped": "halted"}
"""Final status -> class; what runs is of none of them."""
WORDS: Final = {"ok": "completed", "bad": "failed", "halted": "stopped", "running": "running"}
"""Class -> what it is called."""
_MARKS: Final = {"ok": svg.dots, "bad": svg.crosses, "halted": svg.dashes, "running": svg.dots}
_PERIODS: Final = ((1, "day"), (7, "week"), (30, "30 days"), (91, "91 days"), (365, "year"))
_MOST_PERIODS: Final = 31
_MANY: Final = 400
"""More marks than these in one picture are drawn as small dots; how many failed is told by the outcomes."""


@dataclass(frozen=True)
class Chart:
    """A picture, what it is called, and what stands below it."""

    title: str
    caption: str
    svg: Markup
    kinds: tuple[str, ...] = ()
    """Of the marks in it, for its legend."""


@dataclass(frozen=True)
class Period:
    """How the jobs of one day, or of several, ended."""

    start: datetime
    counts: Mapping[str, int]
    """Class -> how many."""


def kind_of(status: str) -> str:
    """The class of a status."""
    return "running" if status in RUNNING else KINDS.get(status, "halted")


def runs_chart(jobs: Sequence[JobSummary], now: datetime, identifier: str) -> Chart:
    """Every job: when it was created, and how long it took from there to its end."""
    unit, name = _unit(max((_took(job, now) for job in jobs), default=0.0))
    times = [job.created for job in jobs]
    first, last = min(times), max(times)
    across = svg.across(first.timestamp(), last.timestamp())
    ticks = svg.round_ticks(0, max(_took(job, now) for job in jobs) / unit)
    upwards = svg.upwards(0, ticks[-1].value)
    places: dict[str, list[tuple[float, float]]] = {"ok": [], "halted": [], "running": [], "bad": []}
    for job in jobs:
        places[kind_of(job.status)].append((across.at(job.created.timestamp()), upwards.at(_took(job, now) / unit)))
    parts = [svg.axes(across, svg.time_ticks(first, last), upwards, ticks)]
    if len(jobs) > _MANY:
        parts += [svg.dots(at, f"mark many {kind}") for kind, at in places.items()]
    else:
        parts += [_MARKS[kind](at, f"mark {kind}") for kind, at in places.items()]
    kinds = tuple(kind for kind in ("ok", "bad", "halted", "running") if places[kind])
    counted = ", ".join(f"{len(places[kind])} {WORDS[kind]}" for kind in kinds)
    title = f"Runs, {name}"
    caption = "By when each was created; from there to its end, waiting for machines included."
    said = f"{len(jobs):,} training jobs from {first:%Y-%m-%d} to {last:%Y-%m-%d}: {counted}."
    return Chart(title, caption, svg.picture(title, said, identifier, parts), kinds)


def periods(jobs: Iterable[JobSummary]) -> tuple[str, list[Period]]:
    """How the jobs ended, by day or by the shortest longer period of which there are not too many; and its name."""
    days = {job: job.created.astimezone(UTC).toordinal() for job in jobs}
    first, last = min(days.values()), max(days.values())
    length, name = next((each for each in _PERIODS if (last - first) // each[0] < _MOST_PERIODS), _PERIODS[-1])
    counts: dict[int, Counter[str]] = {}
    for job, day in days.items():
        counts.setdefault((last - day) // length, Counter())[kind_of(job.status)] += 1
    told = []
    for back in reversed(range(max(counts) + 1)):
        start = datetime.fromordinal(last - (back + 1) * length + 1).replace(tzinfo=UTC)
        told.append(Period(start, counts.get(back, Counter())))
    return name, told


def outcomes_chart(name: str, told: Sequence[Period], identifier: str) -> Chart:
    """Bars: how many of each period ended how; failures stand at the bottom, where they can be compared."""
    most = max(sum(period.counts.values()) for period in told)
    ticks = [tick for tick in svg.round_ticks(0, most) if tick.value == round(tick.value)]
    upwards = svg.upwards(0, ticks[-1].value)
    across = svg.across(0, len(told))
    width = (across.end - across.start) / len(told)
    parts = []
    for number, period in enumerate(told):
        low = 0
        for kind in ("bad", "halted", "running", "ok"):
            if count := period.counts.get(kind, 0):
                x = across.at(number) + width * 0.1
                parts.append(svg.bar(x, max(width * 0.8, 0.5), upwards.at(low), upwards.at(low + count), f"bar {kind}"))
                low += count
    moments = [svg.Tick(number + 0.5, f"{period.start:%d %b}") for number, period in enumerate(told)]
    total = {kind: sum(period.counts.get(kind, 0) for period in told) for kind in WORDS}
    kinds = tuple(kind for kind, count in total.items() if count)
    totals = ", ".join(f"{total[kind]} {WORDS[kind]}" for kind in kinds)
    title = f"Outcomes by {name}"
    said = f"{len(told)} periods of one {name} each, the first from {told[0].start:%Y-%m-%d}: {totals}."
    drawn = svg.picture(title, said, identifier, [svg.axes(across, moments, upwards, ticks), *parts])
    return Chart(title, "How many training jobs ended how; the table below has the numbers.", drawn, kinds)


def savings_chart(runs: Sequence[JobRun], identifier: str) -> Chart | None:
    """What spot machines saved, by run; None where no run can tell."""
    told = [(run.created, run.spot_savings * 100) for run in reversed(runs) if run.spot_savings is not None]
    if not told:
        return None
    across = svg.across(told[0][0].timestamp(), told[-1][0].timestamp())
    upwards = svg.upwards(0, 100)
    ticks = [svg.Tick(value, f"{value} %") for value in (0, 25, 50, 75, 100)]
    at = [(across.at(moment.timestamp()), upwards.at(max(value, 0))) for moment, value in told]
    mean = sum(value for _, value in told) / len(told)
    title = "Saved by spot machines"
    said = f"{len(told)} runs, {mean:.0f} % on average."
    drawn = svg.picture(
        title,
        said,
        identifier,
        [svg.axes(across, svg.time_ticks(told[0][0], told[-1][0]), upwards, ticks), svg.dots(at, "mark info")],
    )
    return Chart(title, f"Seconds that were not billed, of those that were trained: {said}", drawn)


def metric_chart(name: str, points: Sequence[tuple[str, float, bool]], identifier: str) -> Chart:
    """A metric over model versions, the oldest first: the version, the value, and whether it has an alias."""
    values = [value for _, value, _ in points]
    ticks = svg.round_ticks(min(values), max(values))
    upwards = svg.upwards(ticks[0].value, ticks[-1].value)
    across = svg.across(0, len(points) - 1)
    at = [(across.at(number), upwards.at(value)) for number, (_, value, _) in enumerate(points)]
    labels = [svg.Tick(number, label) for number, (label, _, _) in enumerate(points)]
    parts = [svg.axes(across, labels, upwards, ticks), svg.line(at, "line info")]
    parts.append(svg.dots((place for place, point in zip(at, points, strict=True) if not point[2]), "mark info"))
    parts.append(svg.dots((place for place, point in zip(at, points, strict=True) if point[2]), "mark alias"))
    said = f"From {values[0]:g} (version {points[0][0]}) to {values[-1]:g} (version {points[-1][0]})."
    caption = f"By model version. {said} Larger dots have an alias now."
    return Chart(name, caption, svg.picture(f"{name} by model version", said, identifier, parts))


def _took(job: JobSummary, now: datetime) -> float:
    return max(0.0, ((job.ended or (job.created if job.has_ended else now)) - job.created) / timedelta(seconds=1))


def _unit(seconds: float) -> tuple[float, str]:
    if seconds >= 3 * 3600:
        return 3600.0, "hours"
    return (60.0, "minutes") if seconds >= 180 else (1.0, "seconds")
