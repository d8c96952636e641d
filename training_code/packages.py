"""Puts the packages that came along with the job in front of this process's imports: no pip, no index, no network.

Each archive is a channel of its own, `packages` or `packages-<extra>`, with one zip file: modules, compiled for the
image's Python, and what else their packages hold. Modules are imported out of it; the rest, libraries and data, is
unpacked meanwhile by a thread. The image's own packages are not compiled, and what is imported of them costs seconds:
the base archive has them compiled as well, each with its source's hash, and Python compiles anew what is not the same.

The toolkit's process knows nothing of this: it keeps the packages that it was built with. Another process of ours is
started as `python packages.py MODULE ARGUMENTS`, where one would write `python -m MODULE ARGUMENTS`.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import cache_from_source, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from failure import TrainingError, reason_of_failure

CHANNEL = "packages"
"""Channels with this name, or with this beginning and a `-`, hold archives."""
ARCHIVE_FILE = "packages.zip"
DESCRIPTION_MEMBER = "packages.json"
FORMAT = 2
BROUGHT, FILES, OF_IMAGE = "modules/", "files/", "image/"
"""Where in an archive its modules are, its other files, and the compiled modules of the image."""
_INSTALLED = "site-packages"
_SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/{_INSTALLED}"
"""As in any environment: libraries of some packages lie beside it, in `lib`."""


def put_in_front(environ: Mapping[str, str]) -> None:
    """Make the packages of all archives importable, before the image's own; without an archive, nothing changes.

    Raises:
        TrainingError: a channel for an archive has none, or one that is for another Python.
    """
    archives = [Archive(Path(directory) / ARCHIVE_FILE) for _, directory in sorted(_channels(environ).items())]
    if not archives:
        return
    places = [place for place in sys.path if Path(place).name == _INSTALLED]
    first = sys.path.index(places[0]) if places else len(sys.path)
    sys.path[first:first] = [str(archive.site) for archive in archives]
    sys.meta_path.insert(0, _Finder(archives, places))
    for archive in reversed(archives):
        archive.join_namespaces()


def fault(environ: Mapping[str, str]) -> str:
    """Put them in front; why that failed, and "" when it did not."""
    return reason_of_failure(lambda: put_in_front(environ), environ)


def is_channel(name: str) -> bool:
    """Whether a channel of that name holds an archive, and no data."""
    return name == CHANNEL or name.startswith(f"{CHANNEL}-")


def _channels(environ: Mapping[str, str]) -> dict[str, str]:
    names = json.loads(environ.get("SM_CHANNELS") or "[]")
    return {name: environ[f"SM_CHANNEL_{name.upper()}"] for name in names if is_channel(name)}


class Archive:
    """One archive, and the environment's directory into which what is no module is unpacked.

    The directory is left to the container, which goes with all that it holds.
    """

    def __init__(self, path: Path) -> None:
        """Open it, and begin to unpack.

        Raises:
            TrainingError: it is not there, not whole, or for another Python than this one.
        """
        cure = "start the job from its schedule, or with every channel of the schedule's target input"
        try:
            self._file = zipfile.ZipFile(path)
            described = json.loads(self._file.read(DESCRIPTION_MEMBER))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise TrainingError(f"packages: {path} is no archive of packages ({error}); {cure}") from None
        if (described["format"], described["python"]) != (FORMAT, sys.implementation.cache_tag):
            raise TrainingError(
                f"packages: {path} is for {described['python']}, and this Python is {sys.implementation.cache_tag}; "
                f"set source.packages to pip, or choose an image with that Python"
            )
        self.directory = Path(tempfile.mkdtemp(prefix="packages-"))
        self.site = self.directory / _SITE
        self.site.mkdir(parents=True)  # of a directory that is not there yet, Python remembers that it is none
        self._members = frozenset(self._file.namelist())
        beginnings = (BROUGHT, f"{FILES}{_SITE}/")
        self._names = frozenset(
            name.removeprefix(each).partition("/")[0]
            for name in self._members
            for each in beginnings
            if name.startswith(each)
        )
        self._failure: BaseException | None = None
        self._unpacking = threading.Thread(target=self._unpack, name=f"unpack {path}")
        self._unpacking.start()

    def __contains__(self, member: str) -> bool:
        return member in self._members

    def read(self, member: str) -> bytes:
        """A member's bytes.

        Raises:
            OSError: it is not there, in the way of a file.
        """
        if member not in self._members:
            raise FileNotFoundError(member)
        return self._file.read(member)

    def join_namespaces(self) -> None:
        """Put its parts of namespaces that are there already, such as `google`, before the image's."""
        for name in self._names & sys.modules.keys():
            module = sys.modules[name]
            if getattr(module, "__file__", None) is None and hasattr(module, "__path__"):
                module.__path__ = [str(self.site / name), *module.__path__]

    def brings(self, top_level: str) -> bool:
        """Whether a package or module of that name is in it, or a part of it; it is all there when this says so."""
        if top_level not in self._names and f"{top_level}.py" not in self._names:
            return False
        self._unpacking.join()
        if self._failure:
            raise TrainingError(f"packages: {self.directory} cannot be filled: {self._failure}") from self._failure
        return True

    def _unpack(self) -> None:
        try:
            for member in self._members:
                if member.startswith(BROUGHT):  # a directory without files may be part of a namespace
                    (self.site / member.removeprefix(BROUGHT)).parent.mkdir(parents=True, exist_ok=True)
            for member in self._members:
                if member.startswith(FILES):
                    path = self.directory / member.removeprefix(FILES)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(self._file.read(member))
        except Exception as error:  # noqa: BLE001  # told where the first package is needed
            self._failure = error


