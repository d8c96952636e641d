"""What Arrow reads a CSV file from: the file itself, hashed on the way, or its rows written plainly."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _Stream(io.RawIOBase):
    def readable(self) -> bool:
        return True


class Hashing(_Stream):
    """A file that is hashed while it is read: under FastFile a second reading would be a second download."""

    def __init__(self, file: io.BufferedReader) -> None:
        """Hash what is read from here on."""
        self._file = file
        self._digest = hashlib.sha256()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """As every raw stream."""
        view = memoryview(buffer)
        count = self._file.readinto(view)
        self._digest.update(view[:count])
        return count

    def finish(self) -> str:
        """The digest of the whole file, read to its end."""
        while chunk := self._file.read(1 << 20):
            self._digest.update(chunk)
        return self._digest.hexdigest()


class Rewritten(_Stream):
    """Rows as plain CSV, written while they are read."""

    def __init__(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Write such rows, each with the number of its line, which is not written."""
        self._rows = rows
        self._rest = b""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """As every raw stream."""
        view = memoryview(buffer)
        if not self._rest:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            for _, row in self._rows:
                writer.writerow(row)
                if text.tell() >= len(view):
                    break
            self._rest = text.getvalue().encode()
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
