"""What `promote` and `rollback` would do: decided from values, refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from operations.models.alias_history import before, listed, predecessor, standing
from operations.models.versions import CHAMPION, Move, RegisteredModel, Version
from rehearsal.errors import RehearsalError

PROMOTE, ROLLBACK = "promote", "rollback"


class MoveRefusedError(RehearsalError):
    """The alias stays where it is; the message says why, and what can be done instead."""


@dataclass(frozen=True)
class Plan:
    """A move that is to be asked for, with what a person should know before; `version` gets the alias."""

    model: str
    version: Version
    moved: Move
    remarks: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """From where to where."""
        from_ = f"version {self.moved.from_}" if self.moved.from_ else "no version"
        return f"{CHAMPION} of {self.model}: {from_} -> version {self.version.number}"


def promotion(model: RegisteredModel, wanted: str, by: str, at: datetime) -> Plan:
    """Give a version the alias; `wanted` is its number, or another alias that it has.

    Raises:
        MoveRefusedError: there is no such version, its run is gone, or it is the champion already.
    """
    version = _usable(model, model.aliases.get(wanted, wanted))
    move = Move(at, by, from_=model.champion, how=PROMOTE, before=model.champion)
    return Plan(model.name, version, move, _remarks(model, version))


def rollback(model: RegisteredModel, by: str, at: datetime) -> Plan:
    """Give the alias back to the version that had it before.

    Raises:
        MoveRefusedError: it is not certain which one that is, or its run is gone.
    """
    found = before(model)
    if not found.version:
        raise MoveRefusedError(
            f"{found.why}; name a version yourself: training-jobs promote {model.name} VERSION; it has: {listed(model)}"
        )
    version = _usable(model, found.version)
    # From there a second rollback leads one step further back, and not to where the first one came from.
    move = Move(at, by, from_=model.champion, how=ROLLBACK, before=predecessor(version))
    return Plan(model.name, version, move, _remarks(model, version))


def _usable(model: RegisteredModel, number: str) -> Version:
    version = model.version(number)
    if version is None:
        raise MoveRefusedError(f"{model.name} has no version {number!r}; it has: {listed(model)}")
    if number == model.champion:
        raise MoveRefusedError(f"version {number} of {model.name} is {CHAMPION} already; nothing is to be done")
    if model.runs.get(version.run_id) is None:
        raise MoveRefusedError(
            f"version {number} of {model.name} is from run {version.run_id or 'unknown'}, which is not in MLflow any "
            "more: nobody can tell what it was trained on, or compare the next one with it; promote another one of: "
            f"{listed(model)}"
        )
    return version


def _remarks(model: RegisteredModel, version: Version) -> tuple[str, ...]:
    told = []
    if version.gate is not None and version.gate.alias != CHAMPION:
        told.append(f"its gate decided otherwise: {version.gate.alias}: {version.gate.words}")
    how = standing(model)
    if how.is_unexplained:
        expected = f"version {how.expected}" if how.expected else "none"
        told.append(
            f"something else than a gate or training-jobs has moved {CHAMPION} to version {model.champion or 'none'}: "
            f"by what they recorded it is {expected}"
        )
    return tuple(told)
