from __future__ import annotations

from pathlib import Path

from failure import failure_file, shown, without_secrets, write_failure


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


def test_a_value_is_quoted_and_cut() -> None:
    assert shown("ok") == "'ok'"
    assert shown("y" * 41) == f"'{'y' * 40}...'"
