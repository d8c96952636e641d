"""Whether somebody has moved the alias champion: told only where the versions of the last runs tell it for certain."""

from __future__ import annotations

import pytest

from operations.doctor.asking.past import champion_of
from operations.doctor.facts import Champion
from operations.jobs.model_versions import StandingVersion


def version(number: int, gate: str, *aliases: str, model: str = "churn") -> StandingVersion:
    return StandingVersion(model, str(number), aliases, f"{model}-{number}", f"{gate}: it keeps all limits")


@pytest.mark.parametrize(
    ("versions", "champion"),
    [
        ([], None),
        ([version(3, "champion", "champion")], Champion("churn", "3", "3")),
        ([version(4, "challenger", "challenger"), version(3, "champion", "champion")], Champion("churn", "3", "3")),
        ([version(4, "champion"), version(3, "champion", "champion")], Champion("churn", "3", "4")),
        ([version(4, "challenger", "champion"), version(3, "champion")], Champion("churn", "4", "3")),
        ([version(4, "challenger", "champion")], Champion("churn", "4", "")),
        ([version(4, "champion")], None),
        ([StandingVersion("churn", "5", ("champion",))], Champion("churn", "5", "5")),
        (
            [
                version(10, "champion"),
                version(9, "champion", "champion"),
                version(1, "champion", "champion", model="a"),
            ],
            Champion("churn", "9", "10"),
        ),
    ],
    ids=[
        *("none", "of the gate", "a challenger came after", "put back by hand", "a challenger by hand"),
        *("a challenger and no other", "the alias is on a version of others", "the gate is not over", "two models"),
    ],
)
def test_a_move_is_told_where_it_is_certain(versions: list[StandingVersion], champion: Champion | None) -> None:
    assert champion_of(versions) == champion


def test_a_move_is_one_where_alias_and_gate_differ() -> None:
    assert Champion("churn", "3", "4").is_moved
    assert Champion("churn", "3", "").is_moved
    assert not Champion("churn", "3", "3").is_moved
