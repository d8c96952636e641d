"""A requirements.txt as people have it: in the encodings that pip reads, and with the files that it includes."""

import codecs
import posixpath
import re
from collections.abc import Mapping
from typing import Final

from .source_bundle import SourceBundleError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks that pip knows, the longer ones of two that begin alike first. PowerShell writes UTF-16."""
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
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceBundleError(
            f"{name} in the source directory is not UTF-8 (byte {error.start}), and has no byte order mark; save it as "
            "UTF-8"
        ) from None


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
