"""When a schedule was due last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from components.schedule_spec import ScheduleSpec
from operations.doctor.last_due import last_due

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "due"),
    [
        ({"expression": "cron(0 3 * * ? *)"}, datetime(2026, 11, 27, 3, tzinfo=UTC)),
        ({"expression": "cron(30 12 * * ? *)"}, NOW),
        ({"expression": "cron(* * * * ? *)"}, NOW),
        ({"expression": "cron(0 3 ? * MON *)"}, datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ({"expression": "cron(0 3 31 * ? *)"}, datetime(2026, 10, 31, 3, tzinfo=UTC)),
        ({"expression": "cron(0 3 1 1 ? *)", "time_zone": "Europe/Berlin"}, datetime(2026, 1, 1, 2, tzinfo=UTC)),
        ({"expression": "at(2026-11-20T00:00:00)"}, datetime(2026, 11, 20, tzinfo=UTC)),
        ({"expression": "at(2027-11-20T00:00:00)"}, None),
        ({"expression": "cron(0 3 * * ? *)", "start_date": "2026-11-27T12:00:00Z"}, None),
        (
            {"expression": "cron(0 3 * * ? *)", "end_date": "2026-11-20T12:00:00Z"},
            datetime(2026, 11, 20, 3, tzinfo=UTC),
        ),
        (
            {"expression": "rate(6 hours)", "start_date": "2026-11-26T01:00:00Z"},
            datetime(2026, 11, 27, 7, tzinfo=UTC),
        ),
        ({"expression": "rate(6 hours)"}, None),
    ],
)
def test_the_last_time_is_found_however_long_ago(spec: dict[str, Any], due: datetime | None) -> None:
    assert last_due(ScheduleSpec.model_validate(spec), NOW) == due
