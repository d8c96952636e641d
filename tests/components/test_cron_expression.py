"""The oracle reads an expression in a way of its own: it asks of one minute after another whether it fires."""

import calendar
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.cron_expression import CronExpression
from tests.cron_expressions import DAYS, EXPRESSIONS, MONTHS


def times(expression: str, start: datetime, count: int = 3) -> list[str]:
    moments = CronExpression.parse(expression).local_times(start)
    return [moment.strftime("%Y-%m-%d %H:%M") for moment, _ in zip(moments, range(count), strict=False)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 3 * * ? *", ["2026-01-01 03:00", "2026-01-02 03:00", "2026-01-03 03:00"]),
        ("*/20 23 1 1 ? *", ["2026-01-01 23:00", "2026-01-01 23:20", "2026-01-01 23:40"]),
        ("50-5/10 0 1 1 ? 2026", ["2026-01-01 00:00", "2026-01-01 00:50"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 L * ? *", ["2026-01-31 00:00", "2026-02-28 00:00", "2026-03-31 00:00"]),
        ("0 0 L-2 * ? *", ["2026-01-29 00:00", "2026-02-26 00:00", "2026-03-29 00:00"]),
        ("0 0 LW * ? *", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-31 00:00"]),
        ("0 0 1W * ? *", ["2026-01-01 00:00", "2026-02-02 00:00", "2026-03-02 00:00"]),
        ("0 0 31W * ? *", ["2026-01-30 00:00", "2026-03-31 00:00", "2026-05-29 00:00"]),
        ("0 0 ? * 6L *", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-27 00:00"]),
        ("0 0 ? * L *", ["2026-01-03 00:00", "2026-01-10 00:00", "2026-01-17 00:00"]),
        ("0 0 ? * MON#5 *", ["2026-03-30 00:00", "2026-06-29 00:00", "2026-08-31 00:00"]),
        ("0 0 ? NOV-JAN SAT-SUN 2026,2028", ["2026-01-03 00:00", "2026-01-04 00:00", "2026-01-10 00:00"]),
        ("0 0 ? * mon-wed *", ["2026-01-05 00:00", "2026-01-06 00:00", "2026-01-07 00:00"]),
        ("0 0 1 1 ? 2025", []),
        ("0 0 30 2 ? *", []),
    ],
)
def test_an_expression_names_its_times(expression: str, expected: list[str]) -> None:
    assert times(expression, datetime(2026, 1, 1)) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("0 3 * * *", "cron has 5 fields, not the six: minutes hours day-of-month month day-of-week year"),
        ("", "cron has 0 fields, not the six: minutes hours day-of-month month day-of-week year"),
        ("0 3 * * ? * *", "cron has 7 fields, not the six: minutes hours day-of-month month day-of-week year"),
        ("0 3 * * * *", "exactly one of day-of-month ('*') and day-of-week ('*') has to be '?'"),
        ("0 3 ? * ? *", "exactly one of day-of-month ('?') and day-of-week ('?') has to be '?'"),
        ("60 3 * * ? *", "minutes '60' is not 0-59"),
        ("0 24 * * ? *", "hours '24' is not 0-23"),
        ("-5 3 * * ? *", "minutes '' is not 0-59"),
        ("0 3 0 * ? *", "day-of-month '0' is not 1-31"),
        ("0 3 32 * ? *", "day-of-month '32' is not 1-31"),
        ("0 3 * 13 ? *", "month '13' is not 1-12 or JAN-DEC"),
        ("0 3 * JANUARY ? *", "month 'JANUARY' is not 1-12 or JAN-DEC"),
        ("0 3 ? * 0 *", "day-of-week '0' is not 1-7 or SUN-SAT"),
        ("0 3 * * ? 1969", "year '1969' is not 1970-2199"),
        ("0 3 * * ? 2200", "year '2200' is not 1970-2199"),
        ("0 3 * * ? 2030-2026", "year '2030-2026' ends before it starts"),
        ("0 3 * ? ? *", "month '?' is not 1-12 or JAN-DEC"),
        ("? 3 * * ? *", "minutes '?' is not 0-59"),
        ("0 ? * * ? *", "hours '?' is not 0-23"),
        ("1,,2 3 * * ? *", "minutes '' is not 0-59"),
        ("*/0 3 * * ? *", "minutes '*/0' has the step '0', which is not a whole number above 0"),
        ("*/ 3 * * ? *", "minutes '*/' has the step '', which is not a whole number above 0"),
        ("0/-5 3 * * ? *", "minutes '0/-5' has the step '-5', which is not a whole number above 0"),
        ("٣ 3 * * ? *", "minutes '٣' is not 0-59"),
        ("0 3 L-31 * ? *", "day-of-month 'L-31' counts back from the last day by '31', which is not 1-30"),
        ("0 3 L-X * ? *", "day-of-month 'L-X' counts back from the last day by 'X', which is not 1-30"),
        ("0 3 1,15W * ? *", "day-of-month '1,15' is not 1-31"),
        ("0 3 1,L * ? *", "day-of-month 'L' is not 1-31"),
        ("0 3 ? * 2#6 *", "day-of-week '2#6' asks for week '6' of the month, which is not 1-5"),
        ("0 3 ? * 8#1 *", "day-of-week '8' is not 1-7 or SUN-SAT"),
        ("0 3 ? * 2,6L *", "day-of-week '2,6' is not 1-7 or SUN-SAT"),
        ("0 L * * ? *", "hours 'L' is not 0-23"),
    ],
)
def test_a_malformed_expression_is_refused_by_the_name_of_its_field(expression: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        CronExpression.parse(expression)

    assert str(refused.value) == message


def oracle_matches(field: str, value: int, low: int, high: int, words: list[str] | None = None) -> bool:
    """Whether a value is in a list: walks from the start of each span, step by step, as a person with a finger does."""
    for word_number, word in enumerate(words or [], start=1):
        field = field.upper().replace(word, str(word_number))
    for item in field.split(","):
        span, _, step = item.partition("/")
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (int(end) for end in span.split("-"))
        else:
            first, last = int(span), high if step else int(span)
        position, stride = first, int(step or 1)
        length = (last - first) % (high - low + 1)
        for offset in range(0, length + 1, stride):
            position = first + offset
            if position > high:
                position -= high - low + 1
            if position == value:
                return True
    return False


def oracle_weekday(day_of_week: str, moment: datetime) -> bool:
    day, last = moment.day, calendar.monthrange(moment.year, moment.month)[1]
    weekday = (moment.weekday() + 1) % 7 + 1
    if day_of_week == "L":
        return weekday == 7
    if day_of_week[-1] == "L":
        return oracle_matches(day_of_week[:-1], weekday, 1, 7, DAYS) and day + 7 > last
    name, _, nth = day_of_week.partition("#")
    return oracle_matches(name, weekday, 1, 7, DAYS) and (not nth or (day - 1) // 7 + 1 == int(nth))


def oracle_day_of_month(day_of_month: str, moment: datetime) -> bool:
    day, last = moment.day, calendar.monthrange(moment.year, moment.month)[1]
    if day_of_month.endswith("W"):
        wanted = last if day_of_month == "LW" else int(day_of_month[:-1])
        # The weekday at the least distance, inside the month; a Saturday and a Sunday have one each.
        weekdays = [d for d in range(1, last + 1) if moment.replace(day=d).weekday() < 5]
        return wanted <= last and day == min(weekdays, key=lambda d: abs(d - wanted))
    if day_of_month.startswith("L"):
        return day == last - int(day_of_month[2:] or 0)
    return oracle_matches(day_of_month, day, 1, 31)


def oracle_fires(expression: str, moment: datetime) -> bool:
    minutes, hours, day_of_month, month, day_of_week, year = expression.split()
    return (
        oracle_matches(minutes, moment.minute, 0, 59)
        and oracle_matches(hours, moment.hour, 0, 23)
        and oracle_matches(month, moment.month, 1, 12, MONTHS)
        and oracle_matches(year, moment.year, 1970, 2199)
        and (day_of_month == "?" or oracle_day_of_month(day_of_month, moment))
        and (day_of_week == "?" or oracle_weekday(day_of_week, moment))
    )


def oracle_times(expression: str, start: datetime, days: int) -> list[datetime]:
    minutes, hours, *_ = expression.split()
    in_an_hour = [m for m in range(60) if oracle_matches(minutes, m, 0, 59)]
    in_a_day = [h for h in range(24) if oracle_matches(hours, h, 0, 23)]
    found = []
    for number in range(days):
        day = datetime(start.year, start.month, start.day) + timedelta(days=number)
        probe = day.replace(hour=in_a_day[0], minute=in_an_hour[0])
        if oracle_fires(expression, probe):
            found += [day.replace(hour=h, minute=m) for h in in_a_day for m in in_an_hour]
    return [moment for moment in found if moment >= start]


@settings(max_examples=50, deadline=None)
@given(EXPRESSIONS, st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(lambda d: d.replace(microsecond=0)))
@pytest.mark.slow
def test_the_times_agree_with_looking_at_one_day_after_another(expression: str, start: datetime) -> None:
    expected = oracle_times(expression, start, days=40)

    end = datetime(start.year, start.month, start.day) + timedelta(days=40)
    got = []
    for moment in CronExpression.parse(expression).local_times(start):
        if moment >= end:
            break
        got.append(moment)

    assert got == expected


@settings(max_examples=15, deadline=None)
@given(
    EXPRESSIONS,
    st.datetimes(datetime(2024, 2, 27), datetime(2024, 3, 2)).map(lambda d: d.replace(second=0, microsecond=0)),
)
def test_the_times_agree_with_looking_at_one_minute_after_another(expression: str, start: datetime) -> None:
    minutes = [start + timedelta(minutes=n) for n in range(24 * 60 + 1)]

    got = []
    for moment in CronExpression.parse(expression).local_times(start):
        if moment > minutes[-1]:
            break
        got.append(moment)

    assert got == [moment for moment in minutes if oracle_fires(expression, moment)]


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, st.data())
def test_an_expression_with_one_field_broken_is_refused(expression: str, data: st.DataObject) -> None:
    fields = expression.split()
    place = data.draw(st.integers(0, 5))
    broken = data.draw(
        st.sampled_from(
            ["", "x", "-", "/", "1/", "*/0", "99999", "1-", "-1", "1--2", "#", "?L", "1#", "W", "1.5", "+1"]
        )
    )
    fields[place] = broken

    with pytest.raises(ValueError):
        CronExpression.parse(" ".join(fields))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789*?/,-#LWJANSU ", max_size=20))
def test_any_text_is_parsed_or_refused_and_nothing_else(text: str) -> None:
    try:
        expression = CronExpression.parse(text)
    except ValueError:
        return
    assert expression.minutes <= frozenset(range(60))
    assert expression.hours <= frozenset(range(24))
    assert expression.minutes
    assert expression.hours
