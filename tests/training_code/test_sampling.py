"""The head of a channel's data is read as a job would read it, before there is a job."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from data import sampling

ARGUMENTS = ["--target_column", "diagnosis"]


def judged(directory: Path, arguments: list[str] = ARGUMENTS) -> str:
    question = {"arguments": arguments, "channel": "training", "directory": str(directory)}
    answers = io.StringIO()
    sampling.answer(io.StringIO(json.dumps(question)), answers)
    return str(json.loads(answers.getvalue())["fault"])


def test_files_that_can_be_read_have_no_fault_and_their_lines_do_not_spoil_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("diagnosis,radius\nM,1.5\nM,2\n")
    (tmp_path / "_SUCCESS").write_text("")

    assert judged(tmp_path) == ""
    told = capsys.readouterr()
    assert told.out == ""
    assert "passing over training" in told.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("diagnosis,radius\nM,1.5\nM,1,2,3\n", "training/b.csv"),
        ("radius,texture\n1.5,3\n", "diagnosis"),
        ('{"diagnosis": "M"}', "training/b.csv"),
    ],
    ids=["fields", "no target", "no table"],
)
def test_what_cannot_be_read_is_said_with_its_file(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.csv").write_text("diagnosis,radius\nM,1.5\n")
    (tmp_path / "b.csv").write_text(content)

    assert said in judged(tmp_path)


def test_a_word_after_many_numbers_is_no_fault_where_nobody_said_what_the_column_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("diagnosis,radius,size\n" + "M,1.5,2\n" * 2000 + "B,2,large\n")

    assert judged(tmp_path) == ""


def test_a_word_among_measured_numbers_is_said_as_the_job_would_say_it(tmp_path: Path) -> None:
    rows = [f"M,{number}.5,2026-01-0{number % 9 + 1},${number},1.{number:03}\n" for number in range(1, 60)]
    header = "diagnosis,radius,day,price,marks\n"
    (tmp_path / "a.csv").write_text(header + "".join([*rows, "B,n.v.,2026-01-01,$7,1.000\n"]))

    assert judged(tmp_path).startswith(
        "training/a.csv, line 61, column 'radius': holds 'n.v.' among 59 different numbers; name the column"
    )
    (tmp_path / "a.csv").write_text(header + "".join(rows))
    assert judged(tmp_path) == ""


def test_numbers_that_may_be_read_in_two_ways_are_no_fault_of_a_head(tmp_path: Path) -> None:
    rows = [f"M;1.{number:03};{number},5\n" for number in range(1, 60)]
    (tmp_path / "a.csv").write_text("diagnosis;marks;radius\n" + "".join(rows))

    assert judged(tmp_path) == ""


def test_one_class_alone_and_missing_values_are_no_faults_of_a_head(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("diagnosis,radius\nM,1.5\nM,\n")

    assert judged(tmp_path) == ""


def test_wrong_settings_are_said_instead(tmp_path: Path) -> None:
    assert "n_estimators" in judged(tmp_path, ["--n_estimators", "many"])


def test_no_file_at_all_is_said(tmp_path: Path) -> None:
    assert "holds no data" in judged(tmp_path)
