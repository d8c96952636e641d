"""What the doctor says: a finding with its cure, and what could not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from components.alarm_messages import RUNBOOK

BLOCKS: Final = True
ADVISES: Final = False
"""What a kind of finding does: only what blocks gives exit code 1."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one subject, in plain words."""

    check: str
    """The name of its kind, by which the documentation has it."""
    subject: str
    """What it is about: a job, a schedule, a bucket, a role."""
    what: str
    cure: str
    blocks: bool
    """Whether the next invocation comes to nothing because of it; otherwise it is for somebody to look at."""

    @property
    def runbook(self) -> str:
        """The section that says what it means at night, how to see more of it, and how it is cured."""
        return f"{RUNBOOK}#{self.check}"


@dataclass(frozen=True)
class Unseen:
    """Something that could not be looked at, and why: it may be well, or not."""

    what: str
    reason: str


@dataclass(frozen=True)
class Kind:
    """A kind of finding: what is wrong in general, what cures it, and whether it blocks the next invocation."""

    name: str
    blocks: bool
    fault: str
    cure: str

    def finding(self, subject: str, what: str, cure: str = "") -> Finding:
        """A finding of this kind; `cure` where it can be said more exactly than in general."""
        return Finding(self.name, subject, what, cure or self.cure, self.blocks)
