r"""Patterns of AWS service models, compiled for Python.

The models' patterns are written for Java and ECMA-262. Python's `re` lacks their Unicode and POSIX classes
(`\p{L}`, `\p{Alnum}`), spells named groups differently and warns about a bare `[` in a class. What has no translation
raises `PatternError`: a pattern that is skipped would let every value pass.
Source: Java SE API, `java.util.regex.Pattern`; Smithy 2.0, "pattern trait" (ECMA-262 dialect).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

_POSIX_CLASSES: Final = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "ASCII": r"\x00-\x7f",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "Digit": "0-9",
    "Graph": r"\x21-\x7e",
    "Lower": "a-z",
    "Print": r"\x20-\x7e",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r" \t\n\x0b\f\r",
    "Upper": "A-Z",
    "XDigit": "0-9a-fA-F",
}
"""Java's POSIX classes are ASCII only, whatever the flags."""

_GENERAL_CATEGORIES: Final = frozenset("LMNPSZ")
_ANY_BUT_LINE_ENDS: Final = r"[^\n\r\u0085\u2028\u2029]"
"""What `.` is in Java; in Python it is all but `\\n`."""
_LAST_CODE_POINT: Final = 0x3FFFF
"""Planes 4-13 are unassigned, 14 holds tags and variation selectors, 15-16 are private: no letters, numbers, spaces."""

_TOKEN: Final = re.compile(
    r"\\p\{(?P<property>[^}]*)\}|(?P<negated>\\P)|(?P<escape>\\.)|(?P<group>\(\?<(?![=!]))|(?P<other>.)", re.DOTALL
)


class PatternError(ValueError):
    """A pattern of a service model that this module cannot express."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile `pattern` for Python's `re`; match with `fullmatch`, as AWS anchors patterns at both ends.

    `\w` and `\d` are ASCII, as in Java. Results are cached: a request uses the same few patterns again and again.

    Raises:
        PatternError: the pattern uses something that has no translation; the message names it.

    """
    try:
        return re.compile("".join(_translated(pattern)), re.ASCII)
    except re.error as error:
        raise PatternError(f"pattern {pattern!r} of the service model does not compile: {error}") from error


def _translated(pattern: str) -> Iterator[str]:
    in_class = False
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if token["negated"]:
            raise PatternError(f"pattern {pattern!r} of the service model uses \\P, which has no translation")
        if token["property"] is not None:
            ranges = _property_ranges(token["property"], pattern)
            yield ranges if in_class else f"[{ranges}]"
        elif token["escape"]:
            yield text
        elif in_class:
            if pattern.startswith("&&", token.start()):
                raise PatternError(f"pattern {pattern!r} of the service model intersects classes; no translation")
            in_class = text != "]"
            # Python reads these doubled as set operations that are to come, and warns.
            yield "\\" + text if text in "[|~&" else text
        else:
            in_class = text == "["
            yield "(?P<" if token["group"] else _ANY_BUT_LINE_ENDS if text == "." else text


def _property_ranges(name: str, pattern: str) -> str:
    if name in _POSIX_CLASSES:
        return _POSIX_CLASSES[name]
    category = name.removeprefix("Is")
    if category not in _GENERAL_CATEGORIES:
        raise PatternError(f"pattern {pattern!r} of the service model uses the class {name!r}; no translation")
    return _category_ranges()[category]


@cache
def _category_ranges() -> dict[str, str]:
    """General category (its first letter) -> every code point that has it, as the inside of a character class."""
    ranges: defaultdict[str, list[str]] = defaultdict(list)
    # One pass for all categories, with no Python code per code point: this is on the way of every check.
    categories = map(itemgetter(0), map(unicodedata.category, map(chr, range(_LAST_CODE_POINT + 1))))
    first = 0
    for category, run in groupby(categories):
        after = first + len(list(run))
        ranges[category].append(f"\\U{first:08x}-\\U{after - 1:08x}")
        first = after
    return {category: "".join(runs) for category, runs in ranges.items()}
