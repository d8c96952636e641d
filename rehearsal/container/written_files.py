"""Who wrote what during a training job: the toolkit, or the training script that it started.

Both are the same user, so they are told by time: what changed before the toolkit started the script is the toolkit's
(the code, unpacked), and so are its own two marks at the end. Source: sagemaker-training 4.8.0, trainer.py, files.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from rehearsal.container.files import ContainerFiles
from rehearsal.container.script_lines import INVOKING, TOOLKIT

_MARKS: Final = frozenset({"ml/output/success", "ml/output/failure"})
_TIME_LENGTH: Final = len("2026-11-27 03:34:16,123")


@dataclass(frozen=True)
class WrittenFile:
    """A file that the container has written or changed, by its path in the container's own tree."""

    path: str
    size_in_bytes: int
    writer: Literal["toolkit", "script"]

    def __str__(self) -> str:
        """Its line of a listing."""
        return f"{self.size_in_bytes:>12,}  {self.writer:<7}  {self.path}"


@dataclass
class WrittenFiles:
    """Watches a tree from before the toolkit starts; hand it each line of the log."""

    files: ContainerFiles
    _script_started: float | None = None
    _toolkit_spoke: float | None = None

    def __post_init__(self) -> None:
        """Note what is there."""
        self._before = _changes(self.files)

    def line(self, text: str) -> None:
        """See from the toolkit's own words when it starts the script; the first line of a message has its time."""
        if self._script_started is not None:
            return
        if TOOLKIT in text:
            self._toolkit_spoke = datetime.strptime(text[:_TIME_LENGTH], "%Y-%m-%d %H:%M:%S,%f").timestamp()
        elif INVOKING in text:
            self._script_started = self._toolkit_spoke

    def now(self) -> tuple[WrittenFile, ...]:
        """What has been written or changed until now, by its path."""
        return tuple(self._written(_changes(self.files).items() - self._before.items()))

    def _written(self, changed: Iterable[tuple[str, tuple[int, int]]]) -> Iterable[WrittenFile]:
        started_ns = float("inf") if self._script_started is None else self._script_started * 1e9
        for path, (size, time_ns) in sorted(changed):
            yield WrittenFile(path, size, "toolkit" if path in _MARKS or time_ns < started_ns else "script")


def _changes(files: ContainerFiles) -> dict[str, tuple[int, int]]:
    """Every file of the tree and of its /tmp but the input, with its bytes and the time of its last change in ns.

    That time is the inode's, because an archive's members are given the times of where they come from.
    """
    root, given = files.base.parent, files.base / "input"
    written = (path for path in root.rglob("*") if path.is_file() and not path.is_relative_to(given))
    states = ((path, path.stat()) for path in written)
    return {path.relative_to(root).as_posix(): (state.st_size, state.st_ctime_ns) for path, state in states}
