"""Compiles packages and packs them as an archive: run by the Python that is to import them, and by nothing else.

    python package_writing.py OUTPUT VERSION BROUGHT [OF_IMAGE]

OUTPUT is the zip file. VERSION such as `3.12` says for which Python it is; under another one nothing is compiled.
BROUGHT and OF_IMAGE are directories with an environment's `lib/pythonVERSION/site-packages` in each, and beside each,
as DIRECTORY.txt, is the lock that it was installed from. What training_code/packages.py reads is written here: modules
and their compiled code in `modules/`, every other file in `files/`, and of the image's packages the compiled code alone
in `image/`, with the hash of its source. The locks are written as well, for whoever makes the same archive for another
Python.
"""

import compileall
import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode

FORMAT = 2
_LEFT_OUT = frozenset({"tests", "bin"})
"""Directories of the image's packages that nothing imports, and the place of commands."""


def main(output: str, version: str, brought: str, of_image: str = "") -> None:
    """Write the archive."""
    cache_tag, site = f"cpython-{version.replace('.', '')}", f"lib/python{version}/site-packages"
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        described = {"format": FORMAT, "python": cache_tag}
        _write(archive, "packages.json", json.dumps(described).encode())
        for member, directory in (("brought.txt", brought), ("of_image.txt", of_image)):
            _write(archive, member, Path(f"{directory}.txt").read_bytes() if directory else b"")
        compiles = cache_tag == sys.implementation.cache_tag
        for path, name in _files(Path(brought), PycInvalidationMode.UNCHECKED_HASH if compiles else None):
            module = name.removeprefix(f"{site}/")
            if name.endswith(".py") and module != name:
                _write(archive, f"modules/{module}", path.read_bytes())
                _write_compiled(archive, f"modules/{module}c", path)
            elif not name.startswith("bin/") and path.suffix != ".pyi":
                _write(archive, f"files/{name}", path.read_bytes())
        if of_image and compiles:
            for path, name in _files(Path(of_image, site), PycInvalidationMode.CHECKED_HASH, _LEFT_OUT):
                if name.endswith(".py"):
                    _write_compiled(archive, f"image/{name}c", path)


def _files(
    directory: Path, mode: PycInvalidationMode | None, left_out: frozenset[str] = frozenset()
) -> Iterator[tuple[Path, str]]:
    """The files below a directory, with their names in it; each module is compiled first, unless there is no mode."""
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory)
        if not path.is_file() or path.name.startswith(".") or {"__pycache__", *left_out}.intersection(name.parts):
            continue
        if mode and path.suffix == ".py":
            compileall.compile_file(path, quiet=2, invalidation_mode=mode, stripdir=str(directory))
        yield path, name.as_posix()


def _write_compiled(archive: zipfile.ZipFile, name: str, source: Path) -> None:
    compiled = Path(cache_from_source(str(source)))
    if compiled.exists():  # a module in another Python's syntax, such as a template, is none
        _write(archive, name, compiled.read_bytes())


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """A member whose time is always the same."""
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(*sys.argv[1:])
