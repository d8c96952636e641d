"""`training-jobs dead-letters`: list the invocations that failed with their causes and cures, or redrive them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from operations.console import ConsoleReporter, write_document
from operations.deployed_jobs import select_jobs
from operations.jobs.history import SUCCESS
from operations.jobs.operated_stack import OperatedStack
from operations.named_stack import Named
from operations.next_times import in_utc
from operations.schedules.dead_letter import DeadLetter
from operations.schedules.dead_letter_causes import cause_of
from operations.schedules.dead_letter_printing import print_letters, print_redriven
from operations.schedules.dead_letter_queues import (
    HIDDEN_WHILE_LOOKING,
    HIDDEN_WHILE_REDRIVING,
    Looked,
    give_back,
    look,
)
from operations.schedules.redriving import Outcome, Redriven, redrive, sagemaker_creates
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from operations.schedules.rehearsed_redriving import RehearsedLetters

JSON_VERSION: Final = 1
"""Of the document; goes up when a member is renamed or taken out. New members may come at any time."""


@dataclass(frozen=True)
class Question:
    """Which dead letters a person asks for, and what is to become of them."""

    job: str | None = None
    ids: Sequence[str] = ()
    """Or how they begin; without any, all."""
    limit: int = 100
    """Of each queue."""
    redrive: bool = False
    dry_run: bool = False


def tell(operated: OperatedStack, question: Question, console: Console | None) -> int:
    """Print to `console`, or without one as one JSON document; 1 where letters are left, or could not be redriven.

    Raises:
        RehearsalError: there is no such job or letter.
    """
    place, jobs = operated.place, select_jobs(operated.jobs, question.job)
    hidden = HIDDEN_WHILE_REDRIVING if question.redrive else HIDDEN_WHILE_LOOKING
    looked = look(place, jobs, question.limit, hidden, operated.name)
    kept, notes = list(looked.letters), list(looked.notes)
    done: list[Redriven] = []
    try:
        letters = chosen(looked.letters, question.ids)
        if question.redrive:
            rehearsed = _rehearsed(operated, console) if place.is_rehearsal and not question.dry_run else None
            create = rehearsed.create if rehearsed else sagemaker_creates(place)
            for letter in letters:
                told = redrive(place, looked.queues[letter.job], letter, create, dry_run=question.dry_run)
                done.append(told)
                if not told.is_kept:
                    kept.remove(letter)
                if rehearsed and told.outcome is Outcome.CREATED:
                    done[-1] = replace(told, training_job_status=rehearsed.run(told.training_job_name).status)
    finally:
        notes += give_back(place, looked, kept)
    if console is None:
        write_document(_document(operated.named, letters, looked, done, notes))
    elif question.redrive:
        print_redriven(console, done, notes)
    else:
        print_letters(console, operated.named, letters, looked.unseen, notes)
    return int(not all(map(_is_well, done)) if question.redrive else bool(letters))


def _is_well(redriven: Redriven) -> bool:
    return redriven.is_done and not redriven.reason and redriven.training_job_status in {"", SUCCESS}


def _rehearsed(operated: OperatedStack, console: Console | None) -> RehearsedLetters:
    """Who runs redriven training jobs on this machine; with one document on standard output, it speaks beside that."""
    from operations.jobs.rehearsed_runs import RehearsalRunner
    from operations.schedules.rehearsed_redriving import RehearsedLetters

    reporter = ConsoleReporter(console or Console(highlight=False, stderr=True))
    return RehearsedLetters(RehearsalRunner.of_kept(operated, reporter))


def chosen(letters: Sequence[DeadLetter], ids: Sequence[str]) -> list[DeadLetter]:
    """Those whose id begins as one of `ids`; without any, all.

    Raises:
        RehearsalError: one of `ids` is the beginning of none, or of several.
    """
    if not ids:
        return list(letters)
    found: dict[str, DeadLetter] = {}
    for wanted in ids:
        matching = [letter for letter in letters if letter.id.startswith(wanted)]
        if len(matching) != 1:
            known = ", ".join(letter.id for letter in (matching or letters)) or "none"
            what = "is the beginning of several dead letters" if matching else "is no dead letter that was found"
            raise RehearsalError(f"{wanted!r} {what}; {'these' if matching else 'there are'}: {known}")
        found[matching[0].id] = matching[0]
    return list(found.values())


def _document(
    named: Named, letters: Sequence[DeadLetter], looked: Looked, done: Sequence[Redriven], notes: Sequence[str]
) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "stack": named.stack,
        "dead_letters": [_letter_document(letter, named) for letter in letters],
        "unseen": looked.unseen,
        "redriven": [
            {
                "id": each.letter.id,
                "outcome": each.outcome.value,
                "training_job_name": each.training_job_name or None,
                "training_job_status": each.training_job_status or None,
                "reason": each.reason or None,
            }
            for each in done
        ],
        "notes": list(notes),
    }


def _letter_document(letter: DeadLetter, named: Named) -> dict[str, Any]:
    cause = cause_of(letter, named.stack, named.options)
    return {
        "id": letter.id,
        "job": letter.job,
        "schedule": letter.schedule or None,
        "scheduled_time": letter.scheduled_time or None,
        "error_code": letter.error_code or None,
        "error_message": letter.error_message or None,
        "retries": letter.retries,
        "exhausted": letter.exhausted or None,
        "sent": in_utc(letter.sent) if letter.sent else None,
        "kept_until": in_utc(letter.kept_until) if letter.kept_until else None,
        "what": cause.what,
        "cure": cause.cure,
        "same_request_is_refused_again": cause.is_the_request,
    }
