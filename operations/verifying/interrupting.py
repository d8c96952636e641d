"""Stops a training job as soon as it trains, while somebody else waits for its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_mistakes import DENIED, refused, unasked
from operations.jobs.history_asking import describe_job
from operations.jobs.stopping import stop_job
from operations.places import Place, PlaceError

_LOOKS_AGAIN_AFTER_SECONDS: Final = 1.0


@dataclass
class Interruption:
    """What came of the wish to stop the job."""

    refused: str = ""
    """Why AWS did not let it be stopped; "" where it did, or was not asked. What may pass is tried again meanwhile."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set once nobody looks at the job any more."""


@contextmanager
def stopped_once_it_trains(
    place: Place, name: str, look_again_after: float = _LOOKS_AGAIN_AFTER_SECONDS
) -> Iterator[Interruption]:
    """Ask for the job's end as soon as its machines train; its wait goes on meanwhile."""
    ended, interruption = threading.Event(), Interruption()
    place.client("sagemaker")  # boto3 makes clients in one thread only

    def look() -> None:
        while not ended.wait(look_again_after):
            try:
                run = describe_job(place.sagemaker, name)
                if run.has_ended or run.secondary_status == "Training":
                    stop_job(place, name)
                    interruption.refused = ""
                    break
            except PlaceError:
                continue  # it is not there yet
            except ClientError as error:
                interruption.refused = refused(error)
                if error.response["Error"]["Code"] in DENIED:
                    break
            except BotoCoreError as error:
                interruption.refused = unasked(error)
        interruption.over.set()

    thread = threading.Thread(target=look, name=f"interrupt {name}", daemon=True)
    thread.start()
    try:
        yield interruption
    finally:
        ended.set()
        thread.join()
