"""The training code as SageMaker fetches it: `sourcedir.tar.gz`, the same bytes from the same files, everywhere.

Times, owners, modes and order are fixed, and the gzip stream is made of stored blocks: what a compressor emits differs
between zlib and zlib-ng, hence between Python builds, and the bundle's digest is part of its S3 key (docs/adr/0003).
"""

import difflib
import hashlib
import io
import os
import struct
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import pulumi

_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED_BLOCK_MAX_BYTES: Final = 0xFFFF
_NAMED_FILES_MAX: Final = 10
_LEFT_OUT_DIRECTORIES: Final = frozenset({"__pycache__", "node_modules"})
_LEFT_OUT_SUFFIXES: Final = frozenset({".pyc", ".pyo", ".in"})
REQUIREMENTS: Final = "requirements.txt"
SETUP: Final = "setup.py"
"""A file by which the toolkit takes a directory for a package. Source: sagemaker-training 5.1.4, _entry_point_type."""
START: Final = "start_with_packages.py"
"""Of training_code: what the toolkit starts instead of code that knows nothing of archives and dated data."""
_START_DIRECTORY: Final = "start_with_packages"
_START_MODULES: Final = {
    "dated_channels.py": "dated_channels.py",
    "failure.py": "scheduled_job/failure.py",
    "packages.py": "packages.py",
    "progress.py": "scheduled_job/log.py",
    "s3_objects.py": "s3_objects.py",
    "scheduled_dates.py": "scheduled_dates.py",
}
"""Name there -> name in training_code."""
SCRIPT_PACKAGE: Final = "scheduled_job"
"""Of training_code: what a script of one's own may import, and so travels with it."""
REQUIREMENTS_EXTRAS: Final = ("accelerator", "cluster")
"""What only some jobs install: `requirements-<extra>.txt` beside requirements.txt has the pins that are added to it."""


class SourceBundleError(pulumi.RunError):
    """The training code cannot be bundled; the engine shows the message without a traceback."""


@dataclass(frozen=True)
class SourceBundle:
    """A finished bundle: its bytes and their SHA-256 in hex."""

    content: bytes = field(repr=False)
    digest: str


def read_source_files(directory: Path) -> dict[str, bytes]:
    """The files of a training code directory: POSIX path relative to it -> content.

    Hidden and compiled ones are left out, and a link to a directory is not followed.

    Raises:
        SourceBundleError: the directory does not exist, or something in it cannot be read.
    """
    try:
        if not directory.is_dir():
            raise SourceBundleError(
                f"source.directory {directory} is not a directory; create it or correct the setting"
            )
        return {name.as_posix(): (directory / name).read_bytes() for name in _file_names(directory)}
    except OSError as error:
        name = Path(error.filename or directory).relative_to(directory).as_posix()
        raise SourceBundleError(
            f"source.directory {directory}: {name} cannot be read ({error.strerror}); make it readable, or remove it"
        ) from error


def _file_names(directory: Path) -> list[Path]:
    """Paths, relative to the directory, of the files that belong to the bundle, in order."""
    found = []
    for parent, directories, names in os.walk(directory, onerror=_raise):
        inside = Path(parent).relative_to(directory)
        directories[:] = [
            name for name in directories if not name.startswith(".") and name not in _LEFT_OUT_DIRECTORIES
        ]
        found += [inside / name for name in names if _belongs(inside / name) and _is_file(directory, inside / name)]
    return sorted(found)


def _is_file(directory: Path, name: Path) -> bool:
    """Whether it is one, rather than a pipe or a socket; a link that leads nowhere is a file that was meant."""
    path = directory / name
    if path.is_symlink() and not path.exists():
        raise SourceBundleError(
            f"source.directory {directory}: {name.as_posix()} is a link to {path.readlink()}, where there is no file; "
            "put the file itself there, or remove the link"
        )
    return path.is_file()


def _raise(error: OSError) -> NoReturn:
    raise error


