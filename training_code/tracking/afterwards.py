"""The tracker of a job that reaches no MLflow: it asks nothing, and leaves the record in the job's output."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from data.profile import Profile
from options.environment import Environment
from progress import say
from scheduled_job import afterwards
from scheduled_job.connection import prepare
from scheduled_job.delivery import GROWN
from scheduled_job.promotion import NO_CHAMPION, Champion
from scheduled_job.pulse import Sampler
from scheduled_job.record import Record
from tracking.data_checks import DataChecks


class LaterTracker:
    """Stands where `Tracker` stands, for a container without a network."""

    def __init__(self, env: Environment) -> None:
        self._output = env.output_directory
        self._title = ""
        self._noted: list[dict[str, Any]] = []
        prepare("")  # MLflow writes the model's format, and is to tell nobody
        say(afterwards.announcement())

    def delivered_before(self) -> bool:
        """Nobody can be asked: it is looked for when the record is brought in."""
        return False

    @contextmanager
    def run(self, run_id: str | None, what: str, sample: Sampler) -> Iterator[str]:
        """No run: the one of this job begins when the record is brought in, and is named after `what` is fitted."""
        del run_id, sample
        self._title = what
        yield ""

    def claim(self, run_id: str) -> None:
        """Nobody can be asked."""

    def hold_against_champion(self, profile: Profile) -> DataChecks:
        """Why the champion's data cannot be compared."""
        del profile
        return DataChecks(problem="the champion's data cannot be asked for from a container without a network")

    def note_growth(self, unit: str, size: int) -> None:
        """Keep how many trees (or epochs: the `unit`) there are, for the run's charts."""
        now = int(time.time() * 1000)
        self._noted.append({"name": f"training:{unit}{GROWN}", "value": size, "timestamp": now, "step": size})

    def champion_on(self, evaluate: Callable[[Any], dict[str, float]]) -> Champion:
        """No champion is known here; the gate asks when the record is brought in."""
        del evaluate
        return NO_CHAMPION

    def hand_over(self, record: Record) -> str:
        """Leave the record in the job's output; gives how it is brought in, in words."""
        later = replace(record, metrics=record.metrics + self._noted, title=self._title)
        return afterwards.leave(later, self._output)
