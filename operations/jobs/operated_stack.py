"""A deployed stack as a command operates it: where it is, what its outputs tell, and the options that named it."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components.aws_names import EXECUTION_ID_LENGTH
from operations.deployed_jobs import StackJob, stack_jobs
from operations.jobs.history_asking import list_jobs, newest_job
from operations.places import Place, PlaceError, place_of

_DEFAULT_STACK: Final = "staging"
_NEWEST: Final = 500
"""So many training jobs of each prefix are looked at for an id's beginning."""
_BEGINNING_OF_ID: Final = re.compile(r"(?=.{6,36}$)[0-9a-f]{1,8}(-[0-9a-f-]*)?")


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
        """The name of a training job: as it is given, by the beginning of its execution id, or the stack's newest.

        Raises:
            PlaceError: none is named and there is none yet, or an id's beginning is of none, or of several.
        """
        if wanted is not None:
            return self._by_id(wanted) if _BEGINNING_OF_ID.fullmatch(wanted) else wanted
        newest = newest_job(self.place.sagemaker, self.prefixes)
        if newest is None:
            raise PlaceError(f"stack {self.name} has no training job yet: training-jobs run{self.options} starts one")
        return newest.name

    def _by_id(self, beginning: str) -> str:
        names = [
            job.name
            for prefix in self.prefixes
            for job in list_jobs(self.place.sagemaker, prefix, _NEWEST).jobs
            if job.name[-EXECUTION_ID_LENGTH:].startswith(beginning)
        ]
        if len(names) == 1:
            return names[0]
        if names:
            raise PlaceError(f"{beginning} begins the ids of several training jobs; name one: {', '.join(names)}")
        raise PlaceError(
            f"none of the {_NEWEST} newest training jobs of {', '.join(self.prefixes)} has an id that begins with "
            f"{beginning}: see training-jobs status{self.options}, or name the job in full"
        )
