"""A deployed stack as a command operates it: where it is, what its outputs tell, and the options that named it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.aws_names import EXECUTION_ID_LENGTH
from operations.deployed_jobs import StackJob, stack_jobs
from operations.jobs.history_asking import newest_job
from operations.places import Place, PlaceError, place_of

_DEFAULT_STACK = "staging"


@dataclass(frozen=True)
class Named:
    """How a person named the stack and its place on the command line."""

    stack: str
    rehearsal: bool = False
    profile: str | None = None
    region: str | None = None
    outputs: Path | None = None

    @property
    def options(self) -> str:
        """The same again, to stand behind a command: ` --stack prod --rehearsal`; "" where all is as by default."""
        told = [
            f"--stack {self.stack}" if self.stack != _DEFAULT_STACK else "",
            "--rehearsal" if self.rehearsal else "",
            f"--profile {self.profile}" if self.profile else "",
            f"--region {self.region}" if self.region else "",
            f"--outputs {self.outputs}" if self.outputs else "",
        ]
        return "".join(f" {each}" for each in told if each)


@dataclass(frozen=True)
class OperatedStack:
    """The stack that was named."""

    project_dir: Path
    named: Named
    place: Place
    jobs: Mapping[str, StackJob]

    @classmethod
    def of(cls, project_dir: Path, named: Named) -> OperatedStack:
        """Read its outputs.

        Raises:
            PlaceError: its place or its outputs cannot be had; the message says why.
            RehearsalError, pulumi.RunError: the program is asked, and its files or settings are wrong.
        """
        place = place_of(
            project_dir, named.stack, rehearsal=named.rehearsal, profile=named.profile, region=named.region
        )
        with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is no answer
            jobs = stack_jobs(project_dir, named.stack, place, named.outputs)
        return cls(project_dir, named, place, jobs)

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.named.stack

    @property
    def options(self) -> str:
        """As `Named.options`."""
        return self.named.options

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the names of its training jobs begin with."""
        return tuple(dict.fromkeys(job.training_job_name_prefix for job in self.jobs.values()))

    def training_job(self, wanted: str | None) -> str:
        """The name of a training job: as it is given, by its execution id alone, or the newest of the stack.

        Raises:
            PlaceError: none is named, and there is none yet.
        """
        if wanted is not None:
            is_id = len(wanted) == EXECUTION_ID_LENGTH and len(self.prefixes) == 1 and wanted.count("-") == 4
            return f"{self.prefixes[0]}-{wanted}" if is_id else wanted
        newest = newest_job(self.place.sagemaker, self.prefixes)
        if newest is None:
            raise PlaceError(f"stack {self.name} has no training job yet: training-jobs run{self.options} starts one")
        return newest.name
