"""Numbers as programs for people spell them: 12.5 %, $1,234.50, 1 234,50 €, (1,234), 123-, true. Read without them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow

from data import csv_numbers
from data.csv_numbers import Notation

TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
"""Words that are 1 and 0, as pandas reads them."""
TRUTH = frozenset([*TRUE, *FALSE])
_SHARES = ("%", "‰")
_CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|KRW|SGD|HKD|TRY|ILS"
_UNIT = rf"%|‰|[A-Z]{{0,3}}\$|[€£¥₹₽₩₺₪₫฿₴₦₱]|(?:{_CODES})"
_BLANK = "[ \u00a0\u2009\u202f]"
_GROUPED = re.compile("[1-9]\\d{0,2}(?:([ \u00a0\u2009\u202f'’])\\d{3})(?:\\1\\d{3})*(?=[.,]|$)")
"""Groups of three with marks that stand for nothing else, as in France and Switzerland."""
_SPELLED = re.compile(
    rf"(?P<open>\()?{_BLANK}*(?P<sign>[-+−])?{_BLANK}*(?:(?P<before>{_UNIT}){_BLANK}*)?(?P<next>[-+−])?"
    rf"(?P<number>[\d.,]*\d(?:(?:{_BLANK}|['’])\d{{3}})*[\d.,]*(?:[eE][+-]?\d+)?){_BLANK}*"
    rf"(?P<after>{_UNIT})?(?P<behind>-)?{_BLANK}*(?P<close>\))?"
)


@dataclass(frozen=True)
class Spelled:
    """A number without what stands around it: its sign is in front, and its marks are still the file's."""

    number: str
    unit: str = ""


def bare(text: str) -> Spelled | None:
    """What is left of a number; None for what is none in any notation."""
    text = text.strip()
    found = _SPELLED.fullmatch(text)
    if not found:
        return None
    signs = [found[each] for each in ("sign", "next", "behind") if found[each]] + (["-"] if found["open"] else [])
    units = [found[each] for each in ("before", "after") if found[each]]
    if len(signs) > 1 or len(units) > 1 or bool(found["open"]) != bool(found["close"]):
        return None
    if found["behind"] and not re.search("[.,]", found["number"]):
        return None  # 2- may be a grade
    number = _GROUPED.sub(lambda groups: re.sub(r"\D", "", groups[0]), found["number"], count=1)
    sign = "-" if signs and signs[0] != "+" else ""
    return Spelled(sign + number, units[0] if units else "")


def notation_of(words: Iterable[str], given: Notation, delimiter: str, is_sure: bool) -> Notation:
    """How the numbers among the words are written, where that which is `given` makes no sense of them.

    Raises:
        TrainingError: when there are two ways.
    """
    numbers = [each.number for each in map(bare, words) if each]
    if all(csv_numbers.is_number(given.plain(each)) for each in numbers):
        return given
    decimal = given.decimal if is_sure else None
    return csv_numbers.find_out([numbers], delimiter, decimal, None, "numbers of a column") or given


def value_of(word: str, notation: Notation) -> float | None:
    """The number that a word is, of true and false 1 and 0; None where it is none."""
    word = word.strip()
    if word in TRUTH:
        return float(word in TRUE)
    found = None if csv_numbers.is_number(notation.plain(word)) else bare(word)
    return plain_value_of(found.number if found else word, notation)


def plain_value_of(word: str, notation: Notation) -> float | None:
    """The number that a word is as it stands; None where it is none."""
    plain = notation.plain(word.strip())
    return float(plain) if csv_numbers.is_number(plain) else None


def common_unit(numbers: Iterable[tuple[str, float | None]]) -> str | None:
    """What stands beside words that are numbers, "" for nothing; None where some are none, or of another unit.

    5 and 5 % are not the same, but 0 is 0 %; what is true is 1, among nothing but 0 and 1.
    """
    units, lacking, truths, values = set[str](), set[float](), False, set[float]()
    for word, value in numbers:
        if value is None:
            return None
        found = bare(word)
        if found and found.unit:
            units.add(found.unit)
        else:
            lacking.add(value)
        truths = truths or word.strip() in TRUTH
        values.add(value)
    unit = next(iter(units), "")
    is_mixed = len(units) > 1 or (unit in _SHARES and bool(lacking - {0.0}))
    return None if is_mixed or (truths and (unit or values - {0.0, 1.0})) else unit


def converted(chunk: pyarrow.Array, value: Callable[[str], float | None]) -> pyarrow.Array:
    """A column of words as numbers."""
    values = pyarrow.array([value(word) for word in chunk.dictionary.to_pylist()], pyarrow.float64())
    return values.take(chunk.indices)
