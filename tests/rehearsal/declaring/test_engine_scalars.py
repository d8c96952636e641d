"""Plain scalars as the engine hands them over: what it said is tests/rehearsal/declaring/engine_values.py."""

import json
from pathlib import Path

import pytest

from rehearsal.declaring.stack_configuration import StackConfigurationError, read_stack_configuration
from tests.rehearsal.declaring.engine_values import INSIDE, ON_TOP


def read(directory: Path, value: str) -> str:
    (directory / "Pulumi.yaml").write_text("name: fixture\nruntime: python\n")
    (directory / "Pulumi.staging.yaml").write_text(f"config:\n  fixture:key: {value}\n")
    return read_stack_configuration(directory, "staging").values["fixture:key"]


@pytest.mark.parametrize(("written", "told"), INSIDE.items())
def test_inside_a_mapping_it_is_what_the_engine_makes_of_it(tmp_path: Path, written: str, told: str) -> None:
    assert repr(json.loads(read(tmp_path, f"{{v: {written}}}"))) == repr(json.loads(told))


@pytest.mark.parametrize(("written", "told"), ON_TOP.items())
def test_on_top_it_is_the_engines_text(tmp_path: Path, written: str, told: str) -> None:
    assert read(tmp_path, written) == told


@pytest.mark.parametrize("written", [".inf", "-.INF", ".nan", "{a: .inf}", "[.NaN]", "!!float x", "!!int 1.5.1"])
def test_a_number_that_json_has_not_is_refused_with_a_cure(tmp_path: Path, written: str) -> None:
    with pytest.raises(StackConfigurationError, match="is no number that the engine hands over; put it in quotes"):
        read(tmp_path, written)


@pytest.mark.parametrize("written", ["{1: a, 1.0: b}", "{1: a, '1': b}", "{true: a, True: b}", "{0x1: a, 1: b}"])
def test_names_that_become_the_same_text_stand_twice(tmp_path: Path, written: str) -> None:
    with pytest.raises(StackConfigurationError, match="stands already in line 2; keep one of the two"):
        read(tmp_path, written)
