"""Rules across settings, as far as the settings are known."""

from collections.abc import Iterator

import pytest

from components.fitting import FittingModel, PartlyKnown, UnjudgedError, as_far_as_known, judged

KNOWN = PartlyKnown({"a": 1, "b": 2}, ("c",))


def stopped(*said: str) -> Iterator[str]:
    yield from said
    raise UnjudgedError


def test_each_rule_is_judged_whatever_became_of_the_one_before() -> None:
    assert as_far_as_known(judged(lambda: stopped("a"), lambda: iter(["b"]), stopped)) == (["a", "b"], False)
    assert as_far_as_known(judged(lambda: ["a"], lambda: ["b"])) == (["a", "b"], True)


def test_a_mapping_gives_what_it_knows_before_it_says_that_the_rest_is_wrong() -> None:
    assert as_far_as_known(iter(KNOWN.items())) == ([("a", 1), ("b", 2)], False)
    assert list(KNOWN) == ["a", "b", "c"]
    assert len(KNOWN) == 3
    assert "c" in KNOWN
    assert "d" not in KNOWN
    assert KNOWN.get("d") is None
    with pytest.raises(UnjudgedError):
        KNOWN.get("c")


def test_where_a_name_is_wrong_nobody_knows_which_others_there_are() -> None:
    some = PartlyKnown({"a": 1}, (), has_wrong_names=True)

    assert some["a"] == 1
    assert as_far_as_known(iter(some)) == (["a"], False)
    for question in (lambda: "b" in some, lambda: some.get("b"), lambda: len(some), lambda: bool(some)):
        with pytest.raises(UnjudgedError):
            question()


def test_misfits_are_one_error_of_pydantics() -> None:
    class Pair(FittingModel):
        first: int
        second: int

        def misfits(self) -> Iterator[str]:
            if self.first > self.second:
                yield "first: is more than second"
                yield "second: is less than first"

    assert Pair(first=1, second=1) == Pair(first=1, second=1)
    with pytest.raises(ValueError, match="first: is more than second; second: is less than first"):
        Pair(first=2, second=1)
