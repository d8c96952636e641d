"""How a person named a stack and its place on the command line; reading it asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from operations.deployed_jobs import StackJob
    from operations.places import Place

DEFAULT_STACK: Final = "staging"


@dataclass(frozen=True)
class Named:
    """The options that every operating command takes."""

    stack: str = DEFAULT_STACK
    rehearsal: bool = False
    profile: str | None = None
    region: str | None = None
    outputs: Path | None = None

    @property
    def options(self) -> str:
        """The same again, to stand behind a command: ` --stack prod --rehearsal`; "" where all is as by default."""
        told = [
            f"--stack {self.stack}" if self.stack != DEFAULT_STACK else "",
            "--rehearsal" if self.rehearsal else "",
            f"--profile {self.profile}" if self.profile else "",
            f"--region {self.region}" if self.region else "",
            f"--outputs {self.outputs}" if self.outputs else "",
        ]
        return "".join(f" {each}" for each in told if each)

    def place(self, project_dir: Path) -> Place:
        """Where its training jobs run.

        Raises:
            PlaceError: no rehearsal is running, there is no such profile, or the region is not known.
        """
        from operations.places import place_of

        return place_of(project_dir, self.stack, rehearsal=self.rehearsal, profile=self.profile, region=self.region)

    def jobs(self, project_dir: Path, place: Place) -> dict[str, StackJob]:
        """Its jobs, by the names that they have in it.

        Raises:
            OutputsError: the outputs cannot be read, or have no training job.
            RehearsalError, pulumi.RunError: the program is asked, and its files or settings are wrong.
        """
        from operations.deployed_jobs import stack_jobs

        return stack_jobs(project_dir, self.stack, place, self.outputs)
