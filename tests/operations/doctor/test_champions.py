"""Whether somebody has moved the alias champion: told only where what versions record tells it for certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.doctor.asking.past import champion_of
from operations.doctor.facts import MovedChampion
from operations.models.versions import Gate, Move, RegisteredModel, Version

CREATED = datetime(2026, 11, 1, tzinfo=UTC)


def version(number: int, alias: str) -> Version:
    gate = Gate(alias, "it keeps all limits", None) if alias else None
    return Version(str(number), f"run-{number}", CREATED + timedelta(days=number), gate=gate)


FIRST, SECOND, WEAKER = version(1, "champion"), version(2, "champion"), version(3, "challenger")
PUT_BACK = replace(FIRST, moved=Move(CREATED + timedelta(days=9), "somebody", "2", "rollback", ""))


@pytest.mark.parametrize(
    ("champion", "versions", "moved"),
    [
        ("", (), None),
        ("2", (WEAKER, SECOND, FIRST), None),
        ("1", (SECOND, PUT_BACK), None),
        ("4", (version(4, ""), SECOND, FIRST), None),
        ("1", (SECOND, FIRST), MovedChampion("churn", "1", "2")),
        ("3", (WEAKER, SECOND, FIRST), MovedChampion("churn", "3", "2")),
        ("3", (WEAKER,), MovedChampion("churn", "3", "")),
        ("", (SECOND, FIRST), MovedChampion("churn", "", "2")),
    ],
    ids=[
        *("no version", "of the gate", "put back by training-jobs", "the gate is not over"),
        *("put back by hand", "a challenger by hand", "a challenger and no champion", "taken away"),
    ],
)
def test_a_move_is_told_where_it_is_certain(
    champion: str, versions: tuple[Version, ...], moved: MovedChampion | None
) -> None:
    aliases = {"champion": champion} if champion else {}

    assert champion_of(RegisteredModel("churn", aliases, versions)) == moved
