"""What lies in the bucket, sorted into things that are kept or deleted as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from operations.cleanup.roots import Kind, Root


@dataclass(frozen=True)
class Stored:
    """An object of S3: its key, its bytes, and when it was written."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Unit:
    """A job's output, a checkpoint, a bundle, an archive, or the word of a delivery."""

    root: Root
    name: str
    objects: tuple[Stored, ...]
    job: str = ""
    """The training job that it is of; of a bundle and of packages none, of a delivery the one that it names."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.root.kind

    @property
    def prefix(self) -> str:
        """What all its keys begin with."""
        return f"{self.root.prefix}{self.name}" + ("" if self.kind is Kind.DELIVERY else "/")

    @property
    def uri(self) -> str:
        """Where it is."""
        return f"s3://{self.root.bucket}/{self.prefix}"

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(each.size for each in self.objects)

    @property
    def modified(self) -> datetime:
        """When something in it was written last."""
        return max(each.modified for each in self.objects)


def units(root: Root, objects: Iterable[Stored]) -> list[Unit]:
    """The things below a root; what has no name of the root's pattern is none of the job's, and left out."""
    pattern = re.compile(root.pattern)
    found: dict[str, list[Stored]] = {}
    for each in objects:
        if not each.key.startswith(root.prefix):
            continue
        rest = each.key.removeprefix(root.prefix)
        name, slash, _ = (rest, "/", "") if root.kind is Kind.DELIVERY else rest.partition("/")
        if slash and pattern.fullmatch(name):
            found.setdefault(name, []).append(each)
    return [Unit(root, name, tuple(stored), _job(root, name)) for name, stored in found.items()]


def _job(root: Root, name: str) -> str:
    if root.kind is Kind.OUTPUT:
        return name
    return f"{root.job_prefix}-{name}" if root.kind is Kind.CHECKPOINT else ""
