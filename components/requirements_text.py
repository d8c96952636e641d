"""A requirements.txt as people have it: in the encodings that pip reads, with what it includes, and with extras."""

import codecs
import posixpath
import re
from collections.abc import Collection, Mapping
from typing import Final

from .source_bundle import REQUIREMENTS, REQUIREMENTS_EXTRAS, SourceBundleError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks that pip knows, the longer ones of two that begin alike first. PowerShell writes UTF-16."""
_CODING: Final = re.compile(rb"coding[:=]\s*([-\w.]+)")
"""How a comment in one of the first two lines names the file's encoding, for pip as for Python."""
_INCLUDE: Final = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(\S+)", re.MULTILINE)


def text_of(content: bytes, name: str) -> str:
    """The text of a requirements file.

    Raises:
        SourceBundleError: it is in no encoding that pip reads.
    """
    try:
        for mark, encoding in _MARKS:
            if content.startswith(mark):
                return content[len(mark) :].decode(encoding)
        return content.decode(_named_encoding(content))
    except UnicodeDecodeError as error:
        raise SourceBundleError(
            f"{name} in the source directory is not {error.encoding.upper()} (byte {error.start}), as which pip reads "
            "it; save it as UTF-8"
        ) from None
    except LookupError:
        raise SourceBundleError(
            f"{name} in the source directory names the encoding {_named_encoding(content)!r}, which nobody knows; save "
            "it as UTF-8, without that comment"
        ) from None


def _named_encoding(content: bytes) -> str:
    comments = (line for line in content.split(b"\n")[:2] if line.startswith(b"#"))
    return next((found[1].decode("ascii", "replace") for line in comments if (found := _CODING.search(line))), "utf-8")


def included(files: Mapping[str, bytes], name: str) -> dict[str, str]:
    """Files that a requirements file includes (`-r`, `-c`), those that these include as well: name -> text.

    Raises:
        SourceBundleError: one is not among the files that travel.
    """
    found: dict[str, str] = {}
    _collect(files, name, found)
    found.pop(name, None)
    return found


def _collect(files: Mapping[str, bytes], name: str, found: dict[str, str]) -> None:
    found[name] = text = text_of(files[name], name)
    for given in _INCLUDE.findall(text):
        inner = posixpath.normpath(posixpath.join(posixpath.dirname(name), given))
        if "://" in given or inner in found:
            continue
        if inner not in files:
            why = "files that end with .in do not travel" if inner.endswith(".in") else "it is not in the directory"
            raise SourceBundleError(
                f"{name} in the source directory includes {given}, which pip will not find at the job's start: {why}; "
                "put it there, as .txt, or write out what it names"
            )
        _collect(files, inner, found)


def compose_requirements(files: Mapping[str, bytes], extras: Collection[str] = ()) -> dict[str, bytes]:
    """Files (POSIX path -> content) whose requirements.txt installs the named extras as well.

    The toolkit installs requirements.txt and nothing else, so the extras' own files are left out. Without extras, no
    other byte changes.

    Raises:
        SourceBundleError: the file of an extra is not among the files.
    """
    own = {f"requirements-{extra}.txt" for extra in REQUIREMENTS_EXTRAS}
    composed = {name: content for name, content in files.items() if name not in own}
    for extra in sorted(set(extras)):
        name = f"requirements-{extra}.txt"
        if name not in files:
            raise SourceBundleError(
                f"{name} is not in the source directory, and the job's settings need what it installs; copy it from "
                f"this project's training_code"
            )
        base = _appendable(composed.get(REQUIREMENTS, b""))
        composed[REQUIREMENTS] = base + (b"" if base.endswith(b"\n") or not base else b"\n") + files[name]
    return composed


def without_requirements(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files (POSIX path -> content) that the toolkit installs nothing for: their packages travel with the job."""
    named = {REQUIREMENTS, *(f"requirements-{extra}.txt" for extra in REQUIREMENTS_EXTRAS)}
    return {name: content for name, content in files.items() if name not in named}


def _appendable(content: bytes) -> bytes:
    """A requirements file that lines in ASCII can be put behind: of two bytes a letter it would be none after that."""
    marked = any(content.startswith(mark) for mark, _ in _MARKS)
    return text_of(content, REQUIREMENTS).encode() if marked else content
