"""The half-grown forest on disk, in one file that is replaced whole: SageMaker copies the directory to S3 all the time.

SIGTERM does not reach the script under the SageMaker toolkit, so the file is written as the forest grows, never on a
signal. Layout: one line of JSON (what the forest was grown from, length and SHA-256 of the rest), then the pickle.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy
import sklearn
from sklearn.ensemble import RandomForestClassifier

from estimators import size
from failure import TrainingError
from hyperparameters import Hyperparameters
from progress import say

FILE_NAME = "forest.checkpoint"
_PARTIAL = FILE_NAME + ".partial"
_FORMAT = 1


@dataclass(frozen=True)
class Origin:
    """What a forest grows from. Another origin, another forest."""

    data_digest: str
    code_digest: str
    hyperparameters: dict[str, Any]
    versions: dict[str, str]

    @classmethod
    def of(cls, settings: Hyperparameters, data_digest: str, code_digest: str) -> Origin:
        """The origin of a run here; `n_jobs` is left out, it changes no tree."""
        chosen = {name: value for name, value in asdict(settings).items() if name != "n_jobs"}
        versions = {"python": ".".join(platform.python_version_tuple()[:2])}
        versions |= {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__}
        return cls(data_digest, code_digest, chosen, versions)


@dataclass(frozen=True)
class Checkpoint:
    """A forest as far as it had grown, and the MLflow run it belongs to."""

    forest: RandomForestClassifier
    trees: int
    run_id: str


@dataclass(frozen=True)
class CheckpointFile:
    """The checkpoint of one run in `directory`; without one, nothing is saved and nothing found."""

    directory: Path | None
    origin: Origin

    def save(self, forest: RandomForestClassifier, run_id: str) -> None:
        """Replace the checkpoint by `forest`; a kill at any moment leaves the old one or the new one.

        One that cannot be written, because the disk is full say, costs no training; the log says so.
        """
        if self.directory is None:
            return
        try:
            self._replace(self.directory, forest, run_id)
        except OSError as error:
            say(f"checkpoint: {self.directory / FILE_NAME} cannot be written ({error}); growing goes on without it")

    def _replace(self, directory: Path, forest: RandomForestClassifier, run_id: str) -> None:
        body = pickle.dumps(forest, protocol=pickle.HIGHEST_PROTOCOL)
        head = {
            "format": _FORMAT,
            "origin": asdict(self.origin),
            "trees": size(forest),
            "run_id": run_id,
            "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        directory.mkdir(parents=True, exist_ok=True)
        partial = directory / _PARTIAL
        with partial.open("wb") as file:
            file.write(json.dumps(head, sort_keys=True).encode() + b"\n")
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(directory / FILE_NAME)
        _sync_directory(directory)

    def load(self) -> Checkpoint | None:
        """The checkpoint of an earlier start of this job, or None; why one that is there is not used goes to the log.

        Only a whole file of the same origin is unpickled.
        """
        if self.directory is None:
            return None
        (self.directory / _PARTIAL).unlink(missing_ok=True)
        path = self.directory / FILE_NAME
        if not path.is_file():
            say(f"checkpoint: none in {self.directory}, growing from the start")
            return None
        with path.open("rb") as file:
            head, body = file.readline(), file.read()
        try:
            saved = self._verify(head, body)
        except TrainingError as reason:
            say(f"checkpoint: {path} is not used: {reason}; growing from the start")
            return None
        unit = "epochs" if self.origin.hyperparameters["partial_fit_epochs"] else "trees"
        say(f"checkpoint: going on from {saved.trees} {unit} of {path}")
        return saved

    def _verify(self, head: bytes, body: bytes) -> Checkpoint:
        try:
            facts = json.loads(head)
            version, origin, length, digest = facts["format"], facts["origin"], facts["length"], facts["sha256"]
            trees, run_id = int(facts["trees"]), str(facts["run_id"])
        except (ValueError, KeyError, TypeError):
            raise TrainingError("it is not a checkpoint of this program") from None
        if version != _FORMAT:
            raise TrainingError(f"it has format {version}, this program reads {_FORMAT}")
        if len(body) != length or hashlib.sha256(body).hexdigest() != digest:
            raise TrainingError(f"it is torn ({len(body)} of {length} bytes, or altered ones)")
        if difference := _difference(origin, json.loads(json.dumps(asdict(self.origin)))):
            raise TrainingError(f"it was grown from {difference}")
        try:
            forest = pickle.loads(body)  # noqa: S301  # whole, and written by this code for this very training job
        except Exception as error:  # noqa: BLE001  # the pickle of another package's version may raise anything
            raise TrainingError(f"it cannot be unpickled ({type(error).__name__}: {error})") from None
        return Checkpoint(forest, trees, run_id)


def is_in(directory: Path | None) -> bool:
    """Whether an earlier start of the job left a checkpoint, fit for use or not."""
    return directory is not None and (directory / FILE_NAME).is_file()


def code_digest(directory: Path) -> str:
    """SHA-256 over the Python files in `directory`: stands in for the source bundle's digest outside SageMaker."""
    digest = hashlib.sha256()
    for path in sorted(directory.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
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


def _sync_directory(directory: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
