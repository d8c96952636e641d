"""Makes the archives of packages: once for each lock, in a cache of the person's, and from then on without an index.

The only module here that reaches a package index, by way of uv. As a command it fills the cache, for a machine or a
pipeline that will deploy without one:

    python -m components.package_building DIRECTORY [EXTRA ...]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pulumi

from .image_python import NoImagePythonError, find_python
from .package_archives import ARCHIVE_FILE, PackageArchive, package_archives
from .source_bundle import read_source_files

_WRITER: Final = Path(__file__).with_name("package_writing.py")
UNCOMPILED: Final = "PACKAGES_MAY_BE_UNCOMPILED"
"""Variable that a rehearsal sets: without the image's Python it goes on with an archive that starts slowly. For AWS
there is none, because every invocation would pay for it."""
INDEX_PROXY: Final = "PACKAGES_INDEX_PROXY"
"""Variable with the address of a proxy on the way to the index, where the usual ones are taken from the program."""
_CERTIFICATES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


class PackagesError(pulumi.RunError):
    """An archive cannot be made; the engine shows the message without a traceback."""


def cache_directory(environ: Mapping[str, str]) -> Path:
    """Where archives are kept: `scheduled-training/packages` in the person's cache directory (XDG_CACHE_HOME)."""
    cache = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".cache")
    return Path(cache) / "scheduled-training" / "packages"


def cached(archive: PackageArchive, environ: Mapping[str, str]) -> Path | None:
    """The archive's file, if it has been made already."""
    path = cache_directory(environ) / archive.digest / ARCHIVE_FILE
    return path if path.is_file() else None


def provide(archive: PackageArchive, environ: Mapping[str, str], say: Callable[[str], None]) -> Path:
    """The archive's file, made now if it is not in the cache; `say` is told what takes long.

    Raises:
        PackagesError: no index can be reached, or there is no Python that compiles for the target.
    """
    if path := cached(archive, environ):
        return path
    path = cache_directory(environ) / archive.digest / ARCHIVE_FILE
    python: Path | None = None
    try:
        python = find_python(archive.target.python_version, environ)
    except NoImagePythonError as error:
        if UNCOMPILED not in environ:
            raise PackagesError(f"the archive {archive.channel} of packages cannot be made: {error}") from None
        path = path.with_name(f"uncompiled-{ARCHIVE_FILE}")
        if path.is_file():
            return path
    say(f"making the archive {archive.channel} for Python {archive.target.python_version}, to be kept in {path.parent}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as directory:
            made = Path(directory) / ARCHIVE_FILE
            places = [_install(lock, archive, Path(directory), environ) for lock in _locks(archive)]
            writer = [str(python or sys.executable), "-I", str(_WRITER), str(made), archive.target.python_version]
            _run([*writer, *map(str, places)], archive, environ)
            made.replace(path)  # whole or not at all: others may be making it as well
    except OSError as error:
        raise PackagesError(
            f"the archive {archive.channel} of packages cannot be kept in {path.parent}: {error.strerror or error}; "
            f"set XDG_CACHE_HOME to a directory that can be written to"
        ) from None
    return path


def _locks(archive: PackageArchive) -> list[str]:
    return [lock for lock in (archive.lock, archive.of_image) if lock]


def _install(lock: str, archive: PackageArchive, directory: Path, environ: Mapping[str, str]) -> Path:
    """Install what a lock names into a directory of its own: the target's wheels, by their hashes."""
    place = Path(tempfile.mkdtemp(prefix="environment-", dir=directory))
    site = place / "lib" / f"python{archive.target.python_version}" / "site-packages"
    requirements = Path(f"{place}.txt")
    requirements.write_text(lock, encoding="utf-8")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(site)]
    command += ["--no-deps", "--require-hashes", "--python-version", archive.target.python_version]
    if archive.target.platform:
        command += ["--python-platform", archive.target.platform]
    command += ["--only-binary", ":all:", "-r", str(requirements)]
    _run(command, archive, environ)
    _move_data(site, place)
    return place


def _move_data(site: Path, place: Path) -> None:
    """Put what wheels have for the environment as a whole, such as shared libraries in `lib`, where that would be.

    `--target` leaves it among the packages, and libraries are looked for by their place beside these.
    """
    for name in ("bin", "etc", "include", "share"):
        if (site / name).is_dir():
            shutil.move(site / name, place / name)
    data = site / "lib"
    if data.is_dir():
        data = data.rename(place / "data")
        shutil.copytree(data, place / "lib", dirs_exist_ok=True, copy_function=shutil.move, symlinks=True)
        shutil.rmtree(data)


def _run(command: list[str], archive: PackageArchive, environ: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=index_variables(environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagesError(
            f"the archive {archive.channel} of packages is not in {cache_directory(environ)} and cannot be made here: "
            f"{' '.join(done.stderr.split())[-600:]}; make it once where a package index can be reached, with `make "
            f"packages`, and bring that directory along"
        )


def index_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables with which uv reaches the index from here."""
    trusted = "true" if any(Path(path).exists() for path in _CERTIFICATES) else "false"
    # uv trusts the machine's own certificates, as pip does: a company's network may add one of its own.
    variables = {"UV_SYSTEM_CERTS": trusted, **environ}
    if proxy := environ.get(INDEX_PROXY):
        variables |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    return variables


def main(directory: str, *extras: str) -> int:
    """Make the archives of a source directory and of the extras named; 0 if all are there."""
    try:
        for archive in package_archives(read_source_files(Path(directory)), extras):
            path = provide(archive, os.environ, print)
            print(f"{archive.channel}: {path.stat().st_size >> 20} MB, {path}")  # noqa: T201 - what the command is for
    except pulumi.RunError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