def _belongs(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not _LEFT_OUT_DIRECTORIES.intersection(path.parts) and path.suffix not in _LEFT_OUT_SUFFIXES


def with_start(files: Mapping[str, bytes], start: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files (POSIX path -> content) of code that knows nothing of archives and dates, and what starts it with both.

    `start` are the files of this project's training code.

    Raises:
        SourceBundleError: the code has something under these names itself.
    """
    added = {START: start[START]} | {
        f"{_START_DIRECTORY}/{name}": start[source] for name, source in _START_MODULES.items()
    }
    if taken := [name for name in files if name == START or name.startswith(f"{_START_DIRECTORY}/")]:
        raise SourceBundleError(
            f"{taken[0]} in the source directory has the name of what puts packages and dated data in place before "
            f"the code starts; rename it"
        )
    return {**files, **added}


def with_script_package(files: Mapping[str, bytes], shipped: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files (POSIX path -> content) of code of one's own, and the package that such code may import.

    `shipped` are the files of this project's training code. A copy of the package that is the same is no fault.

    Raises:
        SourceBundleError: the code has something else under that name itself.
    """
    added = {name: content for name, content in shipped.items() if name.startswith(f"{SCRIPT_PACKAGE}/")}
    taken = [
        name
        for name, content in files.items()
        if name == f"{SCRIPT_PACKAGE}.py" or (name.startswith(f"{SCRIPT_PACKAGE}/") and added.get(name) != content)
    ]
    if taken:
        raise SourceBundleError(
            f"{taken[0]} in the source directory has the name of the package {SCRIPT_PACKAGE}, which travels with code "
            f"of your own (docs/own-code.md); rename it, or remove it if it is an older copy of that package"
        )
    return {**files, **added}


def require_entry_point(files: Mapping[str, bytes], entry_point: str) -> None:
    """See that the script is there, and name what is instead.

    Raises:
        SourceBundleError: the entry point is not among the files.
    """
    if entry_point not in files:
        raise SourceBundleError(
            f"source.entry_point {entry_point!r} is not in the source directory; it has: {_named(files, entry_point)}"
        )


def bundle_source(files: Mapping[str, bytes], entry_point: str) -> SourceBundle:
    """Pack files (POSIX path -> content) so that the entry point lies at the root of the archive.

    Raises:
        SourceBundleError: the entry point is not among the files.
    """
    require_entry_point(files, entry_point)
    content = _gzip_stored(_tar(files))
    return SourceBundle(content=content, digest=hashlib.sha256(content).hexdigest())


def _named(files: Mapping[str, bytes], sought: str) -> str:
    """At most ten of the files for a message, those first whose names are most like the one that is sought."""
    near = difflib.get_close_matches(sought, files, n=_NAMED_FILES_MAX)
    names = [*near, *(name for name in files if name not in near)][:_NAMED_FILES_MAX]
    more = f" and {len(files) - len(names):,} more" if len(files) > len(names) else ""
    return f"{', '.join(names)}{more}" if names else "no files"


def write_bundle(bundle: SourceBundle, directory: Path) -> Path:
    """Put the bundle at `<directory>/<digest>/sourcedir.tar.gz`, whole or not at all; an existing one is the same."""
    path = directory / bundle.digest / "sourcedir.tar.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(bundle.content)
        partial.replace(path)
    return path


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)  # its defaults are owner 0, mode 0644 and the time 0
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return buffer.getvalue()


def _gzip_stored(data: bytes) -> bytes:
    """A gzip stream (RFC 1952) of stored deflate blocks (RFC 1951): no compressor, so one possible result."""
    blocks = []
    for start in range(0, len(data), _STORED_BLOCK_MAX_BYTES):
        chunk = data[start : start + _STORED_BLOCK_MAX_BYTES]
        is_last = start + len(chunk) == len(data)
        blocks.append(struct.pack("<BHH", is_last, len(chunk), len(chunk) ^ 0xFFFF) + chunk)
    return _GZIP_HEADER + b"".join(blocks) + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
