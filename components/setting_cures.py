"""What cures a value of another kind than a setting takes: as somebody who writes YAML has to write it instead."""

import re
from collections.abc import Mapping
from typing import Final

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SECONDS_OF: Final = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hour"), _HOUR),
    **dict.fromkeys(("d", "day"), _DAY),
}
_UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "_in_seconds": _SECONDS_OF,
    "_in_minutes": {unit: seconds / _MINUTE for unit, seconds in _SECONDS_OF.items()},
    "_in_gb": {"g": 1, "gb": 1, "gib": 1},
}
"""How a setting's name ends -> how many of its units each unit is that people write."""
_BOOLEANS: Final = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_USUAL: Final = ("directory", "expression", "s3_path", "tracking_uri", "instance_type")
"""Settings whose value is often written in the place of the mapping that they stand in."""
NAME_IN_WORDS: Final = "lower-case letters and digits, and '-' between two of them, beginning with a letter"
"""What `job_settings.NAME` matches."""


def cure_of(kind: str, value: object, setting: str, inside: tuple[str, ...] = ()) -> str:
    """How the value of a setting has to be written, "" where that is not known.

    `kind` is pydantic's type of the error; `inside` are the settings that belong there.
    """
    if kind in {"int_type", "float_type"} and isinstance(value, str):
        return _number(value.strip(), setting, kind)
    if kind == "bool_type" and isinstance(value, str) and (word := _BOOLEANS.get(value.lower())):
        return f"write {word}, without quotes" if word == value else f"write {word}"
    if kind in {"dict_type", "model_type"}:
        return _mapping(value, inside)
    if kind == "tuple_type" and isinstance(value, str) and value:
        return "write it in a line of its own below, with '- ' before it"
    return ""


def _number(text: str, setting: str, kind: str) -> str:
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return f"write {int(text)}, without quotes"  # 010 would be 8
    if kind == "float_type" and re.fullmatch(r"[+-]?\d{1,18}\.\d+", text):
        return f"write {text}, without quotes"
    units = next((units for end, units in _UNITS.items() if setting.endswith(end)), {})
    found = re.fullmatch(r"(\d{1,18}(?:\.\d+)?)\s*([a-z]+)", text.lower())
    if not found:
        return ""
    unit = found[2] if found[2] in units else re.sub(r"(?<=[a-z]{2})s$", "", found[2])
    if unit not in units or not (count := float(found[1]) * units[unit]).is_integer():
        return ""
    return f"write {count:.0f}, which is {text}"


def _mapping(value: object, inside: tuple[str, ...]) -> str:
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        return "write it without '-' before the names"
    if value is None or value == "":
        return "write it below, further to the right"
    usual = next((name for name in _USUAL if name in inside), "")
    if not usual or not isinstance(value, str) or not value.isprintable():
        return ""
    return f"write it below, further to the right, as {usual}: {value}"


def name_like(text: str) -> str:
    """A name of a job or schedule that is like a text which is none; "" where nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[^a-z]+", "", text.lower())).strip("-")
