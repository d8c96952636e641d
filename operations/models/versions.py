"""A registered model and its versions, as values: read from what a script of the training code answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

CHAMPION: Final = "champion"
"""The alias of the version to use. Source: CHAMPION in training_code/scheduled_job/registry.py."""


@dataclass(frozen=True)
class Gate:
    """What the gate decided of a version: the alias, why, and the champion that it saw ("" none, None not told)."""

    alias: str
    words: str
    over: str | None


@dataclass(frozen=True)
class Move:
    """That somebody gave a version the alias by hand: who, when, from which one, and by which command.

    `before` is where a rollback from this version leads: "" for nowhere, None where that is not known.
    """

    at: datetime
    by: str
    from_: str
    how: str
    before: str | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Move | None:
        """What stands on a version; None for what is not of this form."""
        try:
            at = datetime.fromisoformat(told["at"])
            if at.tzinfo is None:
                return None  # everybody may write the tag, and such a time is neither before nor after another
            before = told.get("before")
            return cls(
                at, str(told["by"]), str(told["from"]), str(told["how"]), None if before is None else str(before)
            )
        except (KeyError, TypeError, ValueError):
            return None

    def told(self) -> dict[str, str | None]:
        """As it is left on the version."""
        # Finer than seconds: moves that follow each other at once are told apart by it.
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"at": at, "by": self.by, "from": self.from_, "how": self.how, "before": self.before}


@dataclass(frozen=True)
class Version:
    """One version: where it comes from, how good it is, and what was decided of it."""

    number: str
    run_id: str
    created: datetime
    training_job: str = ""
    scheduled_time: str = ""
    gate: Gate | None = None
    moved: Move | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """All that was answered."""


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model: aliases, versions (the newest first), and the runs that were asked for; None for one gone."""

    name: str
    aliases: Mapping[str, str]
    versions: tuple[Version, ...]
    runs: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)

    @property
    def champion(self) -> str:
        """The number of the version to use; "" where there is none."""
        return self.aliases.get(CHAMPION, "")

    def version(self, number: str) -> Version | None:
        """The one of that number."""
        return next((each for each in self.versions if each.number == number), None)

    def aliases_of(self, number: str) -> list[str]:
        """The aliases of a version."""
        return sorted(name for name, each in self.aliases.items() if each == number)


def read_model(answer: Mapping[str, Any]) -> RegisteredModel:
    """A registered model of the script's answer."""
    versions = tuple(_version(each) for each in answer["versions"])
    return RegisteredModel(answer["model"], answer["aliases"], versions, answer["runs"])


def _version(told: Mapping[str, Any]) -> Version:
    gate, moved = told["gate"], told["moved"]
    return Version(
        number=told["version"],
        run_id=told["run_id"],
        created=datetime.fromtimestamp(told["created"] / 1000, UTC),
        training_job=told["training_job"],
        scheduled_time=told["scheduled_time"],
        gate=Gate(gate["alias"], gate["words"], gate["over"]) if gate else None,
        moved=Move.read(moved) if moved else None,
        metrics=told["metrics"],
        digests=told["digests"],
        told=told,
    )
