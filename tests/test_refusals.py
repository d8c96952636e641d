"""docs/refusals.md: what is refused though AWS's model takes it. Each value is tried, and says its reason.

The page is this table: `python -m tests.test_refusals` writes it.
"""

import copy
from pathlib import Path
from typing import Any

import pytest

from settings import SettingsError, parse_settings
from tests.aws_members import MEMBERS, base_of, shapes
from tests.drawn_jobs import Values
from tests.refusal import Refusal
from tests.refusals import REFUSALS
from tests.test_aws_members import refuses, with_value

PAGE = Path(__file__).parents[1] / "docs" / "refusals.md"
ALL = [refusal for of_section in REFUSALS.values() for refusal in of_section]
MEMBER_OF = {setting: member for member, (_, setting) in MEMBERS.items()}
NAMED = {"environment": "Environment{k}", "hyperparameters": "HyperParameters{k}", "/tags": "Tags[0].Key"}
INTRODUCTION = """# What is refused though AWS takes it, and why

AWS's own model of its API takes each of these values, and settings refuse them: because they would fail later, or mean
something else than they seem to, or could not be permitted narrowly. Written by `tests/test_refusals.py`, which tries
every one of them and compares this page; the words are those of the message that a person gets.
"""


def stack_with(refusal: Refusal, value: Any) -> tuple[Values, str]:  # noqa: ANN401 - of whatever setting
    """A good job, of one's own code on the scikit-learn image, with the value in its place."""
    values = base_of("spot")
    job = values["training_jobs"]["churn"]
    for name in ("managed_spot_training", "checkpoint", "stopping_condition"):
        del job[name]
    values["training_jobs"]["churn"] = job | copy.deepcopy(dict(refusal.beside or {}))
    for holder in ("debugger", "tensorboard", "profiler"):
        if refusal.setting.startswith(holder) or refusal.setting == "tensorboard":
            values["training_jobs"]["churn"][holder] = {"s3_path": f"{holder}/"}
    setting = refusal.setting
    if setting == "/training_jobs":  # the name of a job
        return values | {"training_jobs": {value: values["training_jobs"]["churn"]}}, f"training_jobs.{value}"
    if setting.startswith(("environment.", "/tags.", "metric_definitions.", "hyperparameters.")):
        name, _, last = setting.partition(".")
        place = values if name.startswith("/") else values["training_jobs"]["churn"]
        place[name.removeprefix("/")] = {last: value}
        return values, setting.removeprefix("/")
    return with_value(values, setting, value)


def line_of(refusal: Refusal) -> str:
    values, _ = stack_with(refusal, refusal.value)
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, "prod", "us-east-1")
    _, *lines = str(refused.value).splitlines()
    return " ".join(line.strip().removeprefix("scheduled-training:") for line in lines)


def shown(value: object) -> str:
    text = repr(value)
    return (text if len(text) <= 60 else f"{text[:40]}…{text[-8:]}").replace("|", "\\|")


def page() -> str:
    parts = [INTRODUCTION]
    for section, refusals in REFUSALS.items():
        parts.append(f"\n## {section}\n\n| setting | value | why |\n|---|---|---|\n")
        for each in refusals:
            why = f"{each.why} (message: “{each.reason}”)" if each.why else f"“{each.reason}”"
            setting = each.setting.removeprefix("/").replace("\u00a0", "U+00A0")
            parts.append(f"| `{setting}` | `{shown(each.value)}` | {why} |\n")
    return "".join(parts)


@pytest.mark.parametrize("refusal", ALL, ids=lambda refusal: f"{refusal.setting}={shown(refusal.value)}")
def test_what_aws_takes_is_refused_with_the_reason(refusal: Refusal) -> None:
    line = line_of(refusal)

    assert refusal.reason in line
    last = refusal.setting.removeprefix("/").rpartition(".")[2]
    assert repr(last)[1:-1] in line or refusal.setting.partition(".")[0] in line


def in_the_request(refusal: Refusal) -> tuple[str, str] | None:
    """The member that the value comes to stand in, and its text there; None where it is more than one text."""
    if refusal.setting in MEMBER_OF and isinstance(refusal.value, str):
        is_location = refusal.setting.endswith("s3_path") and "://" not in refusal.value
        return MEMBER_OF[refusal.setting], f"s3://ml-bucket/{refusal.value}" if is_location else refusal.value
    holder, _, name = refusal.setting.partition(".")
    return (NAMED[holder], name) if holder in NAMED and "." in refusal.setting else None


def test_aws_takes_each_of_them_by_its_own_model() -> None:
    judged = [found for each in ALL if (found := in_the_request(each))]

    assert len(judged) >= 50
    assert [found for found in judged if refuses(shapes()[found[0]], found[1])] == []


def test_there_are_sixty_at_least_and_each_is_another() -> None:
    assert len({(each.setting, repr(each.value), repr(each.beside)) for each in ALL}) == len(ALL) >= 60


def test_the_page_is_this_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
