"""The encoding of a CSV file, by its first bytes, and what is said of bytes that are no text."""

from __future__ import annotations

import codecs
import re

from failure import TrainingError, shown
from progress import say

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY_ENCODINGS = ("cp1252", "cp1250", "iso8859-15")


def readings_of(raw: bytes) -> str:
    """Bytes that are not UTF-8, as several encodings read them."""
    return ", ".join(f"{shown(raw.decode(each, 'replace'), 20)} in {each}" for each in _LIKELY_ENCODINGS)


def not_text(name: str, line: str, raw: bytes, encoding: str) -> TrainingError:
    """The error for bytes that `encoding` does not read, with what others make of them."""
    return TrainingError(
        f"{name}{line}: is not {encoding.upper()} text; it may be {readings_of(raw)}: set the hyperparameter "
        f"csv_encoding, or save the file as UTF-8"
    )


def damaged(name: str, compression: str | None, error: Exception) -> TrainingError:
    """The error for a file that cannot be unpacked, or not be read at all."""
    if compression:
        return TrainingError(
            f"{name}: cannot be unpacked, the {compression} file is damaged or cut off; upload it again"
        )
    return TrainingError(f"{name}: cannot be read ({shown(error, 120)}); upload it again")


def encoding_of(start: bytes, name: str, told: str | None) -> str:
    """The encoding of a file that begins so: that of the mark there, else the one that the settings say, or the likely.

    Says so where the file itself says something else than the settings.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            if told and not told.startswith(encoding):
                say(f"note: {name}: begins with the mark of {encoding}, and is read so, not as {told}")
            return encoding
    if told:
        if not told.startswith("utf") and not start.isascii() and _is_utf_8(start):
            say(f"note: {name}: is read as {told}, and is UTF-8 text as well; correct csv_encoding if words look odd")
        return told
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_second = start[offset:2000:2]
        if len(every_second) > 3 and every_second.count(0) > 0.7 * len(every_second):
            return encoding
    return "utf-8"


def _is_utf_8(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def decoded(start: bytes, encoding: str, name: str, is_whole: bool) -> str:
    """The text of a file's start, without a line that is not whole.

    Raises:
        TrainingError: for bytes that the encoding does not read.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    try:
        text = decoder.decode(start)
    except UnicodeDecodeError as error:
        line = start[: error.start].count(b"\n") + 1
        begin = max(start.rfind(sign, 0, error.start) for sign in (b"\n", b",", b";", b"\t", b"|", b'"', b" ")) + 1
        word = re.split(rb'[\n\r,;\t|"]', start[begin : begin + 40])[0]
        raise not_text(name, f", line {line}", word, encoding) from None
    if not is_whole:
        text = text[: text.rfind("\n") + 1] or text
    return text
