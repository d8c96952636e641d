"""What may be deleted, and why the rest is kept: decided from values. What nobody can tell of is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from operations.cleanup.references import JobFacts, References, Tracks, is_in
from operations.cleanup.roots import Kind
from operations.cleanup.units import Unit

YOUNG = "younger than asked for"
_UNSEEN = "its job was not looked at"
_RECORD = "output/output.tar.gz"
"""Where SageMaker puts what a job leaves in its output directory: a record, if it could not register its model."""


@dataclass(frozen=True)
class Wanted:
    """What a person asked for: things that are older than a moment (aware), and two kinds that are asked for by name.

    `packages` are shared by whatever uses the same bucket; outputs that are `unregistered` may be used by anybody.
    """

    before: datetime
    packages: bool = False
    unregistered: bool = False


@dataclass(frozen=True)
class Plan:
    """What is to be deleted, and how many things of each kind are kept for which reason."""

    delete: tuple[Unit, ...]
    kept: Counter[tuple[Kind, str]]

    @property
    def keys(self) -> dict[str, list[str]]:
        """The keys to delete, by bucket."""
        found: dict[str, list[str]] = {}
        for unit in self.delete:
            found.setdefault(unit.root.bucket, []).extend(each.key for each in unit.objects)
        return found

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(unit.size for unit in self.delete)


def plan(units: Sequence[Unit], references: References, wanted: Wanted) -> Plan:
    """Judge everything."""
    outputs = {unit.job for unit in units if unit.kind is Kind.OUTPUT}
    kept = Counter[tuple[Kind, str]]()
    delete = []
    for unit in sorted(units, key=lambda unit: (unit.kind, unit.uri)):
        if why := reason_to_keep(unit, references, wanted, outputs):
            kept[unit.kind, why] += 1
        else:
            delete.append(unit)
    return Plan(tuple(delete), kept)


def reason_to_keep(unit: Unit, references: References, wanted: Wanted, outputs: Collection[str]) -> str:
    """Why something is kept, in words; "" for what nothing refers to. `outputs` are the jobs whose output is there."""
    return next(_reasons(unit, references, wanted, outputs), "")


def _reasons(unit: Unit, references: References, wanted: Wanted, outputs: Collection[str]) -> Iterator[str]:
    if unit.modified >= wanted.before:
        yield YOUNG
    for place, who in references.places.items():
        if is_in(unit.uri, place):
            yield f"{who} reads it"
    facts = references.facts.get(unit.job)
    if facts is not None and not facts.is_over:
        yield "its job is running"
    if unit.kind is Kind.OUTPUT:
        yield from _of_output(unit, facts, references, wanted)
    elif unit.kind is Kind.CHECKPOINT:
        if facts is None:
            yield _UNSEEN
    elif unit.kind is Kind.DELIVERY:
        if not unit.job or unit.job in outputs:
            yield "its model is there" if unit.job else "it does not say which job delivered"
    else:
        yield from _of_code(unit, references, wanted)


def _of_code(unit: Unit, references: References, wanted: Wanted) -> Iterator[str]:
    """Bundles and packages: by their digests."""
    if unit.kind is Kind.PACKAGES and not wanted.packages:
        yield "others may share it (--packages)"
    all_, needed = (
        (references.all_bundles, references.bundles)
        if unit.kind is Kind.BUNDLE
        else (references.all_packages, references.packages)
    )
    if all_:
        yield all_
    if unit.name in needed:
        yield "a deployed schedule, a running job or a registered version needs it"


def _of_output(unit: Unit, facts: JobFacts | None, references: References, wanted: Wanted) -> Iterator[str]:
    if unit.job in {version.training_job for version in references.versions}:
        yield "a registered version is from it"
    elif facts is None:
        yield _UNSEEN
    elif facts.status is None:
        yield "SageMaker does not know its job any more: nobody can tell what it is"
    elif facts.tracks is not Tracks.HERE:
        yield f"its job tracks {facts.tracks.value}: nobody can tell whether its model is used"
    elif not _is_duplicate(facts, references):
        has_record = any(each.key == f"{unit.prefix}{_RECORD}" for each in unit.objects)
        if facts.is_afterwards or (has_record and facts.status != "Completed"):
            yield "it may hold a model that is not registered yet (training-jobs register)"
        if facts.status == "Completed" and not wanted.unregistered:
            yield "its job completed, and has no version: its model may be used (--unregistered)"


def _is_duplicate(facts: JobFacts, references: References) -> bool:
    """Whether another delivery of the job's invocation has a version."""
    return all(facts.invocation) and facts.invocation in {version.invocation for version in references.versions}
