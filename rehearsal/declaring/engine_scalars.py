"""Plain scalars of YAML as the engine's reader takes them, and how Go writes their values.

Sources: gopkg.in/yaml.v3, resolve.go (words, timestamps, numbers without their underscores); Go's strconv (ParseInt
with base 0), time (Time.String) and encoding/json (floats). tests/engine/test_project_values.py asks the engine.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

_TAG: Final = "tag:yaml.org,2002:"
_WORDS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), f"{_TAG}bool"),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), f"{_TAG}null"),
    "<<": f"{_TAG}merge",
}
_ENDLESS: Final = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), "inf"),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), "-inf"),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "nan"),
}
_INTEGER: Final = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))")
_BASES: Final = (16, 8, 2, 8, 10)
"""Of the groups behind the sign."""
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME: Final = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?"
_TIMESTAMPS: Final = tuple(
    re.compile(pattern) for pattern in (rf"{_DATE}[Tt]{_TIME}(Z|[+-]\d\d:\d\d)", rf"{_DATE} {_TIME}", _DATE)
)
_INT64: Final = range(-(2**63), 2**63)
_UINT64_END: Final = 2**64
_PLAIN: Final = 1e21
"""From here on Go writes numbers with an exponent, and below a millionth."""


def tag_of(text: str) -> str:
    """The tag of a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _ENDLESS:
        return f"{_TAG}float"
    if text[:1] in {*"+-.0123456789"}:
        if timestamp(text) is not None:
            return f"{_TAG}timestamp"
        if (value := number(text)) is not None:
            return f"{_TAG}{type(value).__name__}"
    return f"{_TAG}str"


def number(text: str) -> int | float | None:
    """A number, or None for what is a text: also for whole numbers in hexadecimal and such beyond 64 bits."""
    if text in _ENDLESS:
        return float(_ENDLESS[text])
    plain = text if text.startswith(".") else text.replace("_", "")
    if (found := _INTEGER.fullmatch(plain)) and (whole_one := _integer(*found.groups())) is not None:
        return whole_one
    if _FLOAT.fullmatch(plain) is None or abs(value := float(plain)) == float("inf"):
        return None
    return value


def _integer(sign: str, *digits: str | None) -> int | None:
    written, base = next((each, base) for each, base in zip(digits, _BASES, strict=True) if each)
    if len(written) > 64:
        return None
    value = int(f"{sign}{written}", base)
    return value if value in _INT64 or (not sign and 0 <= value < _UINT64_END) else None


def timestamp(text: str) -> str | None:
    """A date or a time as Go writes it, which is what a program gets; None for what is none."""
    for pattern in _TIMESTAMPS:
        if found := pattern.fullmatch(text):
            date, time = found.groups()[:3], found.groups()[3:]
            year, month, day, hour, minute, second = (int(each or 0) for each in (*date, *(time[:3] or "000")))
            fraction, zone = time[3] if time else None, time[4] if len(time) > 4 else None
            try:
                moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
            except ValueError:
                return None
            offset = f"{moment:%z}"
            parts = (fraction or "").rstrip("0").removesuffix(".")
            return f"{moment:%Y-%m-%d %H:%M:%S}{parts} {offset} {'UTC' if offset == '+0000' else offset}"
    return None


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return timezone.utc  # noqa: UP017 - one of the two forms of the same
    sign = -1 if text.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:])))


def as_name(key: object) -> str:
    """A key of a mapping as Go writes it into a text."""
    match key:
        case None:
            return "<nil>"
        case bool():
            return str(key).lower()
        case float():
            return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(str(key)) or _written(key, 1e-4)
        case _:
            return str(key)


def as_text(value: float) -> str:
    """A number with a fraction or an exponent as Go's JSON has it."""
    return re.sub(r"e-0(?=\d$)", "e-", _written(value, 1e-6))


def whole(value: float) -> int | float:
    """A number of JSON as its text is read back: what has neither fraction nor exponent there is a whole one."""
    if isinstance(value, int):
        value = value if value in _INT64 else float(value)
    return int(Decimal(repr(value))) if float(value).is_integer() and abs(value) < _PLAIN else value


def _written(value: float, least: float) -> str:
    if value.is_integer() and abs(value) < _PLAIN:
        return str(whole(value))
    return f"{Decimal(repr(value)):f}" if least <= abs(value) < _PLAIN else repr(value)
