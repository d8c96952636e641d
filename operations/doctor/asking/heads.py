"""The head of a data file as a file of its own: whole lines of text, unpacked; nothing where a head tells nothing."""

from __future__ import annotations

import zlib
from typing import Final

LARGEST: Final = 4 << 20
"""Bytes of an object that are fetched: a larger one is read by its head."""
_PACKED: Final = (b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")
_GZIP: Final = _PACKED[0]
_PARQUET: Final = b"PAR1"
"""Parquet says at its end what it holds. Source: training_code/data/file_kinds.py."""
_TRIES: Final = 100


def head_of(content: bytes, *, is_whole: bool) -> bytes | None:
    """What a file is that holds the head of another; None where only the whole of it can be read."""
    if is_whole:
        return content
    if content.startswith(_GZIP):
        content = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, LARGEST)
    elif content.startswith((*_PACKED, _PARQUET)):
        return None
    return _whole_lines(content)


def _whole_lines(text: bytes) -> bytes | None:
    """Without the last line, which is cut; nor any before it that a quoted value goes on over the end of."""
    last = end = text.rfind(b"\n") + 1
    for _ in range(_TRIES):
        if text.count(b'"', 0, end) % 2 == 0:
            return text[:end] or None
        end = text.rfind(b"\n", 0, end - 1) + 1
    return text[:last] or None  # quotation marks quote nothing here
