from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from operations.command_line import app
from operations.rehearsing.rehearsing import own_data, run_page, stop_kept_servers
from rehearsal.errors import OptionError
from rehearsal.local_servers import kept_servers
from rehearsal.local_servers.kept_servers import KeptServer


def test_data_is_given_by_channel() -> None:
    assert own_data(["training=a/b.csv", "validation=c=d.csv"]) == {
        "training": Path("a/b.csv"),
        "validation": Path("c=d.csv"),
    }


def test_no_data_is_the_samples() -> None:
    assert own_data([]) == {}


def test_a_run_has_a_page() -> None:
    assert run_page("http://127.0.0.1:5000", "3", "1a") == (
        "http://127.0.0.1:5000/#/experiments/3/runs/1a?workflowType=machine_learning"
    )


def test_stopping_where_nothing_runs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stop_kept_servers(tmp_path, Console()) == 0
    assert capsys.readouterr().out == "no server was running\n"


def test_a_process_that_only_has_the_number_of_a_kept_server_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state_dir = tmp_path / ".rehearsal" / "staging"
    state_dir.mkdir(parents=True)
    kept_servers.write(state_dir, [KeptServer("the MLflow server", 1, 5000, "another process")])

    assert stop_kept_servers(tmp_path, Console()) == 0
    assert capsys.readouterr().out == "no server was running\n"
    assert kept_servers.read(state_dir) == []


def test_the_servers_of_the_stack_that_is_named_are_stopped_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = list[str]()
    monkeypatch.setattr("operations.rehearsing.rehearsing.stop_kept", lambda state: stopped.append(state.name) or [])
    for stack in ("prod", "staging"):
        (tmp_path / ".rehearsal" / stack).mkdir(parents=True)

    stop_kept_servers(tmp_path, Console(), "prod")
    assert stopped == ["prod"]
    stop_kept_servers(tmp_path, Console())
    assert stopped == ["prod", "prod", "staging"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["--stop"], None), (["--stop", "-s", "staging"], "staging"), (["--stop", "--stack=p"], "p")],
)
def test_a_stack_is_named_where_it_is_typed(
    arguments: list[str], named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str | None]()
    monkeypatch.setattr(
        "operations.rehearsing.rehearsing.stop_kept_servers", lambda _dir, _console, stack: told.append(stack) or 0
    )

    assert CliRunner().invoke(app, ["rehearse", *arguments]).exit_code == 0
    assert told == [named]


@pytest.mark.parametrize("text", ["training", "=", "training=", "=a.csv"])
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(OptionError) as raised:
        own_data([text])
    assert str(raised.value) == f"--data got {text!r}; allowed: CHANNEL=PATH, such as training=data/training.csv"
