"""docs/verify.md: its steps are those of a flight, its examples are what is written."""

from __future__ import annotations

import re
from pathlib import Path

from operations.verifying.steps import Step
from operations.verifying.verifying import as_document
from tests.operations.verifying.test_report import REPORT

PAGE = (Path(__file__).parents[3] / "docs" / "verify.md").read_text(encoding="utf-8")


def test_the_examples_are_lines_of_a_report() -> None:
    (example,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)

    assert [line for line in example.splitlines() if line not in REPORT.splitlines()] == []


def test_the_page_names_the_members_of_the_document() -> None:
    names = {*re.findall(r"`(\w+)`", PAGE)}

    assert {*as_document("prod", "churn", [], Path("a"))} <= names
    assert {*Step.__dataclass_fields__} <= names
