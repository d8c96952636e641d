from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import recall
import register


@pytest.mark.slow
def test_a_server_that_is_away_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    assert recall.main(["r1", str(tmp_path)], {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}) == 1

    output, errors = capsys.readouterr()
    assert output == ""
    assert errors == (
        "MLflow at http://127.0.0.1:9 (MLFLOW_TRACKING_URI) cannot be asked for run r1: [Errno 111] Connection "
        "refused; check that the server runs, that the job's network reaches it and that the execution role may use "
        "it\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_without_an_address_the_message_names_the_variable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recall.main(["r1", str(tmp_path)], {}) == 1

    assert capsys.readouterr().err == (
        "environment variable MLFLOW_TRACKING_URI: not set; set it to the MLflow server's address\n"
    )


@pytest.mark.parametrize(
    ("module", "doing", "arguments"), [(recall, "recall", ["r", "d"]), (register, "register", ["d"])]
)
def test_a_failure_that_nobody_expects_shows_no_secret(
    module: ModuleType,
    doing: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("token hunter2")

    monkeypatch.setattr(module, doing, fail)
    assert module.main(arguments, {"MLFLOW_TRACKING_TOKEN": "hunter2"}) == 1
    told = capsys.readouterr().err
    assert told.endswith("\nunexpected KeyError: 'token <MLFLOW_TRACKING_TOKEN>'\n")
    assert "hunter2" not in told
