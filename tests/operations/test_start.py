import pytest

from operations import command_line, start


def test_a_command_begins(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["training-jobs", "--help"])

    with pytest.raises(SystemExit) as ended:
        start.main()

    assert ended.value.code == 0
    assert "Check, rehearse and operate scheduled training jobs." in capsys.readouterr().out


def test_an_early_interrupt_is_one_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "main", interrupted)

    with pytest.raises(SystemExit) as ended:
        start.main()

    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"
