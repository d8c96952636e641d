"""Scales, ticks and marks: numbers in, text out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup

from operations.report import svg

START = datetime(2026, 11, 1, tzinfo=UTC)


def labels(ticks: list[svg.Tick]) -> list[str]:
    return [tick.label for tick in ticks]


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0, 31, ["0", "10", "20", "30", "40"]),
        (0, 4, ["0", "1", "2", "3", "4"]),
        (0.93, 0.96, ["0.93", "0.94", "0.95", "0.96"]),
        (0, 1, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0, 9000, ["0", "2,500", "5,000", "7,500", "10,000"]),
        (-3, 5, ["-4", "-2", "0", "2", "4", "6"]),
        (0, 0, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0.5, 0.5, ["0.450", "0.475", "0.500", "0.525", "0.550"]),
    ],
)
def test_ticks_are_round_and_hold_what_is_between(low: float, high: float, told: list[str]) -> None:
    ticks = svg.round_ticks(low, high)

    assert labels(ticks) == told
    assert ticks[0].value <= low <= high <= ticks[-1].value + 1e-9


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(0), ["00:00"]),
        (timedelta(hours=12), ["00:00", "03:00", "06:00", "09:00", "12:00"]),
        (timedelta(days=4), ["01 Nov", "02 Nov", "03 Nov", "04 Nov", "05 Nov"]),
    ],
)
def test_moments_are_round_and_written_as_long_as_is_needed(span: timedelta, told: list[str]) -> None:
    assert labels(svg.time_ticks(START, START + span)) == told


@pytest.mark.parametrize("days", [1, 9, 40, 100, 400, 1000, 4000])
def test_there_are_a_few_moments_in_any_span(days: int) -> None:
    assert 1 <= len(svg.time_ticks(START, START + timedelta(days=days))) <= 7


def test_a_scale_goes_from_end_to_end_and_puts_a_single_value_in_the_middle() -> None:
    assert [svg.across(0, 10).at(value) for value in (0, 10)] == [svg.LEFT, svg.WIDTH - svg.RIGHT]
    assert svg.upwards(0, 10).at(10) == svg.TOP < svg.upwards(0, 10).at(0)
    assert svg.across(3, 3).at(3) == (svg.LEFT + svg.WIDTH - svg.RIGHT) / 2


def test_marks_at_one_place_are_drawn_once_and_without_any_there_is_nothing() -> None:
    assert svg.dots([(1.0, 2.5), (3.0, 4.0), (1.0, 2.5)], "mark ok") == Markup(
        '<path class="mark ok" d="M1 2.5h0M3 4h0"/>'
    )
    assert svg.crosses([(10.0, 10.0)], "mark bad") == Markup('<path class="mark bad" d="M7.5 7.5l5 5m0-5l-5 5"/>')
    assert svg.dashes([], "mark") == svg.line([], "line") == Markup("")


def test_numbers_that_would_touch_are_left_out() -> None:
    many = [svg.Tick(number, f"version {number}") for number in range(50)]

    text = svg.axes(svg.across(0, 49), many, svg.upwards(0, 1), [])

    assert 3 <= text.count("<text") <= 6


def test_a_picture_says_what_it_shows_and_escapes_it() -> None:
    text = svg.picture("<b>", "a & b", "c1", [svg.line([(0, 0), (1, 1)], "line")])

    assert text.startswith(
        '<svg viewBox="0 0 340 190" role="img" aria-labelledby="c1-t c1-d"><title id="c1-t">&lt;b&gt;'
    )
    assert '<desc id="c1-d">a &amp; b</desc><path class="line" d="M0 0L1 1"/></svg>' in text
