"""The interruption of a first flight: asked for from a thread, while the run is waited for."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from operations.places import PlaceError
from operations.verifying import flight
from operations.verifying.flight import Flight


def test_an_answer_that_aws_refuses_for_now_costs_no_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    throttled = ClientError({"Error": {"Code": "ThrottlingException", "Message": "later"}}, "DescribeTrainingJob")
    trains = SimpleNamespace(has_ended=False, secondary_status="Training")
    answers: list[Any] = [PlaceError("it is not there"), throttled, trains, trains]
    stops: list[Any] = [throttled, None]
    is_stopped = threading.Event()

    def take(from_: list[Any]) -> Any:  # noqa: ANN401
        answer = from_.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop_job(*_: object) -> None:
        take(stops)
        is_stopped.set()

    monkeypatch.setattr(flight, "_LOOKS_AGAIN_AFTER_SECONDS", 0.001)
    monkeypatch.setattr(flight, "describe_job", lambda *_: take(answers))
    monkeypatch.setattr(flight, "stop_job", stop_job)
    place = SimpleNamespace(client=lambda _: None, sagemaker=None)

    with flight._stopped_once_it_trains(cast("Flight", SimpleNamespace(stack=SimpleNamespace(place=place))), "job-1"):
        assert is_stopped.wait(60)

    assert (answers, stops) == ([], [])
