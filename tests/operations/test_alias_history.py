"""Which version was champion before, and whether somebody moved the alias unseen, from what versions record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.models.alias_history import Standing, before, predecessor, standing
from operations.models.moves import MoveRefusedError, Plan, promotion, rollback
from operations.models.versions import Gate, Move, RegisteredModel, Version, read_model

START = datetime(2026, 11, 1, tzinfo=UTC)


def at(number: float) -> datetime:
    return START + timedelta(hours=number)


def gated(number: int, over: str | None, alias: str = "champion") -> Version:
    words = {"": "it keeps all limits, and there was no champion", None: "it is"}.get(over, f"champion version {over}")
    return Version(str(number), f"run-{number}", at(number), f"job-{number}", gate=Gate(alias, words, over))


def model(champion: str, *versions: Version, gone: tuple[str, ...] = ()) -> RegisteredModel:
    runs = {each.run_id: None if each.number in gone else {} for each in versions}
    ordered = tuple(sorted(versions, key=lambda each: -int(each.number)))
    return RegisteredModel("m", {"champion": champion} if champion else {}, ordered, runs)


def moved(version: Version, hour: float, from_: str, how: str = "promote", before_: str | None = None) -> Version:
    move = Move(at(hour), "me", from_, how, from_ if before_ is None and how == "promote" else before_)
    return Version(**{**version.__dict__, "moved": move})


def test_a_gate_says_which_champion_its_version_came_after() -> None:
    three = model("3", gated(1, ""), gated(2, "1", "challenger"), gated(3, "1"))

    assert standing(three) == Standing("gate", "3")
    assert before(three).version == "1"


def test_the_first_champion_has_none_before_it() -> None:
    first = model("1", gated(1, ""))

    assert before(first).version == ""
    assert before(first).why == "version 1 of m is the first champion: there was none before it"
    with pytest.raises(MoveRefusedError, match=r"there was none before it; name a version yourself: .* 1 \(job-1\)$"):
        rollback(first, "me", at(9))


def test_what_was_moved_by_training_jobs_is_known_and_leads_back() -> None:
    by_hand = model("2", gated(1, ""), moved(gated(2, "1", "challenger"), 8, "3"), gated(3, "1"))

    assert standing(by_hand) == Standing("by hand", "2")
    assert before(by_hand).version == "3"


def test_moves_that_follow_each_other_within_a_second_stand_in_their_order() -> None:
    now = datetime(2026, 11, 27, 3, 0, 0, 100_000, tzinfo=UTC)
    told = [
        Move(now + timedelta(milliseconds=number), "me", from_, "promote", from_).told()
        for number, from_ in ((0, "2"), (200, "1"))
    ]
    one, two = (
        Version(**{**gated(number, "").__dict__, "moved": Move.read(move)}) for number, move in enumerate(told, 1)
    )

    assert standing(model("2", one, two)) == Standing("by hand", "2")
    assert standing(model("1", one, two)).is_unexplained


def test_an_alias_that_something_else_moved_is_told_and_leads_nowhere() -> None:
    unseen = model("2", gated(1, ""), gated(2, "1"), gated(3, "2"))

    assert standing(unseen) == Standing("unknown", "3")
    assert before(unseen).why == (
        "nothing tells which version was champion before version 2; what they recorded ends at version 3"
    )
    assert standing(unseen).is_unexplained


def test_a_move_that_a_later_gate_has_overtaken_explains_no_present_champion() -> None:
    stale = model("2", gated(1, ""), moved(gated(2, "1"), 2.5, "1"), gated(3, "2"))

    assert standing(stale).is_unexplained


def test_an_alias_that_was_taken_away_is_unexplained_and_a_model_without_any_is_not() -> None:
    assert standing(model("", gated(1, ""))) == Standing("unknown", "1")
    assert standing(model("", gated(1, "", "challenger"))) == Standing("none", "")
    assert before(model("", gated(1, ""))).why == "m has no champion"


def test_versions_of_which_nothing_is_recorded_tell_nothing() -> None:
    old = model("2", Version("1", "run-1", at(1)), Version("2", "run-2", at(2)))

    assert standing(old) == Standing("unknown", "")
    assert before(old).why == "nothing tells which version was champion before version 2"
    assert before(model("1", gated(1, None))).why.startswith("nothing tells")


def test_a_deleted_predecessor_is_named() -> None:
    assert before(model("3", gated(3, "2"))).why == ("version 2, which was champion before version 3, is deleted")


def test_a_second_rollback_leads_one_step_further() -> None:
    first = model("3", gated(1, ""), gated(2, "1"), gated(3, "2"))
    plan = rollback(first, "me", at(9))
    assert (plan.version.number, plan.in_words) == ("2", "champion of m: version 3 -> version 2")

    then = after(first, plan)

    assert standing(then) == Standing("by hand", "2")
    assert rollback(then, "me", at(10)).version.number == "1"


def test_a_promotion_says_what_a_person_should_know() -> None:
    told = model("1", gated(1, ""), gated(2, "1", "challenger"))
    plan = promotion(told, "2", "arn:aws:iam::1:user/me", at(9))

    assert plan.remarks == ("its gate decided otherwise: challenger: champion version 1",)
    assert plan.moved == Move(at(9), "arn:aws:iam::1:user/me", "1", "promote", "1")
    assert Move.read(plan.moved.told()) == plan.moved


def test_another_alias_names_its_version() -> None:
    told = model("1", gated(1, ""), gated(2, "1", "challenger"))
    named = RegisteredModel(told.name, {**told.aliases, "challenger": "2"}, told.versions, told.runs)

    assert promotion(named, "challenger", "me", at(9)).version.number == "2"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("7", r"m has no version '7'; it has: 2 \(job-2\), 1 \(job-1\)"),
        ("1", "version 1 of m is champion already; nothing is to be done"),
        ("2", "version 2 of m is from run run-2, which is not in MLflow any more"),
    ],
)
def test_what_cannot_be_promoted_is_refused(wanted: str, reason: str) -> None:
    with pytest.raises(MoveRefusedError, match=reason):
        promotion(model("1", gated(1, ""), gated(2, "1"), gone=("2",)), wanted, "me", at(9))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"at": "yesterday", "by": "", "from": "", "how": ""},
        # Without a time zone it stands before or after no other moment.
        {"at": "2026-11-27T03:00:00", "by": "me", "from": "1", "how": "promote"},
        {"at": 3},
    ],
)
def test_what_somebody_else_left_is_no_move(told: dict[str, object]) -> None:
    assert Move.read(told) is None


def test_an_answer_is_read() -> None:
    version = {
        "version": "1",
        "run_id": "r",
        "created": 1_700_000_000_000,
        "status": "READY",
        "source": "models:/m-1",
        "training_job": "j",
        "scheduled_time": "",
        "metrics": {},
        "digests": {},
        "moved": None,
        "gate": {"alias": "champion", "words": "w", "over": ""},
    }
    read = read_model({"model": "m", "aliases": {"champion": "1"}, "versions": [version], "runs": {"r": None}})

    assert read.versions == (
        Version("1", "r", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), "j", gate=Gate("champion", "w", "")),
    )
    assert read.champion == "1"


def after(told: RegisteredModel, plan: Plan) -> RegisteredModel:
    """What MLflow has when a plan has been done."""
    versions = [
        Version(**{**each.__dict__, "moved": plan.moved}) if each.number == plan.version.number else each
        for each in told.versions
    ]
    return model(plan.version.number, *versions)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["pass", "fail", "promote", "rollback"]), st.integers(1, 20)), max_size=25))
def test_whatever_gates_and_people_do_is_explained_and_a_rollback_undoes_the_last_of_it(
    steps: list[tuple[str, int]],
) -> None:
    told = model("")
    for hour, (step, pick) in enumerate(steps):
        if step in {"pass", "fail"}:
            alias = "champion" if step == "pass" else "challenger"
            made = Version(str(len(told.versions) + 1), f"run-{hour}", at(hour), gate=Gate(alias, "", told.champion))
            moves = step == "pass" and int(told.champion or 0) < int(made.number)
            told = model(made.number if moves else told.champion, *told.versions, made)
        else:
            try:
                wanted = str(pick % (len(told.versions) + 1))
                plan = promotion(told, wanted, "me", at(hour)) if step == "promote" else rollback(told, "me", at(hour))
            except MoveRefusedError:
                continue
            if step == "promote":
                back = rollback(after(told, plan), "me", at(hour + 0.5)) if told.champion else None
                assert back is None or back.version.number == told.champion
            told = after(told, plan)
        assert not standing(told).is_unexplained
        champion = told.version(told.champion)
        assert champion is None or predecessor(champion) is not None
