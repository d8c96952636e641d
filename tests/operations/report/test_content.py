"""What a report finds, counts and leaves out."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from components.schedule_spec import FireTime
from operations.jobs.history import History
from operations.jobs.model_versions import StandingVersion
from operations.named_stack import Named
from operations.report.charts import outcomes_chart, periods, runs_chart, savings_chart
from operations.report.content import StackReport, figures, left_out, metrics_by_version
from tests.operations.report.samples import (
    NOW,
    PREFIX,
    healthy,
    report_of,
    run_of,
    runs_of,
    schedule,
    summary,
    versions_of,
)
from tests.operations.schedules.letters import letter


def found(report: StackReport) -> list[tuple[bool, str, str]]:
    return [(each.is_fault, each.what, each.cure) for each in report.findings]


def with_schedule(**changes: object) -> StackReport:
    report = healthy()
    changed = replace(schedule(), **changes)  # type: ignore[arg-type] # of whatever member
    return replace(report, status=replace(report.status, jobs=(replace(report.status.jobs[0], schedules=(changed,)),)))


def test_nothing_is_found_where_all_is_well() -> None:
    assert found(healthy()) == []


def test_a_run_that_failed_last_is_a_fault_with_the_command_that_looks_further() -> None:
    report = replace(report_of(3), dead_letters=())

    ((is_fault, what, cure),) = found(report)

    assert is_fault
    assert what.startswith("the last run that ended has failed: ")
    assert cure == f"training-jobs logs {report.status.jobs[0].history.runs[0].name} --stack prod"


def test_an_older_failure_before_a_success_is_none() -> None:
    report = healthy()
    history = History(PREFIX, (run_of(0), run_of(1, "Failed")))
    job = replace(report.status.jobs[0], history=history)

    assert found(replace(report, status=replace(report.status, jobs=(job,)))) == []


def test_a_missed_time_is_a_fault() -> None:
    missed = FireTime(NOW.replace(tzinfo=None, hour=4), NOW.replace(hour=3))

    assert found(with_schedule(missed=missed)) == [
        (
            True,
            f"schedule {PREFIX} was due Fri 2026-11-27 04:00 CET, and no training job came of it",
            "training-jobs dead-letters --stack prod",
        )
    ]


def test_a_schedule_that_is_off_is_a_note_and_one_that_is_gone_a_fault() -> None:
    assert found(with_schedule(state="DISABLED", fault="it is off")) == [(False, f"schedule {PREFIX}: it is off", "")]
    assert found(with_schedule(state="", fault="it is gone")) == [(True, f"schedule {PREFIX}: it is gone", "")]


def test_dead_letters_of_one_cause_are_told_together_before_the_notes() -> None:
    report = replace(
        with_schedule(state="DISABLED", fault="it is off"),
        dead_letters=[letter(), letter(), letter(ERROR_CODE="Novel")],
        named=Named("prod", rehearsal=True),
    )

    told = found(report)

    assert [is_fault for is_fault, _, _ in told] == [True, True, False]
    assert told[0][1].startswith("2 dead letters: SageMaker was asked too often")
    assert told[1][1].startswith("1 dead letter: it failed in a way that is not known here")
    assert told[0][2] == "training-jobs dead-letters --stack prod --rehearsal"


def test_figures_are_of_what_is_known() -> None:
    runs = runs_of(22)
    told = {each.name: each.value for each in figures([summary(run) for run in runs], runs)}

    assert told["Runs listed"] == "22"
    assert told["Completed"] == "77 %"
    assert told["Last success, UTC"] == "2026-11-26 03:00"
    assert told["Saved by spot"] == "67 %"
    assert [each.name for each in figures([], [])] == ["Runs listed", "Last success, UTC"]


def test_metrics_are_of_versions_that_the_run_itself_made_in_the_order_of_their_numbers() -> None:
    runs = [run_of(number) for number in range(12)]
    versions = versions_of(runs) | {runs[3].name: StandingVersion("churn", "9", (), "another job")}

    (points,) = metrics_by_version(runs, versions).values()

    assert [version for version, _, _ in points] == [str(number) for number in range(1, 13) if number != 9]
    assert [version for version, _, has_alias in points if has_alias] == ["12"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_metric_that_is_no_number_has_no_place_in_a_picture(value: float) -> None:
    runs = [run_of(number) for number in range(3)]
    runs[1] = replace(runs[1], metrics={"validation_loss": value})
    versions = versions_of(runs)

    told = metrics_by_version(runs, versions)

    assert [version for points in told.values() for version, _, _ in points] == ["1", "3"]


def test_what_is_not_described_is_said_to_be_left_out() -> None:
    jobs = {"churn": [summary(run) for run in runs_of(5)], "fraud": []}

    assert left_out(NOW, jobs, {"churn": 3, "fraud": 0}) == [
        "churn: 5 training jobs are in the pictures; the table and the numbers of training time, machines and metrics "
        "are of the newest 3, up to 2026-11-27"
    ]


def test_outcomes_are_counted_by_periods_of_which_there_are_not_too_many() -> None:
    for count, name in [(5, "day"), (60, "week"), (400, "30 days"), (2000, "91 days"), (9000, "year")]:
        jobs = [summary(run) for run in runs_of(count)]

        told, counted = periods(jobs)

        assert (told, len(counted) <= 32) == (name, True)
        assert sum(sum(period.counts.values()) for period in counted) == count
        assert counted == sorted(counted, key=lambda period: period.start)


def test_pictures_say_in_words_what_they_show() -> None:
    runs = runs_of(23)
    assert re.findall(r'class="up"[^>]*>([^<]*)<', outcomes_chart(*periods([summary(runs[0])]), "d").svg) == ["0", "1"]
    jobs = [summary(run) for run in runs]

    drawn = runs_chart(jobs, NOW, "a")

    assert (drawn.title, drawn.kinds) == ("Runs, minutes", ("ok", "bad", "halted"))
    assert "23 training jobs from 2026-11-05 to 2026-11-27: 17 completed, 4 failed, 2 stopped." in drawn.svg
    assert "6 periods of one week each" in outcomes_chart(*periods([summary(run) for run in runs_of(40)]), "b").svg
    saved = savings_chart(runs, "c")
    assert saved is not None
    assert saved.caption.endswith("23 runs, 67 % on average.")
    assert savings_chart([replace(run, is_spot=False) for run in runs], "c") is None


def test_a_job_that_runs_is_drawn_with_the_time_so_far() -> None:
    running = replace(summary(run_of(0)), status="InProgress", ended=None, created=NOW - timedelta(hours=5))

    drawn = runs_chart([running], NOW, "a")

    assert (drawn.title, drawn.kinds) == ("Runs, hours", ("running",))