class _Finder:
    """Finds modules that are in an archive: those that it brings, and those of the image that it has compiled."""

    def __init__(self, archives: Sequence[Archive], places: Sequence[str]) -> None:
        self._archives = archives
        self._sections = [(str(archive.site), archive, BROUGHT) for archive in archives]
        self._sections += [(place, archive, OF_IMAGE) for place in places for archive in archives]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As importlib asks: `path` is the parent package's, None for a module at the top."""
        del target
        top_level, _, _ = fullname.partition(".")
        if top_level in sys.stdlib_module_names:
            return None
        for archive in self._archives:
            archive.brings(top_level)
        for place in sys.path if path is None else path:
            for root, archive, section in self._sections:
                if place == root or place.startswith(f"{root}/"):
                    found = _spec(fullname, place, archive, section + place[len(root) + 1 :])
                    if found:
                        return found
        return None


def _spec(fullname: str, place: str, archive: Archive, prefix: str) -> ModuleSpec | None:
    name = fullname.rpartition(".")[2]
    stem = f"{prefix}/{name}" if not prefix.endswith("/") else prefix + name
    # A brought module has its source there; of the image's modules there is the compiled code alone.
    suffix = ".py" if prefix.startswith(BROUGHT) else ".pyc"
    for end, file in ((f"/__init__{suffix}", f"{place}/{name}/__init__.py"), (suffix, f"{place}/{name}.py")):
        member = stem + end
        if member in archive and (suffix == ".py" or Path(file).is_file()):
            loader = _Loader(fullname, file, archive, member)
            within = [str(Path(file).parent)] if file.endswith("/__init__.py") else None
            return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=within)
    return None


class _Loader(SourceFileLoader):
    """Python's own loader of source files, which finds source and compiled code in an archive.

    What it checks is said by the compiled code: nothing of what the archive brings, the source's hash of what the image
    has.
    """

    def __init__(self, fullname: str, path: str, archive: Archive, member: str) -> None:
        super().__init__(fullname, path)
        self._archive = archive
        self._member = member
        self._compiled = cache_from_source(path)
        self._is_brought = member.startswith(BROUGHT)

    def get_data(self, path: str) -> bytes:
        """A file's bytes; of compiled code and of brought modules, those in the archive."""
        if path == self._compiled:
            return self._archive.read(self._member.removesuffix("c") + "c")
        if self._is_brought and path == self.path:
            return self._archive.read(self._member)
        return super().get_data(path)

    def path_stats(self, path: str) -> dict[str, Any]:
        """As importlib asks; a brought module is no file, and has neither time nor size to compare."""
        return {"mtime": 0, "size": None} if self._is_brought else dict(super().path_stats(path))

    def set_data(self, path: str, data: object, *, _mode: int = 0o666) -> None:
        """Nothing: what the image holds is not added to."""


def main(module: str, *arguments: str) -> None:
    """Run a module as a program, with the packages in front."""
    if missing := fault(os.environ):
        sys.exit(missing)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
