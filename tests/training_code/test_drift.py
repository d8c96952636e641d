from __future__ import annotations

from dataclasses import replace

import numpy
import pytest

from data import dataset, drift
from data.profile import DATES, NUMBERS, WORDS, Column, Profile
from options.hyperparameters import Hyperparameters
from tests.training_code.small_channels import Channel

SIZE = Column(NUMBERS, 0.0, (0.0, 5.0, 25.0, 50.0, 75.0, 95.0, 100.0))
TOWN = Column(WORDS, 0.1, words=2, shares={"north": 0.6, "south": 0.3})
CLASSES = Column(WORDS, words=2, shares={"no": 0.7, "yes": 0.3})
GOOD = Profile(1000, {"size": SIZE, "town": TOWN}, CLASSES)


def changed(**columns: Column) -> Profile:
    return replace(GOOD, columns={**GOOD.columns, **columns})


def test_data_as_it_was_gives_no_finding() -> None:
    assert drift.findings(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (replace(GOOD, rows=499), "499 rows, where the champion learnt from 1,000"),
        (replace(GOOD, columns={"size": SIZE}), "column 'town' is gone: the champion learnt from it"),
        (changed(colour=TOWN), "column 'colour' is new: the champion does not know it"),
        (changed(size=Column(WORDS)), "column 'size' holds words, where it held numbers"),
        (changed(town=Column(DATES)), "column 'town' holds dates, where it held words"),
        (changed(size=replace(SIZE, missing=0.11)), "column 'size' lacks 11% of its values, where it lacked 0%"),
        (
            changed(town=replace(TOWN, words=3, shares={"north": 0.6, "south": 0.2, "east": 0.06})),
            "column 'town' holds words that the champion never saw in 6% of its rows, such as 'east'",
        ),
        (
            changed(size=replace(SIZE, quantiles=(0.0, 5.0, 25.0, 96.0, 97.0, 98.0, 100.0))),
            "column 'size' has a median of 96, where 90 % of the values were from 5 to 95",
        ),
        (replace(GOOD, target=replace(CLASSES, shares={"no": 0.8})), "the target lacks the class 'yes'"),
        (
            replace(GOOD, target=replace(CLASSES, shares={"no": 0.6, "yes": 0.3, "maybe": 0.1})),
            "the target has the class 'maybe', which the champion does not know",
        ),
        (
            replace(GOOD, target=replace(CLASSES, shares={"no": 0.95, "yes": 0.05})),
            "the target is 'no' in 95% of the rows, where it was in 70%",
        ),
    ],
)
def test_each_change_is_told_in_words(now: Profile, told: str) -> None:
    assert told in drift.findings(now, GOOD)


@pytest.mark.parametrize(
    "now",
    [
        replace(GOOD, rows=500),
        changed(size=replace(SIZE, missing=0.1)),
        changed(town=replace(TOWN, words=3, shares={"north": 0.6, "south": 0.25, "east": 0.05})),
        changed(size=replace(SIZE, quantiles=(0.0, 5.0, 25.0, 95.0, 97.0, 98.0, 100.0))),
        replace(GOOD, target=replace(CLASSES, shares={"no": 0.89, "yes": 0.11})),
    ],
)
def test_small_changes_are_not_told(now: Profile) -> None:
    assert drift.findings(now, GOOD) == []


def test_of_more_words_than_are_kept_none_is_called_unseen() -> None:
    before = changed(town=replace(TOWN, words=5000))
    now = changed(town=replace(TOWN, words=5000, shares={"east": 0.9}))

    assert drift.findings(now, before) == []


def test_a_profile_is_taken_of_the_training_channel_as_it_is_in_the_files(channel: Channel) -> None:
    rows = "".join(
        f"{number},{'' if number % 4 == 0 else number},{'ab'[number % 2]},{number % 2}\n" for number in range(100)
    )
    directory = channel({"a.csv": f"size,height,kind,target\n{rows}"})

    profile = dataset.read(directory, None, Hyperparameters(missing_values="median")).profile

    assert profile.rows == 100
    assert profile.columns["size"].quantiles == tuple(numpy.quantile(range(100), (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)))
    assert profile.columns["height"].missing == 0.25
    assert profile.columns["kind"] == Column(WORDS, words=2, shares={"a": 0.5, "b": 0.5})
    assert profile.target.shares == {"0": 0.5, "1": 0.5}
    assert Profile.from_json(profile.to_json()) == profile


@pytest.mark.parametrize("text", ["[]", "{}", '{"rows": 1, "columns": {"a": 1}, "target": {}}', "no JSON"])
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"profile|JSON|Expecting"):
        Profile.from_json(text)
