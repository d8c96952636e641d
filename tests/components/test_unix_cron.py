"""What Unix writes is told as EventBridge Scheduler writes it, where that is the same."""

import pytest

from components.unix_cron import from_unix


@pytest.mark.parametrize(
    ("unix", "expression"),
    [
        ("0 3 * * *", "cron(0 3 * * ? *)"),
        ("*/15 * * * *", "cron(*/15 * * * ? *)"),
        ("0 3 1,15 * *", "cron(0 3 1,15 * ? *)"),
        ("0 3 * * 1-5", "cron(0 3 ? * MON-FRI *)"),
        ("0 3 * * 0", "cron(0 3 ? * SUN *)"),
        ("0 3 * 6 sat", "cron(0 3 ? 6 SAT *)"),
        ("0 3 1 * 1", ""),
        ("0 3 * * */2", ""),
        ("0 25 * * *", ""),
        ("0 3 * * ? *", ""),
        ("every night", ""),
        ("", ""),
    ],
)
def test_an_expression_of_unix_is_told_in_six_fields(unix: str, expression: str) -> None:
    assert from_unix(unix) == expression
