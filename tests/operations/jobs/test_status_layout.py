"""How the status of a stack fits a screen: narrow or wide, one job or forty, once or again and again."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from operations.jobs.history import History, JobRun
from operations.jobs.model_versions import StandingVersion
from operations.jobs.status import JobStatus, StackStatus
from operations.jobs.status_overview import needs_a_look, summary
from operations.jobs.status_printing import print_status, rendered
from tests.operations.jobs.descriptions import DUE, PREFIX, described, run
from tests.operations.jobs.test_status import status

FAILED = {"TrainingJobStatus": "Failed", "SecondaryStatus": "Failed", "FailureReason": "AlgorithmError: no rows"}


def runs(count: int, **of_newest: Any) -> tuple[JobRun, ...]:  # noqa: ANN401 - members of the API
    """Daily runs, the newest first, on spot machines."""
    spot = {"EnableManagedSpotTraining": True, "BillableTimeInSeconds": 18}
    return tuple(
        run(
            **{
                "TrainingJobName": f"{PREFIX}-{uuid.UUID(int=number, version=4)}",
                "Environment": described()["Environment"]
                | {"SCHEDULED_TIME": f"{DUE - timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}"},
                **spot,
                **(of_newest if number == 0 else {}),
            }
        )
        for number in range(count)
    )


def jobs(*found: tuple[JobRun, ...]) -> StackStatus:
    """A stack with a job of each of these histories."""
    one = status(run())
    made = (
        replace(one.jobs[0], name=f"customer-churn-{number}", history=History(PREFIX, each))
        for number, each in enumerate(found)
    )
    versions = {
        each.name: StandingVersion("churn", "17", ("champion",), each.name)
        for of_job in found
        for each in of_job
        if each.status == "Completed"
    }
    return replace(one, jobs=tuple(made), versions=versions)


def on_screen(told: StackStatus, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False)
    print_status(told, console)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def watched(told: StackStatus, width: int, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    console.print(rendered(told, width, "", height))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_cell_is_cut_on_a_screen_of_any_usual_width(width: int) -> None:
    lines = on_screen(jobs(runs(3)), width)

    assert all(len(line) <= width for line in lines)
    assert not [line for line in lines if "…" in line]
    (newest,) = [line for line in lines if "11-20 03:00" in line and "00000000" in line]
    assert all(each in newest for each in ("Completed", "1 min", "18 s", "70 %", "17 champion"))


def test_a_narrow_screen_says_of_a_run_what_it_does_and_of_one_by_hand_when_it_began() -> None:
    by_hand = {"Environment": {}, "TrainingJobStatus": "InProgress", "SecondaryStatus": "Downloading"}

    lines = on_screen(jobs(runs(2, **by_hand)), 80)

    assert [line.split()[1:4] for line in lines if line.startswith("00000000")] == [
        ["11-20", "03:00", "Downloading"],
        ["11-19", "03:00", "Completed"],
    ]
    assert any(line.split() == ["by", "hand"] for line in lines)


def test_a_pipe_gets_the_whole_table_however_wide_its_reader_is() -> None:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    print_status(jobs(runs(1)), console)
    assert isinstance(console.file, io.StringIO)

    assert "│ 2026-11-20 03:00 │ Completed │" in console.file.getvalue()
    assert "version 17 champion │" in console.file.getvalue()
    assert console.width == 80


def test_a_time_is_not_broken_at_the_end_of_a_line() -> None:
    lines = on_screen(status(run()), 60)

    assert "    fires next: Sat 2026-11-21 03:00 UTC;" in lines
    assert "                Sun 2026-11-22 03:00 UTC" in lines


def test_several_jobs_end_with_which_of_them_need_a_look() -> None:
    assert "2 jobs; none needs a look" in on_screen(jobs(runs(1), runs(2)), 80)
    assert "2 jobs; 1 needs a look: customer-churn-1 (failed)" in on_screen(jobs(runs(1), runs(2, **FAILED)), 80)
    assert not [line for line in on_screen(jobs(runs(1, **FAILED)), 80) if "need" in line], "it says so itself"
    assert str(summary(jobs(*[runs(1, **FAILED)] * 7))).endswith("customer-churn-4 (failed) and 2 more")


def test_a_job_needs_a_look_for_its_last_end_for_a_missed_time_and_where_it_is_not_there() -> None:
    def job(*history: JobRun, **of_schedule: Any) -> JobStatus:  # noqa: ANN401 - fields of a schedule's status
        (one,) = status(run()).jobs
        schedule = replace(one.schedules[0], **of_schedule)
        return replace(one, schedules=(schedule,), history=History(PREFIX, history))

    running = run(TrainingJobStatus="InProgress", SecondaryStatus="Training")
    due = status(run()).jobs[0].schedules[0].next_times[0]

    assert needs_a_look(job()) == ""
    assert needs_a_look(job(running, run(**FAILED))) == "failed", "one that runs has not made up for it yet"
    assert needs_a_look(job(run(), run(**FAILED))) == ""
    assert needs_a_look(job(run(**FAILED), missed=due)) == "missed, failed"
    assert needs_a_look(job(run(), state="")) == "not deployed"


def test_what_is_watched_fits_the_window_with_fewer_runs() -> None:
    lines = watched(jobs(runs(40)), 100, 24)

    assert len(lines) <= 24
    shown = [line for line in lines if "│ 00000000 │" in line]
    assert 5 < len(shown) < 24
    assert lines[-1] == f"note  the newest {len(shown)} training jobs of each job: the window is too small for more"


def test_forty_jobs_are_watched_as_a_line_each_those_first_that_need_a_look() -> None:
    histories = [runs(3, **(FAILED if number == 33 else {})) for number in range(40)]

    lines = watched(jobs(*histories), 80, 24)

    assert len(lines) <= 24
    assert lines[0] == "40 jobs; 1 needs a look: customer-churn-33 (failed)"
    assert lines[3].split() == ["customer-churn-33", "11-21", "03:00", "11-20", "03:00", "Failed", "failed"]
    assert lines[4].split() == ["customer-churn-0", "11-21", "03:00", "11-20", "03:00", "Completed"]
    assert lines[-1] == "and 20 more; --job NAME shows one, a larger window more"
    assert not [line for line in lines if "…" in line]
    assert len(watched(jobs(*histories), 80, 60)) == 43
