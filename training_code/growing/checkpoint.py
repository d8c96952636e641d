"""The half-grown estimator on disk: SageMaker copies the directory to S3 all the time, and brings it back.

SIGTERM does not reach the script under the SageMaker toolkit, so it is written as the estimator grows, never on a
signal. A tree does not change once it has grown, so of a forest each file has the trees of a batch, and its name says
how many came before; every other estimator is one file, replaced whole. Layout of a file: one line of JSON (what was
grown from what, length and SHA-256 of the rest), then the pickle.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import pickle
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy
import sklearn
from sklearn.base import BaseEstimator

from failure import TrainingError
from options.estimators import is_forest, size, unit
from options.hyperparameters import Hyperparameters
from progress import say
from scheduled_job.checkpoints import sync_directory

_SUFFIX = ".checkpoint"
_PARTIAL = "next.partial"
_FORMAT = 2
_CHANGES_NO_TREE = ("n_jobs", "checkpoint_seconds", "system_metrics", "data_checks", "pictures")


@dataclass(frozen=True)
class Origin:
    """What a forest grows from. Another origin, another forest."""

    data_digest: str
    code_digest: str
    hyperparameters: dict[str, Any]
    versions: dict[str, str]

    @classmethod
    def of(cls, settings: Hyperparameters, data_digest: str, code_digest: str) -> Origin:
        """The origin of a run here, without what changes no tree."""
        chosen = {name: value for name, value in asdict(settings).items() if name not in _CHANGES_NO_TREE}
        versions = {"python": ".".join(platform.python_version_tuple()[:2])}
        versions |= {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__}
        return cls(data_digest, code_digest, chosen, versions)


@dataclass(frozen=True)
class Checkpoint:
    """An estimator as far as it had grown (`size`, in its unit), and the MLflow run it belongs to."""

    model: BaseEstimator
    size: int
    run_id: str


class Checkpoints:
    """The checkpoints of one run in `directory`; without one, nothing is saved and nothing found."""

    def __init__(self, directory: Path | None, origin: Origin) -> None:
        self._directory = directory
        self._origin = origin
        self._saved_trees = 0

    def save(self, model: BaseEstimator, run_id: str) -> None:
        """Add what has grown since the last time; a kill at any moment leaves what was there, or that and this.

        What cannot be written, because the disk is full say, costs no training; the log says so, and the next time it
        is tried again.
        """
        if self._directory is None:
            return
        first = self._saved_trees if is_forest(model) else 0
        try:
            self._write(self._directory, first, model, run_id)
        except OSError as error:
            say(f"checkpoint: {_path(self._directory, first)} cannot be written ({error}); growing goes on without it")
            return
        if is_forest(model):
            self._saved_trees = size(model)

    def load(self) -> Checkpoint | None:
        """What earlier starts of this job have grown, or None; why a file that is there is not used goes to the log.

        Only whole files of the same origin are unpickled.
        """
        if self._directory is None:
            return None
        (self._directory / _PARTIAL).unlink(missing_ok=True)
        parts: list[Checkpoint] = []
        while (path := _path(self._directory, parts[-1].size if parts else 0)).is_file():
            try:
                parts.append(self._read(path, after=parts[-1].size if parts else 0))
            except TrainingError as reason:
                without = "going on without it" if parts else "growing from the start"
                say(f"checkpoint: {path} is not used: {reason}; {without}")
                break
            if not is_forest(parts[-1].model):
                break
        if not parts:
            if not path.is_file():
                say(f"checkpoint: none in {self._directory}, growing from the start")
            return None
        saved = parts[-1]
        if is_forest(saved.model):
            saved.model.estimators_ = [tree for part in parts for tree in part.model.estimators_]
            self._saved_trees = saved.size
        say(f"checkpoint: going on from {saved.size} {unit(saved.model)} in {self._directory}")
        return saved

    def _write(self, directory: Path, first: int, model: BaseEstimator, run_id: str) -> None:
        part = model
        if first:
            part = copy.copy(model)
            part.estimators_ = model.estimators_[first:]
        facts = {"format": _FORMAT, "origin": asdict(self._origin), "size": size(model), "run_id": run_id}
        directory.mkdir(parents=True, exist_ok=True)
        partial = directory / _PARTIAL
        with partial.open("wb") as file:
            file.write(_head(facts))
            body = _Hashed(file)
            pickle.dump(part, body, protocol=pickle.HIGHEST_PROTOCOL)
            file.seek(0)
            file.write(_head(facts, body.length, body.sha256.hexdigest()))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(_path(directory, first))
        sync_directory(directory)

    def _read(self, path: Path, after: int) -> Checkpoint:
        with path.open("rb") as file:
            head, body = file.readline(), file.read()
        try:
            facts = json.loads(head)
            version, origin, length, digest = facts["format"], facts["origin"], int(facts["length"]), facts["sha256"]
            grown, run_id = int(facts["size"]), str(facts["run_id"])
            if grown <= after:
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise TrainingError("it is not a checkpoint of this program") from None
        if version != _FORMAT:
            raise TrainingError(f"it has format {version}, this program reads {_FORMAT}")
        if len(body) != length or hashlib.sha256(body).hexdigest() != digest:
            raise TrainingError(f"it is torn ({len(body)} of {length} bytes, or altered ones)")
        if difference := _difference(origin, json.loads(json.dumps(asdict(self._origin)))):
            raise TrainingError(f"it was grown from {difference}")
        try:
            model = pickle.loads(body)  # noqa: S301  # whole, and written by this code for this very training job
        except Exception as error:  # noqa: BLE001  # the pickle of another package's version may raise anything
            raise TrainingError(f"it cannot be unpickled ({type(error).__name__}: {error})") from None
        return Checkpoint(model, grown, run_id)


def is_in(directory: Path | None) -> bool:
    """Whether an earlier start of the job left a checkpoint, fit for use or not."""
    return directory is not None and _path(directory, 0).is_file()


def code_digest(directory: Path) -> str:
    """SHA-256 over the Python files below `directory`: stands in for the source bundle's digest outside SageMaker."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.py")):
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _difference(saved: object, current: dict[str, Any]) -> str:
    if not isinstance(saved, dict) or {name: type(value) for name, value in saved.items()} != {
        name: type(value) for name, value in current.items()
    }:
        return "something this program does not know"
    if saved["data_digest"] != current["data_digest"]:
        return "other data"
    if saved["code_digest"] != current["code_digest"]:
        return "other code"
    for what in ("hyperparameters", "versions"):
        names = sorted(saved[what].keys() | current[what].keys())
        if other := [name for name in names if saved[what].get(name) != current[what].get(name)]:
            name = other[0]
            return f"other {what} ({name}: {saved[what].get(name)!r} then, {current[what].get(name)!r} now)"
    return ""


class _Hashed:
    """A file that is written to, and the length and SHA-256 of what is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.length = 0
        self.sha256 = hashlib.sha256()

    def write(self, content: bytes | memoryview) -> int:
        self.sha256.update(content)
        self.length += memoryview(content).nbytes
        return self._file.write(content)


def _path(directory: Path, first: int) -> Path:
    """The file with what comes after the first trees."""
    return directory / f"after-{first:06d}{_SUFFIX}"


def _head(facts: dict[str, Any], length: int = 0, sha256: str = "0" * 64) -> bytes:
    """The first line, which is equally long whatever length and SHA-256 are."""
    return json.dumps(facts | {"length": f"{length:020d}", "sha256": sha256}, sort_keys=True).encode() + b"\n"
