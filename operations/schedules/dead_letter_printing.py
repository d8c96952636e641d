"""How dead letters look on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from operations.console import print_hanging, print_line
from operations.named_stack import Named
from operations.schedules.dead_letter import DeadLetter
from operations.schedules.dead_letter_causes import cause_of
from operations.schedules.redriving import Redriven

_EXHAUSTED: Final = {
    "MaximumRetryAttempts": "as often as the schedule allows",
    "MaximumEventAgeInSeconds": "until the invocation was too old for the schedule",
}


def print_letters(
    console: Console, named: Named, letters: Sequence[DeadLetter], unseen: int, notes: Iterable[str]
) -> None:
    """Each letter with its cause and cure, and what to run."""
    for letter in letters:
        _print_letter(console, named, letter)
    _print_notes(console, notes)
    if unseen:
        print_line(
            console, Text(f"about {unseen} more, beyond the limit (-n) or being looked at by somebody else", "yellow")
        )
    if not letters:
        print_line(console, Text("no dead letters"))
        return
    print_line(console, Text(f"redrive: training-jobs dead-letters{named.options} --redrive ID, or --redrive --all"))


def print_redriven(console: Console, done: Sequence[Redriven], notes: Iterable[str]) -> None:
    """What became of each."""
    for each in done:
        style = "green" if each.is_done else "red"
        lead = Text.assemble((each.letter.id, "bold"), "  ")
        ended = f"  {each.training_job_status}" if each.training_job_status else ""
        told = Text.assemble((each.outcome.value, style), "  ", each.training_job_name, ended)
        print_hanging(console, lead, told)
        if each.reason:
            print_hanging(console, Text("    "), Text(_plain(each.reason)))
    _print_notes(console, notes)
    if not done:
        print_line(console, Text("no dead letters"))


def _print_letter(console: Console, named: Named, letter: DeadLetter) -> None:
    due = letter.scheduled_time or "at an unknown time"
    of = letter.schedule or f"a schedule of {letter.job}"
    print_hanging(console, Text.assemble((letter.id, "bold"), "  "), Text(_plain(f"{of}, due {due}")))
    cause = cause_of(letter, named.stack, named.options)
    answer = f"{letter.error_code or 'no error code'}: {letter.error_message or 'without a message'}"
    facts = [("AWS said", _plain(answer)), ("that is", cause.what), ("cure", cause.cure)]
    if letter.retries or letter.exhausted:
        times = f"tried again {letter.retries} {'time' if letter.retries == 1 else 'times'}"
        facts.insert(1, ("retries", ", ".join([times, *filter(None, [_EXHAUSTED.get(letter.exhausted)])])))
    if letter.kept_until:
        facts.append(("kept until", f"{letter.kept_until:%Y-%m-%d}"))
    for name, value in facts:
        print_hanging(console, Text(f"  {name:10}  "), Text(value))


def _print_notes(console: Console, notes: Iterable[str]) -> None:
    for note in notes:
        print_hanging(console, Text.assemble(("note", "cyan"), "  "), Text(note))


def _plain(text: str) -> str:
    """On one line, and without what moves a terminal's cursor: anybody who may send to the queue wrote it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
