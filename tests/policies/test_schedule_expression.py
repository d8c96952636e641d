"""The shortest time between two invocations."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings

from components.cron_expression import CronExpression
from schedule_expression import ExpressionError, shortest_period_in_seconds
from tests.cron_expressions import EXPRESSIONS

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(5 hours)", 5 * HOUR),
        ("rate(7 days)", 7 * DAY),
        ("cron(0 3 * * ? *)", DAY),
        ("cron(0/15 * * * ? *)", 900),
        ("cron(0 */6 * * ? *)", 6 * HOUR),
        ("cron(10,50 * * * ? *)", 20 * 60),
        ("cron(30 22,1 * * ? *)", 3 * HOUR),
        ("cron(0 3 ? * MON *)", 7 * DAY),
        ("cron(0 3 ? * 2-6 *)", DAY),
        ("cron(0 3 ? * FRI-MON *)", DAY),
        ("cron(0 3 ? * MON,THU *)", 3 * DAY),
        ("cron(0 3 1 * ? *)", 28 * DAY),
        ("cron(0 3 31 * ? *)", 31 * DAY),
        ("cron(0 3 L * ? *)", 28 * DAY),
        ("cron(0 3 L-2 * ? *)", 28 * DAY),
        ("cron(0 3 l * ? *)", 28 * DAY),
        ("cron(0 3 15w * ? *)", 28 * DAY),
        ("cron(0 3 31W * ? *)", 31 * DAY),
        ("cron(0 22-5/3 * * ? *)", 3 * HOUR),
        ("cron(0 3 ? * fril *)", 28 * DAY),
        ("cron(0 3 ? * 6L *)", 28 * DAY),
        ("cron(0 3 ? * TUE#2 *)", 28 * DAY),
        ("cron(0 3 1 JAN,JUL ? *)", 181 * DAY),
        ("cron(0 3 29 2 ? 2028)", None),
        ("cron(0 3 1 1 ? 2027-2028)", 365 * DAY),
        ("at(2027-01-01T03:00:00)", None),
        (" cron( 0 3 * * ? * ) ", DAY),
    ],
)
def test_the_shortest_period(expression: str, seconds: int | None) -> None:
    assert shortest_period_in_seconds(expression) == seconds


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("banana", "not a schedule expression"),
        ("rate(0 days)", "rate needs a positive number and minutes, hours or days"),
        ("rate(1 week)", "rate needs a positive number and minutes, hours or days"),
        ("cron(0 3 * * ?)", "cron needs six fields, not 5"),
        ("cron(0 3 * * * *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(0 3 ? * ? *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(60 3 * * ? *)", "the field 60 must lie between 0 and 59"),
        ("cron(0 x * * ? *)", "the field x is not a cron field"),
        ("cron(0 3 ? * FUNDAY *)", "the field FUNDAY is not a cron field"),
        ("cron(0 3 ? * MON#6 *)", "the field 6 must lie between 1 and 5"),
        ("cron(0 3 L-31 * ? *)", "the field 31 must lie between 1 and 30"),
        ("cron(² 3 * * ? *)", "the field ² is not a cron field"),
    ],
)
def test_what_is_no_expression_is_named(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        shortest_period_in_seconds(expression)
    assert str(caught.value) == message


def by_the_component(expression: str) -> int | None:
    """The same from the times that the component names in two years; with any minute and hour each day has the same."""
    minutes, hours, *days_and_months, _ = expression.split()
    first = datetime(2027, 1, 1)
    each_day = CronExpression.parse(f"{minutes} {hours} * * ? *").local_times(first)
    of_one_day = takewhile(lambda time: time.date() == first.date(), each_day)
    times = [time.hour * HOUR + time.minute * 60 for time in of_one_day]
    at_midnight = CronExpression.parse(f"0 0 {' '.join(days_and_months)} *").local_times(first)
    days = list(takewhile(lambda day: day < datetime(2029, 2, 1), at_midnight))
    within = [later - earlier for earlier, later in pairwise(times)] if days else []
    between = [(later - earlier).days * DAY - times[-1] + times[0] for earlier, later in pairwise(days)]
    return min([*within, *between], default=None)


@settings(max_examples=30, deadline=None)
@given(EXPRESSIONS)
def test_the_pack_reads_every_form_that_the_component_takes_and_reads_it_the_same(expression: str) -> None:
    every_year = f"{expression.rpartition(' ')[0]} *"

    assert shortest_period_in_seconds(f"cron({every_year})") == by_the_component(every_year)
    shortest_period_in_seconds(f"cron({expression})")
