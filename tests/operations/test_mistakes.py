import signal
import threading
import weakref

import pulumi
import pytest

from operations.mistakes import INTERRUPTED, run_command
from rehearsal.errors import OptionError, RehearsalError

NUMBERS = (signal.SIGTERM, signal.SIGHUP)


def raising(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize("code", [0, 1])
def test_a_commands_exit_code_is_passed_on(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: code) == code
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("error", [RehearsalError("the cure"), pulumi.RunError("the cure")])
def test_what_a_person_can_mend_is_one_message(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: raising(error)) == 1
    assert capsys.readouterr() == ("", "error: the cure\n")


def test_a_wrong_command_line_ends_as_one_that_typer_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: raising(OptionError("--from got 'x'; allowed: a date"))) == 2
    assert capsys.readouterr() == ("", "error: --from got 'x'; allowed: a date\n")


def test_a_defect_of_ours_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        run_command(lambda: 1 // 0)

    assert raised.traceback[-1].path.name == "test_mistakes.py"
    assert capsys.readouterr() == ("", "")


def test_an_interruption_says_that_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "interrupted; everything that was started has been stopped\n")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_closed_terminal_and_a_polite_kill_are_interruptions(
    number: signal.Signals, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:

        def command() -> int:
            signal.raise_signal(number)
            return 0

        assert run_command(command) == 130
        assert signal.getsignal(number) == signal.SIG_DFL, "afterwards it does what it did"
    finally:
        signal.signal(number, before)
    assert capsys.readouterr().err == "interrupted; everything that was started has been stopped\n"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_that_is_ignored_stays_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        assert run_command(lambda: signal.raise_signal(number) or 0) == 0
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_an_interrupt_that_comes_in_the_callback_of_a_weak_reference_is_not_lost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Thing:
        pass

    def command() -> int:
        things = [Thing()]
        reference = weakref.ref(things[0], lambda _: signal.raise_signal(signal.SIGINT))
        things.clear()
        assert reference() is None
        return 0 if threading.Event().wait(20) else 1

    assert run_command(command) == INTERRUPTED
    assert capsys.readouterr().err == "interrupted; everything that was started has been stopped\n"
