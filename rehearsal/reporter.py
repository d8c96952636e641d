"""What a rehearsal tells the one who watches; how it looks is the command line's affair."""

from contextlib import AbstractContextManager
from typing import Protocol


class Step(Protocol):
    """A step that is under way."""

    def detail(self, text: str) -> None:
        """Say in a few words what the step did; shown with its time when it has ended."""


class Reporter(Protocol):
    """Takes a rehearsal's steps, notes and log lines."""

    def step(self, title: str) -> AbstractContextManager[Step]:
        """Enter a step; leaving it ends its time."""

    def note(self, text: str) -> None:
        """Say what differs from AWS, or is worth knowing."""

    def log_line(self, text: str) -> None:
        """Show a line of the training job's log."""
