"""Which version was champion before, and whether anybody moved the alias unseen: from what is recorded of versions.

MLflow keeps no history of an alias. But each version says what the gate decided of it and which champion it saw, and a
move by `training-jobs` leaves who, when and from where. Played again in order, they end at the present champion; where
they do not, something else has moved it, and what came before nobody can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from operations.models.versions import CHAMPION, RegisteredModel, Version

How = Literal["gate", "by hand", "unknown", "none"]
_LISTED: Final = 10


@dataclass(frozen=True)
class Standing:
    """How the present champion came to be it; `expected` is the version that the records end at, "" for none."""

    how: How
    expected: str

    @property
    def is_unexplained(self) -> bool:
        """Whether something else than a gate or `training-jobs` has moved the alias."""
        return self.how == "unknown"


@dataclass(frozen=True)
class Before:
    """The version that was champion before the present one; "" where `why` says that nobody can tell, or none was."""

    version: str
    why: str = ""


def standing(model: RegisteredModel) -> Standing:
    """How the present champion came to be it.

    A gate never moves the alias to an earlier version, so what a quicker job has moved stays (docs/adr/0016).
    """
    events: list[tuple[datetime, bool, Version]] = []
    for version in model.versions:
        if version.gate is not None and version.gate.alias == CHAMPION:
            events.append((version.created, False, version))
        if version.moved is not None:
            events.append((version.moved.at, True, version))
    expected, by_hand = "", False
    for _, is_by_hand, version in sorted(events, key=lambda event: (event[0], event[1], int(event[2].number))):
        if is_by_hand or int(version.number) > int(expected or 0):
            expected, by_hand = version.number, is_by_hand
    if not model.champion and not expected:
        return Standing("none", "")
    if model.champion != expected:
        return Standing("unknown", expected)
    return Standing("by hand" if by_hand else "gate", expected)


def before(model: RegisteredModel) -> Before:
    """Where a rollback leads: the version that was champion before the present one, if that is certain."""
    present = model.version(model.champion)
    if not model.champion:
        return Before("", f"{model.name} has no {CHAMPION}")
    how = standing(model)
    number = None if present is None or how.is_unexplained else predecessor(present)
    if number is None:
        recorded = f"; what they recorded ends at version {how.expected}" if how.is_unexplained and how.expected else ""
        return Before("", f"nothing tells which version was {CHAMPION} before version {model.champion}{recorded}")
    if not number:
        return Before("", f"version {model.champion} of {model.name} is the first {CHAMPION}: there was none before it")
    if model.version(number) is None:
        return Before("", f"version {number}, which was {CHAMPION} before version {model.champion}, is deleted")
    return Before(number)


def predecessor(version: Version) -> str | None:
    """The champion that a version came after when it last became champion: "" for none, None where nothing tells.

    Of one that was moved by hand after its gate had decided, what the move says.
    """
    if version.moved is not None:
        return version.moved.before
    return version.gate.over if version.gate is not None and version.gate.alias == CHAMPION else None


def listed(model: RegisteredModel) -> str:
    """The newest versions with their training jobs, for a message."""
    shown = [f"{each.number} ({each.training_job or 'job unknown'})" for each in model.versions[:_LISTED]]
    more = len(model.versions) - len(shown)
    return ", ".join(shown) + (f" and {more} older" if more > 0 else "") if shown else "none"
