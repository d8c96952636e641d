"""How numbers are written in a CSV file: with a point or a comma, in groups of three or not. Found out, or told."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from failure import TrainingError, shown

_NUMBERISH = re.compile(r"[+-]?[\d.,' ]*\d[\d.,]*(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Notation:
    """The mark before decimals, and the one between groups of three digits, if any."""

    decimal: str = "."
    thousands: str | None = None

    def __str__(self) -> str:
        groups = f", {self.thousands!r} between thousands" if self.thousands else ""
        return f"{self.decimal!r} before decimals{groups}"

    def plain(self, text: str) -> str:
        """A number as Python writes it, if `text` is one in this notation; something that is no number otherwise."""
        if self.thousands and self.thousands in text:
            if not _matcher(self)(text):
                return "no number"
            text = text.replace(self.thousands, "")
        if self.decimal == ".":
            return text
        return "no number" if "." in text else text.replace(self.decimal, ".")


PLAIN = Notation()
_GUESSED = (PLAIN, Notation(","), Notation(".", ","), Notation(",", "."))


def find_out(  # noqa: PLR0913, PLR0917  # the numbers, and all that is known of how they are written
    columns: Iterable[Sequence[str]],
    delimiter: str,
    decimal: str | None,
    thousands: str | None,
    name: str,
    like: Notation | None = None,
) -> Notation | None:
    """The one notation in which the numbers of a file make sense; None where none of them shows it.

    `columns` are some values of each column, without missing ones; `decimal` and `thousands` are what the settings say;
    `like` is the notation of another file, which decides between two that fit.

    Raises:
        TrainingError: when there are two such notations.
    """
    columns = list(columns)
    if thousands:
        return _checked(Notation(decimal or ("," if thousands == "." else "."), thousands), columns, name)
    candidates = [each for each in _GUESSED if decimal in (None, each.decimal)]
    numbers = _with_marks(columns)
    read = {each: [values for values in numbers if all(map(_matcher(each), values))] for each in candidates}
    most = max(map(len, read.values()))
    fitting = [each for each in candidates if len(read[each]) == most and _is_needed(each, read[each])]
    if not most or not fitting:
        return _checked(candidates[0], columns, name) if decimal else None
    if len(fitting) == 1 or (fitting[0] == PLAIN and delimiter == ","):
        return fitting[0]
    if like and (alike := [each for each in fitting if each.decimal == like.decimal]):
        return like if like in alike else alike[0]
    first, second = fitting[:2]
    example = next(value for values in read[first] for value in values if "," in value or "." in value)
    readings = " or ".join(f"{notation.plain(example)} ({notation})" for notation in (first, second))
    raise TrainingError(
        f"{name}: {shown(example)} may be {readings}; set the hyperparameter csv_decimal to "
        f"{shown(first.decimal)} or {shown(second.decimal)}"
    )


def _checked(told: Notation, columns: Iterable[Sequence[str]], name: str) -> Notation:
    """The notation that the settings say, unless it makes sense of no number while another one does."""
    numbers = _with_marks(columns)
    if not any(all(map(_matcher(told), values)) for values in numbers):
        for other in _GUESSED:
            for values in numbers:
                if all(map(_matcher(other), values)):
                    example = next(value for value in values if "," in value or "." in value)
                    raise TrainingError(
                        f"{name}: {shown(example)} is no number with {told}; correct the hyperparameters csv_decimal "
                        f"and csv_thousands, or leave them out"
                    )
    return told


def _with_marks(columns: Iterable[Sequence[str]]) -> list[list[str]]:
    """What looks like numbers in the columns that mostly do, and have a point or a comma among them."""
    found = []
    for values in columns:
        numbers = [value for value in values if _NUMBERISH.fullmatch(value)]
        if 2 * len(numbers) > len(values) and any("," in value or "." in value for value in numbers):
            found.append(numbers)
    return found


def _is_needed(notation: Notation, columns: Sequence[Sequence[str]]) -> bool:
    """Groups of three are, where some number has them."""
    return notation.thousands is None or any(notation.thousands in value for values in columns for value in values)


def _matcher(notation: Notation) -> Callable[[str], object]:
    groups = rf"[1-9]\d{{0,2}}(?:{re.escape(notation.thousands)}\d{{3}})+|" if notation.thousands else ""
    decimals = rf"(?:{re.escape(notation.decimal)}\d*)?"
    bare = rf"{re.escape(notation.decimal)}\d+"
    return re.compile(rf"[+-]?(?:(?:{groups}\d+){decimals}|{bare})(?:[eE][+-]?\d+)?").fullmatch


def is_number(text: str) -> bool:
    """Whether a text is a number to Arrow: all that Python takes but for underscores, other digits and NaN."""
    try:
        return text.isascii() and not math.isnan(float(text)) and "_" not in text
    except ValueError:
        return False
