"""Spans of time in which a long history is listed side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from operations.report.listing import spans

LAST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first_page", "history", "count"),
    [
        (timedelta(hours=100), timedelta(hours=100), 1),
        (timedelta(hours=100), timedelta(hours=100 * 80), 10),
        (timedelta(0), timedelta(days=365), 400),
        (timedelta(days=1), timedelta(0), 1),
    ],
    ids=["one more page", "eighty pages", "a first page of one moment", "all of one moment"],
)
def test_spans_follow_each_other_from_the_first_page_to_the_oldest_job(
    first_page: timedelta, history: timedelta, count: int
) -> None:
    found = spans(LAST + first_page, LAST, LAST - history)

    assert len(found) == count
    assert (found[0][0], found[-1][1]) == (LAST, LAST - history)
    assert all(before[1] == after[0] for before, after in pairwise(found))
