"""What is wrong with a stack is told in one go, in whatever room it is judged; and nothing else is (docs/adr/0065)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import settings_judge
from components.fitting import FittingModel
from components.judge_process import JudgingCode
from components.settings_judge import judge_beside_faults
from options import settings_judge as code_judge
from settings import SettingsError, parse_settings
from tests.drawn_jobs import Values
from tests.faults_of_rooms import FAULTS, GOOD, RoomFault, with_faults

ROOT = Path(__file__).parents[1]
NOWHERE = Path("/nowhere")


@pytest.fixture(autouse=True)
def _asked_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The training code's own judge, in this process: hundreds of questions, and no start of Python for each."""

    def ask(code: JudgingCode, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        assert code.script == ROOT / "training_code" / "train.py"
        asked = json.loads(json.dumps(questions))
        return [code_judge.judge(each["arguments"], each["environment"]) for each in asked]

    monkeypatch.setattr(settings_judge, "ask", ask)
    monkeypatch.setattr(FittingModel, "between", "\0")  # between two sentences, where none has it in it


def told(values: Values) -> list[str]:
    """All that is said of a stack with a fault, each sentence with its place."""
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, "prod", "us-east-1")
    more = judge_beside_faults(refused.value.known_jobs, lambda name: ROOT / name, NOWHERE)
    return list(_sentences(str(refused.value.beside(more))))


def _sentences(message: str) -> Iterator[str]:
    for line in message.splitlines()[1:]:
        place, _, text = line.removeprefix("  scheduled-training:").partition(": ")
        yield from (f"{place}: {each}" for each in text.split("\0"))


def hidden_and_invented(faults: Sequence[RoomFault]) -> tuple[list[RoomFault], list[str]]:
    """The faults that are not told, and what is told besides."""
    said = told(with_faults(faults))
    return (
        [fault for fault in faults if sum(map(fault.is_said_by, said)) != 1],
        [sentence for sentence in said if not any(fault.is_said_by(sentence) for fault in faults)],
    )


NEEDS_ONE_FAULT = next(fault for fault in FAULTS if fault.room == "tags")
"""Settings that are right are not judged here; a fault that no job has makes them stand beside one."""


def test_jobs_that_are_right_are_right_beside_a_fault() -> None:
    assert hidden_and_invented([NEEDS_ONE_FAULT]) == ([], [])
    assert parse_settings(GOOD, "prod", "us-east-1").training_jobs.keys() == {"churn", "fraud", "scores"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.room}: {fault.place}")
def test_a_fault_is_told_beside_one_of_another_room(fault: RoomFault) -> None:
    assert hidden_and_invented(list(dict.fromkeys([fault, NEEDS_ONE_FAULT]))) == ([], [])


def test_all_of_them_are_told_at_once() -> None:
    assert hidden_and_invented(FAULTS) == ([], [])


some_faults = st.lists(
    st.sampled_from(FAULTS), min_size=1, max_size=8, unique_by=lambda fault: fault.place + fault.text
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(some_faults)
def test_each_of_some_faults_is_told_and_nothing_else(faults: list[RoomFault]) -> None:
    assert hidden_and_invented([NEEDS_ONE_FAULT, *(each for each in faults if each != NEEDS_ONE_FAULT)]) == ([], [])


@pytest.mark.soak
@settings(max_examples=1500, deadline=None, suppress_health_check=[*HealthCheck])
@given(some_faults)
def test_each_of_thousands_of_some_faults_is_told_and_nothing_else(faults: list[RoomFault]) -> None:
    assert hidden_and_invented([NEEDS_ONE_FAULT, *(each for each in faults if each != NEEDS_ONE_FAULT)]) == ([], [])
