"""A directory of checkpoints, each a directory that is there as a whole or not at all.

SageMaker copies the files to S3 one by one, all the time, and brings back what it had copied. A rename is therefore not
enough: each checkpoint lists its files with their lengths and SHA-256, and one that is not as it says is passed over.
"""

from __future__ import annotations

import errno
import hashlib
import json
import operator
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .failure import TrainingError, shown
from .log import say

MANIFEST = "checkpoint.json"
_FORMAT = 1
_PARTIAL = "next.partial"
_NAMES = "step-*"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint: the step it was saved at, and the directory with what the script put there."""

    step: int
    directory: Path


class Checkpoints:
    """The checkpoints in one directory; without one, nothing is kept and nothing found."""

    def __init__(self, directory: Path | None, keep: int = 2) -> None:
        """Remove what an earlier start left half done.

        Raises:
            TrainingError: `keep` is less than 1.
        """
        if not isinstance(keep, int) or keep < 1:
            raise TrainingError(f"checkpoints: got keep={keep}; allowed: 1 or more")
        self._directory = directory
        self._keep = keep
        self._is_saving = False
        if directory is None:
            say("checkpoints: none are kept, the stack sets no checkpoint")
        else:
            shutil.rmtree(directory / _PARTIAL, ignore_errors=True)

    def latest(self) -> Checkpoint | None:
        """The newest whole one, or None; why one that is there is not used goes to the log."""
        for place in reversed(self._places()):
            found = _whole(place)
            if isinstance(found, Checkpoint):
                say(f"checkpoints: going on from step {found.step} in {place}")
                return found
            say(f"checkpoints: {place} is not used: {found}")
        return None

    @contextmanager
    def save(self, step: int) -> Iterator[Path]:
        """Yields an empty directory to write into; a kill at any moment leaves what was there, or that and this one.

        A disk that is full costs no training: the log says so, and the next time it is tried again.

        Raises:
            TrainingError: the step is no number, another checkpoint is being written, or none can be.
        """
        step = _whole_step(step)
        if self._directory is None:
            with tempfile.TemporaryDirectory() as forgotten:
                yield Path(forgotten)
            return
        if self._is_saving:
            raise TrainingError("checkpoints: save() within another save(), or in two threads; allowed: one at a time")
        partial, self._is_saving = self._directory / _PARTIAL, True
        try:
            _begin(partial)
            yield partial
            _write_manifest(partial, step)
            places = self._places()
            number = int(places[-1].name.rpartition("-")[2]) + 1 if places else 1
            partial.rename(self._directory / f"step-{step:010d}-{number:06d}")
            sync_directory(self._directory)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            say(f"checkpoints: step {step} cannot be saved ({error}); going on without it")
            return
        finally:
            self._is_saving = False
            shutil.rmtree(partial, ignore_errors=True)
        for old in self._places()[: -self._keep]:
            shutil.rmtree(old, ignore_errors=True)

    def _places(self) -> list[Path]:
        """The checkpoints' directories in the order in which they were saved; a script may go back to earlier steps."""
        if self._directory is None:
            return []
        return sorted(self._directory.glob(_NAMES), key=lambda place: place.name.rpartition("-")[2])


def _whole_step(given: object) -> int:
    try:
        return operator.index(given)  # type: ignore[arg-type]  # NumPy's whole numbers too; a wrong one is told below
    except TypeError:
        raise TrainingError(f"checkpoints: got step={shown(given)}; allowed: a whole number") from None


def _begin(partial: Path) -> None:
    """Make an empty directory.

    Raises:
        TrainingError: nothing can be written there.
    """
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise TrainingError(
            f"checkpoints: {partial.parent} cannot be written to ({error.strerror}); allowed: a directory of this job, "
            "as the stack's checkpoint sets it"
        ) from None


def _write_manifest(directory: Path, step: int) -> None:
    """Make what is in a directory durable, and list it there, last of all."""
    if (directory / MANIFEST).exists():
        raise TrainingError(
            f"checkpoints: {MANIFEST} is the name of the list of a checkpoint's files; take another one"
        )
    files = {}
    for path in sorted(directory.rglob("*")):
        if path.is_dir():
            sync_directory(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        files[path.relative_to(directory).as_posix()] = [path.stat().st_size, _sha256(path)]
    with (directory / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, "step": step, "files": files}, file)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(directory)


def _whole(directory: Path) -> Checkpoint | str:
    """The checkpoint in a directory, or what is wrong with it."""
    try:
        told = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        step, files = int(told["step"]), dict(told["files"])
        if told["format"] != _FORMAT:
            return f"it has format {told['format']}, this code reads {_FORMAT}"
    except FileNotFoundError:
        return f"it has no {MANIFEST}"
    except (ValueError, KeyError, TypeError):
        return f"its {MANIFEST} is torn"
    for name, (size, digest) in files.items():
        path = directory / name
        if not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != size or _sha256(path) != digest:
            return f"{name} is torn, or altered"
    return Checkpoint(step, directory)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def sync_directory(directory: Path) -> None:
    """Make a rename in it durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
