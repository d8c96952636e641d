"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from operations.jobs.durations import in_words, local, share, utc


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (7.4, "7 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (90061, "1 d 1 h"),
    ],
)
def test_a_duration_has_its_two_greatest_units(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_a_moment_is_shown_in_utc_or_by_the_clocks_of_a_zone() -> None:
    moment = datetime(2026, 11, 26, 2, 0, 7, tzinfo=UTC)

    assert utc(moment) == "2026-11-26 02:00:07"
    assert local(moment, "Europe/Berlin") == "Thu 2026-11-26 03:00 CET"
    assert share(0.804) == "80 %"
