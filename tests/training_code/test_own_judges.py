"""Code of one's own that judges settings: what is asked of it, what is kept, and what it may do wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from components.aws_names import AwsScope, JobNames
from components.settings_judge import JudgeError, judge_beside_faults, judge_settings
from components.source_bundle import read_source_files
from components.training_job_spec import TrainingJobSpec
from settings import SettingsError, parse_settings
from tests.stack_values import STAGING, changed

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")


@pytest.fixture(scope="module")
def good() -> TrainingJobSpec:
    return parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]


def judged_by(directory: Path, good: TrainingJobSpec, script: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What comes of code of one's own that judges settings."""
    (directory / "mine").mkdir()
    (directory / "mine" / "fit.py").write_text(script)
    source = good.source.model_copy(update={"directory": "mine", "entry_point": "fit.py", "judges_settings": True})
    spec = good.model_copy(update={"source": source})
    sources = {"mine": read_source_files(directory / "mine")}
    judged = judge_settings({"breast-cancer": (spec, NAMES)}, sources, {"mine": directory / "mine"}, directory / "kept")
    return judged.problems, judged.notes


ANSWER = """
import json, sys
assert sys.argv[1:] == ["--judge-settings"]
def judge(job):
    faults = [{"kind": "hyperparameter", "name": "max_depth", "text": "allowed: 1 to 3"}]
    return {"faults": faults if "5" in job["arguments"] else [], "channels": ["training"]}
print(json.dumps([judge(job) for job in json.load(sys.stdin)]))
"""


def test_code_of_ones_own_may_judge_its_settings(tmp_path: Path, good: TrainingJobSpec) -> None:
    assert judged_by(tmp_path, good, ANSWER) == (
        ("training_jobs.breast-cancer.hyperparameters.max_depth: got '5'; allowed: 1 to 3",),
        (),
    )


def test_the_same_question_is_asked_once(tmp_path: Path, good: TrainingJobSpec) -> None:
    count = "open(__file__ + '.asked', 'a').write('once ')\n"
    script = ANSWER.replace("import json, sys", f"import json, sys\n{count}")
    first = judged_by(tmp_path, good, script)
    (tmp_path / "mine" / "fit.py.asked").replace(tmp_path / "asked")
    sources = {"mine": read_source_files(tmp_path / "mine")}
    source = good.source.model_copy(update={"directory": "mine", "entry_point": "fit.py", "judges_settings": True})

    spec = good.model_copy(update={"source": source})
    again = judge_settings({"breast-cancer": (spec, NAMES)}, sources, {"mine": tmp_path / "mine"}, tmp_path / "kept")

    assert (again.problems, again.notes) == first
    assert not (tmp_path / "mine" / "fit.py.asked").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": 1}', '{"x": {"faults": 3}}'])
def test_a_damaged_file_of_answers_is_as_good_as_none(content: str, tmp_path: Path, good: TrainingJobSpec) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "judged-settings.json").write_text(content)

    assert len(judged_by(tmp_path, good, ANSWER)[0]) == 1


def test_code_that_answers_otherwise_is_told_what_was_expected(tmp_path: Path, good: TrainingJobSpec) -> None:
    with pytest.raises(JudgeError) as refused:
        judged_by(tmp_path, good, "print('training ...')")

    assert str(refused.value) == (
        f"{tmp_path}/mine/fit.py --judge-settings answered 'training ...'; expected a JSON list with an object for "
        f"each of 1 jobs, which has faults (a list of objects with kind, name and text) and channels (a list of "
        f"names); mend the script, or remove source.judges_settings"
    )


def test_code_that_fails_is_named_with_its_last_line(tmp_path: Path, good: TrainingJobSpec) -> None:
    with pytest.raises(JudgeError) as refused:
        judged_by(tmp_path, good, "import sklearn_of_another_world")

    assert str(refused.value) == (
        f"{tmp_path}/mine/fit.py --judge-settings cannot judge the settings: ModuleNotFoundError: No module named "
        f"'sklearn_of_another_world'; install the project's requirements.txt into {sys.executable}, or mend the script"
    )


def test_code_of_ones_own_that_was_not_said_to_judge_is_not_started(tmp_path: Path, good: TrainingJobSpec) -> None:
    source = good.source.model_copy(update={"directory": "mine"})

    spec = good.model_copy(update={"source": source})
    judged = judge_settings({"a": (spec, NAMES)}, {"mine": {}}, {"mine": tmp_path / "mine"}, tmp_path)

    assert judged.problems == ()
    assert judged.notes == (
        "hyperparameters of the code in mine/ are not judged (training_jobs a): it is your own, and "
        "source.judges_settings is not set",
    )


def beside_faults(directory: Path, script: str, hyperparameters: object) -> list[str]:
    """What code of one's own says of a job whose instance type is wrong."""
    (directory / "mine").mkdir()
    (directory / "mine" / "fit.py").write_text(script)
    values = changed("training_jobs/breast-cancer/resources/instance_type", "m5.large")
    values["training_jobs"]["breast-cancer"] |= {
        "source": {"directory": "mine", "entry_point": "fit.py", "judges_settings": True},
        "hyperparameters": hyperparameters,
    }
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, "staging", "us-east-1")
    return judge_beside_faults(refused.value.known_jobs, lambda name: directory / name, directory / "kept")


@pytest.mark.parametrize(
    ("script", "hyperparameters", "said"),
    [
        (ANSWER, {"max_depth": 5}, ["hyperparameters.max_depth: got '5'; allowed: 1 to 3"]),
        (ANSWER.replace("max_depth", "TRAINING_IMAGE").replace("hyperparameter", "environment variable"), {"a": 5}, []),
        (ANSWER.replace("if", "if job['environment']['TRAINING_IMAGE'] and"), {"max_depth": 5}, []),
        (ANSWER, ["max_depth"], []),
    ],
    ids=["of what is known", "of what is left out", "that needs what is left out", "of hyperparameters that are wrong"],
)
def test_code_of_ones_own_is_heard_beside_faults_of_what_is_known(
    script: str, hyperparameters: object, said: list[str], tmp_path: Path
) -> None:
    found = beside_faults(tmp_path, script, hyperparameters)

    assert found == [f"training_jobs.breast-cancer.{line}" for line in said]


def test_code_that_is_not_there_is_told_beside_faults(tmp_path: Path) -> None:
    values = changed("training_jobs/breast-cancer/schedule/enabled", "yes")
    values["training_jobs"]["breast-cancer"]["source"] = {"directory": "mine"}
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, "staging", "us-east-1")

    (line,) = judge_beside_faults(refused.value.known_jobs, lambda name: tmp_path / name, tmp_path)

    assert line == (
        f"training_jobs.breast-cancer.source.directory: {tmp_path}/mine is not a directory; create it or correct the "
        "setting"
    )
