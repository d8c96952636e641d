"""The page of a report: one HTML document that asks nobody for anything. Texts are escaped where they are filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from operations.jobs.durations import in_words, local, share
from operations.jobs.history import RUNNING, JobRun
from operations.jobs.model_versions import StandingVersion
from operations.jobs.reasons import reason_of
from operations.jobs.status import JobStatus
from operations.report.charts import (
    WORDS,
    Chart,
    kind_of,
    metric_chart,
    outcomes_chart,
    periods,
    runs_chart,
    savings_chart,
)
from operations.report.content import StackReport, figures, metrics_by_version

_HERE: Final = Path(__file__).parent
_METRICS_AT_MOST: Final = 12
"""So many metrics get a picture, by name."""


@dataclass(frozen=True)
class Row:
    """A run in the table, in words."""

    due: str
    status: str
    kind: str
    took: str
    billed: str
    saved: str
    model: str
    name: str
    reason: str

    @classmethod
    def of(cls, run: JobRun, version: StandingVersion | None, now: datetime) -> Row:
        """A run, and the version that stands for its invocation."""
        took, reason = run.duration(now), reason_of(run)
        due = run.scheduled_time.replace("T", " ").removesuffix("Z").removesuffix(":00")
        return cls(
            due or f"{run.created:%Y-%m-%d %H:%M}, by hand",
            run.status,
            kind_of(run.status),
            "" if took is None else f"{in_words(took)}{' so far' if run.status in RUNNING else ''}",
            "" if run.billable_seconds is None else f"{run.billable_seconds * run.instance_count:,} s",
            "" if run.spot_savings is None else share(run.spot_savings),
            _model(run, version),
            run.name,
            reason.words if reason else "",
        )


def page(report: StackReport) -> str:
    """The whole document."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"moment": lambda moment: f"{moment:%Y-%m-%d %H:%M}", "local": local}
    status = report.status
    return environment.get_template("page.html").render(
        stack=status.stack,
        region=report.region,
        is_rehearsal=report.named.rehearsal,
        asked=status.asked,
        findings=report.findings,
        notes=report.notes,
        words=WORDS,
        jobs=[_job(report, job, f"c{number}") for number, job in enumerate(status.jobs, 1)],
    )


def _job(report: StackReport, job: JobStatus, identifier: str) -> Mapping[str, Any]:
    runs, jobs, versions = job.history.runs, report.jobs[job.name], report.status.versions
    told: dict[str, Any] = {"name": job.name, "schedules": job.schedules, "listed": len(jobs)}
    if not jobs:
        return told
    name, by_period = periods(jobs)
    charts = [
        runs_chart(jobs, report.status.asked, f"{identifier}-runs"),
        outcomes_chart(name, by_period, f"{identifier}-outcomes"),
        savings_chart(runs, f"{identifier}-savings"),
        *_metrics(report, job, identifier),
    ]
    return told | {
        "figures": figures(jobs, runs),
        "charts": [each for each in charts if each is not None],
        "period_name": name,
        "periods": by_period,
        "has_spot": any(run.is_spot for run in runs),
        "rows": [Row.of(run, versions.get(run.name), report.status.asked) for run in runs],
    }


def _metrics(report: StackReport, job: JobStatus, identifier: str) -> Iterator[Chart]:
    by_name = metrics_by_version(job.history.runs, report.status.versions)
    for number, name in enumerate(sorted(by_name)[:_METRICS_AT_MOST], 1):
        yield metric_chart(name, by_name[name], f"{identifier}-metric-{number}")


def _model(run: JobRun, version: StandingVersion | None) -> str:
    if version is None:
        return ""
    told = f"version {version.version}" + "".join(f", {alias}" for alias in version.aliases)
    return told if version.training_job_name in {"", run.name} else f"{told}, of another delivery"
