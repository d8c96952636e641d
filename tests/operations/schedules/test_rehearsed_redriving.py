"""A letter that is redriven in a rehearsal: what nothing here can run is refused, stays, and is told why."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from operations.jobs.rehearsed_runs import RehearsalRunner
from operations.places import Place
from operations.schedules.dead_letter import DeadLetter
from operations.schedules.dead_letter_queues import Queue
from operations.schedules.redriving import Outcome, RefusedError, redrive
from operations.schedules.rehearsed_redriving import RehearsedLetters
from rehearsal.invoking.schedule_runner import InvocationFailedError
from tests.operations.doctor.healthy import JOB_OF_STACK, REQUEST
from tests.operations.schedules.letters import letter

LETTER = letter(json.dumps(REQUEST))
NOWHERE = cast("Place", None)
"""Nobody is to be asked."""


def test_what_no_schedule_of_ours_has_sent_is_refused() -> None:
    letters = RehearsedLetters(cast("RehearsalRunner", None))
    request = REQUEST | {"Environment": {"SCHEDULED_TIME": "2026-11-27T03:00:00Z"}}

    with pytest.raises(RefusedError) as refused:
        letters.create(LETTER, request)

    assert str(refused.value) == (
        "its request lacks the variables SCHEDULE_EXECUTION_ID, SCHEDULE_ATTEMPT_NUMBER, so nothing here can run it"
    )


def test_a_letter_whose_job_is_refused_stays_with_the_reason() -> None:
    def create(_: DeadLetter, request: dict[str, Any]) -> None:
        raise RefusedError(f"ValidationException: no data for {request['TrainingJobName'][:5]}…")

    told = redrive(NOWHERE, Queue(JOB_OF_STACK, "url"), LETTER, create)

    assert (told.outcome, told.reason) == (Outcome.REFUSED, "ValidationException: no data for breas…")
    assert told.is_kept
    assert not told.training_job_status


def test_what_the_embedded_aws_refuses_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def start(self, *_: object) -> str:
            raise InvocationFailedError("ValidationException", "No S3 objects found", None)

    letters = RehearsedLetters(cast("RehearsalRunner", Refusing()))
    monkeypatch.setattr(RehearsedLetters, "_schedule", lambda *_: None)

    with pytest.raises(RefusedError, match=r"^ValidationException: No S3 objects found$"):
        letters.create(LETTER, REQUEST)
