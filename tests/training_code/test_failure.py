from __future__ import annotations

from pathlib import Path

import pytest

from failure import TrainingError, failure_file, reason_of_failure, shown, without_secrets, write_failure
from scheduled_job.connection import cause


def test_the_failure_file_is_the_toolkits() -> None:
    assert failure_file({}) == Path("/opt/ml/output/failure")
    assert failure_file({"SAGEMAKER_BASE_DIR": "/tmp/ml"}) == Path("/tmp/ml/output/failure")
    assert failure_file({"SM_OUTPUT_DIR": "/o", "SM_OUTPUT_DATA_DIR": "/o/data"}) == Path("/o/failure")


def test_a_long_reason_is_cut_to_what_sagemaker_shows(tmp_path: Path) -> None:
    write_failure("x" * 2000, {"SM_OUTPUT_DIR": str(tmp_path / "output")})
    text = (tmp_path / "output" / "failure").read_text()
    assert text == "x" * 1021 + "..."


def test_user_information_and_secrets_are_left_out() -> None:
    environ = {"MLFLOW_TRACKING_PASSWORD": "hunter2", "MLFLOW_TRACKING_TOKEN": ""}
    text = "at http://ann:pw@host:5000/x and https://token@host with hunter2"
    assert without_secrets(text, environ) == "at http://host:5000/x and https://host with <MLFLOW_TRACKING_PASSWORD>"


@pytest.mark.parametrize("password", ["hunter2", "hunt@er2", "hunt/er2", "hunt'er2", "12/er2", "a://er2@"])
def test_a_password_is_left_out_of_an_address_whatever_it_holds(password: str) -> None:
    assert without_secrets(f"MLflow at http://ann:{password}@host:5000/x cannot", {}) == (
        "MLflow at http://host:5000/x cannot"
    )


def test_an_address_without_user_information_stays_as_it_is() -> None:
    text = "http://host:5000/#/experiments/1 and models:/breast-cancer@champion and ann@host"
    assert without_secrets(text, {}) == text


def test_a_value_is_quoted_and_cut() -> None:
    assert shown("ok") == "'ok'"
    assert shown("y" * 41) == f"'{'y' * 40}...'"


def test_a_cause_that_is_cut_has_no_half_of_a_secret() -> None:
    error = ValueError("x" * 290 + "hunter2-and-more")
    told = cause(error, {"MLFLOW_TRACKING_TOKEN": "hunter2-and-more"})
    assert told == "x" * 290 + "<MLFLOW_TR..."


def test_a_secret_of_several_lines_is_hidden_in_a_cause() -> None:
    assert cause(ValueError("no a\nb"), {"MLFLOW_TRACKING_TOKEN": "a\nb"}) == "no <MLFLOW_TRACKING_TOKEN>"


@pytest.mark.parametrize("form", ["p/w d+1", "p/w%20d%2B1", "p%2Fw%20d%2B1", "p%2Fw+d%2B1"])
def test_a_secret_is_hidden_however_an_address_encodes_it(form: str) -> None:
    told = without_secrets(f"GET /x?token={form}&a=1", {"MLFLOW_TRACKING_TOKEN": "p/w d+1"})
    assert told == "GET /x?token=<MLFLOW_TRACKING_TOKEN>&a=1"


def test_work_that_does_not_fail_has_no_reason() -> None:
    assert reason_of_failure(lambda: None, {}) == ""


def test_the_reason_of_a_mistake_has_its_notes_no_traceback_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    environ: dict[str, str] = {}

    def work() -> None:
        environ["MLFLOW_TRACKING_TOKEN"] = "hunter2"  # known only since the work began
        error = TrainingError("hunter2 is refused")
        error.add_note("nothing is lost")
        raise error

    assert reason_of_failure(work, environ) == "<MLFLOW_TRACKING_TOKEN> is refused; nothing is lost"
    assert capsys.readouterr() == ("", "")


def test_what_nobody_expected_leaves_a_traceback_without_the_secret(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise KeyError("hunter2")

    environ = {"MLFLOW_TRACKING_TOKEN": "hunter2"}
    assert reason_of_failure(work, environ) == "unexpected KeyError: '<MLFLOW_TRACKING_TOKEN>'"
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):\n")
    assert told.endswith("KeyError: '<MLFLOW_TRACKING_TOKEN>'\n")
    assert "hunter2" not in told
