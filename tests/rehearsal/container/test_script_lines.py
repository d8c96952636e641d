import pytest

from rehearsal.container.script_lines import ScriptLines

BEFORE = """\
2026-11-23 16:52:36,230 sagemaker-training-toolkit INFO     Installing dependencies from requirements.txt
Requirement already satisfied: numpy==2.5.1 in /opt/lib
2026-11-23 16:52:38,945 sagemaker-training-toolkit INFO     Invoking user script

Training Env:

{
    "hosts": [
        "localhost"
    ]
}

Environment variables:

SM_HOSTS=["localhost"]

Invoking script with the following command:

/opt/bin/python train.py --max_depth 5

""".splitlines()
SCRIPT = ["reading training: 1 file, 398 rows", "  indented", "validation:accuracy=0.97"]
AFTER = ["2026-11-23 16:52:52,101 sagemaker-training-toolkit INFO     Reporting training SUCCESS"]


def of_the_script(lines: list[str]) -> list[str]:
    script_lines = ScriptLines()
    return [line for line in lines if script_lines.is_next(line)]


def test_only_what_the_script_printed_is_shown() -> None:
    assert of_the_script([*BEFORE, *SCRIPT, *AFTER]) == SCRIPT


def test_a_line_of_the_toolkit_among_the_scripts_is_left_out() -> None:
    assert of_the_script([*BEFORE, SCRIPT[0], *AFTER, SCRIPT[1]]) == SCRIPT[:2]


def test_empty_lines_are_left_out() -> None:
    assert of_the_script([*BEFORE, "", "a", "  ", "b"]) == ["a", "b"]


def test_nothing_is_shown_of_a_job_whose_script_was_never_started() -> None:
    assert of_the_script(BEFORE[:3]) == []


def test_the_command_itself_is_not_the_scripts() -> None:
    assert of_the_script(BEFORE) == []


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "training failed: no target column"])
def test_what_a_failing_script_prints_is_shown(line: str) -> None:
    assert of_the_script([*BEFORE, line]) == [line]
