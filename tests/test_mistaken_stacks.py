"""Mistakes as people make them in a stack's file: each is named with its cure, none is hidden, and none is invented."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components import settings_judge
from components.judge_process import JudgingCode
from components.settings_judge import judge_beside_faults
from options import settings_judge as code_judge
from rehearsal.declaring.stack_configuration import read_stack_configuration
from settings import SettingsError, parse_settings
from tests.mistaken_stacks import GOOD, STACKS, MistakenStack

ROOT = Path(__file__).parents[1]
OWN = "scheduled-training:"


@pytest.fixture(autouse=True)
def _asked_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The training code's own judge, in this process."""

    def ask(_: JudgingCode, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [code_judge.judge(each["arguments"], each["environment"]) for each in questions]

    monkeypatch.setattr(settings_judge, "ask", ask)


def said_of(directory: Path, text: str) -> list[str]:
    """The lines of the message about a stack with this file, without its first."""
    (directory / "Pulumi.yaml").write_text("name: scheduled-training\nruntime: python\n")
    (directory / "Pulumi.prod.yaml").write_bytes(text.encode())
    values = read_stack_configuration(directory, "prod").values
    own = {name.removeprefix(OWN): _value(text) for name, text in values.items() if name.startswith(OWN)}
    try:
        parse_settings(own, "prod", values.get("aws:region"), others=[name for name in values if OWN not in name])
    except SettingsError as refused:
        more = judge_beside_faults(refused.known_jobs, lambda name: ROOT / name, directory)
        return [line.strip().removeprefix(OWN) for line in str(refused.beside(more)).splitlines()[1:]]
    return []


def _value(text: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return json.loads(text) if text[:1] in ("{", "[") and text else text


def test_the_file_that_is_changed_is_right(tmp_path: Path) -> None:
    assert said_of(tmp_path, GOOD) == []


@pytest.mark.parametrize("mistaken", STACKS.values(), ids=STACKS)
def test_each_mistake_is_named_with_its_cure_and_nothing_else_is(mistaken: MistakenStack, tmp_path: Path) -> None:
    lines = said_of(tmp_path, mistaken.text)

    for place, part in mistaken.said:
        assert [line for line in lines if line.startswith(f"{place}: ") and part in line], (place, part, lines)
    assert len(lines) == len(mistaken.said), lines
    assert "hunter2" not in "".join(lines)
