"""Dead letters in a kept rehearsal: the training job of one that is redriven really runs, as of one that is fired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from operations.jobs.history import JobRun
from operations.jobs.rehearsed_runs import RehearsalRunner
from operations.schedules.dead_letter import DeadLetter
from operations.schedules.redriving import RefusedError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import InvocationFailedError, ScheduleError, read_schedule

_OF_AN_INVOCATION: Final = ("SCHEDULED_TIME", "SCHEDULE_EXECUTION_ID", "SCHEDULE_ATTEMPT_NUMBER")
"""Variables that every schedule of ours gives its training jobs."""


@dataclass(frozen=True)
class RehearsedLetters:
    """Creates the training jobs of letters on the embedded AWS, and runs them."""

    runner: RehearsalRunner

    def create(self, letter: DeadLetter, request: dict[str, Any]) -> None:
        """As `redriving.Create`."""
        missing = [name for name in _OF_AN_INVOCATION if name not in request.get("Environment", {})]
        if missing:
            raise RefusedError(f"its request lacks the variables {', '.join(missing)}, so nothing here can run it")
        schedule = self._schedule(letter)
        try:
            self.runner.start(schedule, request)
        except InvocationFailedError as error:
            raise RefusedError(f"{error.error_code}: {error.message}") from None

    def run(self, name: str) -> JobRun:
        """Run a training job that was created to its end."""
        return self.runner.wait_for_one([name], lambda _: None)

    def _schedule(self, letter: DeadLetter) -> DeployedSchedule:
        group, _, name = letter.attributes.get("SCHEDULE_ARN", "").partition(":schedule/")[2].partition("/")
        try:
            return read_schedule(self.runner.stack.clients, group, name)
        except ScheduleError as error:
            raise RefusedError(str(error)) from None
