from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.run_overlaps import ScheduledRun, counted_from, first_overlaps, longest_run, overlaps_at
from components.schedule_spec import ScheduleSpec

HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(name: str, expression: str, hours: float, **changes: object) -> ScheduledRun:
    return ScheduledRun(name, ScheduleSpec(**({"expression": expression} | changes)), hours * HOUR)


NIGHTLY = run("nightly", "cron(0 3 * * ? *)", 2)


def told(moment: datetime, starts: ScheduledRun, *runs: ScheduledRun) -> list[tuple[str, datetime, datetime]]:
    return [(each.run.name, each.fired, each.until) for each in overlaps_at(moment, starts, runs)]


@pytest.mark.parametrize(
    ("hour", "meets"),
    [(2, False), (3, True), (4, True), (5, False)],
    ids=["before", "together", "within", "at its end"],
)
def test_a_run_meets_what_starts_until_it_may_be_over(hour: int, meets: bool) -> None:
    other, moment = run("weekly", f"cron(0 {hour} * * ? *)", 1), NOW + hour * HOUR

    assert told(moment, other, NIGHTLY) == ([("nightly", NOW + 3 * HOUR, NOW + 5 * HOUR)] if meets else [])


def test_a_run_does_not_meet_itself() -> None:
    assert told(NOW + 3 * HOUR, NIGHTLY, NIGHTLY) == []


def test_a_run_that_takes_longer_than_the_period_meets_the_next_one_of_its_schedule() -> None:
    slow = run("slow", "cron(0 3 * * ? *)", 24.5)

    assert told(NOW + 27 * HOUR, slow, slow) == [("slow", NOW + 3 * HOUR, NOW + 27.5 * HOUR)]


def test_a_flexible_time_window_makes_runs_end_later() -> None:
    other = run("weekly", "cron(0 5 * * ? *)", 1)
    flexible = run("nightly", "cron(0 3 * * ? *)", 2, flexible_time_window_in_minutes=15)

    assert told(NOW + 5 * HOUR, other, NIGHTLY) == []
    assert told(NOW + 5 * HOUR, other, flexible) == [("nightly", NOW + 3 * HOUR, NOW + 5.25 * HOUR)]


def test_with_spot_the_longest_run_includes_waiting() -> None:
    assert (longest_run(3600, None), longest_run(3600, 7200)) == (HOUR, 2 * HOUR)


def test_a_rate_without_a_start_date_counts_from_now_and_everything_else_as_it_says() -> None:
    rate = ScheduleSpec(expression="rate(1 day)")
    started = ScheduleSpec(expression="rate(1 day)", start_date="2026-01-05T00:00:00Z")

    assert counted_from(rate, NOW).start_date == NOW
    assert counted_from(started, NOW) is started
    assert counted_from(NIGHTLY.schedule, NOW) is NIGHTLY.schedule


def test_the_first_overlap_of_each_pair_is_told_in_the_order_in_which_they_come() -> None:
    weekly = run("weekly", "cron(0 4 ? * SUN *)", 30)

    assert [(each.run.name, each.starts.name, each.meets) for each in first_overlaps([NIGHTLY, weekly], NOW)] == [
        ("nightly", "weekly", datetime(2026, 1, 4, 4, tzinfo=UTC)),
        ("weekly", "nightly", datetime(2026, 1, 5, 3, tzinfo=UTC)),
    ]


def test_schedules_that_keep_clear_of_each_other_have_no_overlap() -> None:
    assert first_overlaps([NIGHTLY, run("weekly", "cron(0 6 ? * SUN *)", 3)], NOW) == []


@given(
    st.lists(st.tuples(st.integers(0, 23), st.integers(1, 40)), min_size=2, max_size=3),
    st.integers(0, 72),
)
def test_overlaps_are_those_of_a_timetable_that_is_written_down(jobs: list[tuple[int, int]], at: int) -> None:
    runs = [run(str(number), f"cron(0 {hour} * * ? *)", long) for number, (hour, long) in enumerate(jobs)]
    moment, (starts, *_) = NOW + at * HOUR, runs
    timetable = {
        each.name: [NOW + (24 * day + hour) * HOUR for day in range(-4, 5)]
        for each, (hour, _) in zip(runs, jobs, strict=True)
    }

    met = {name for name, _, _ in told(moment, starts, *runs)}

    assert met == {
        each.name
        for each in runs
        if any(
            fired <= moment < fired + each.longest_run and (each, fired) != (starts, moment)
            for fired in timetable[each.name]
        )
    }
