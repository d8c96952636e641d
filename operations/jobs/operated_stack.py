"""A deployed stack as a command operates it: where it is, what its outputs tell, and the options that named it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components.aws_names import EXECUTION_ID_LENGTH
from operations.deployed_jobs import StackJob
from operations.jobs.history_asking import list_jobs, newest_job
from operations.named_stack import Named
from operations.places import Place, PlaceError

_NEWEST: Final = 500
"""So many training jobs of each prefix are looked at for an id's beginning."""
_BEGINNING_OF_ID: Final = re.compile(r"(?=.{6,36}$)[0-9a-f]{1,8}(-[0-9a-f-]*)?")


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
        place = named.place(project_dir)
        return cls(project_dir, named, place, named.jobs(project_dir, place))

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
