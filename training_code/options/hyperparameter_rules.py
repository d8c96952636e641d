"""What a hyperparameter may be: words for a reader, and a function that takes or refuses the text."""

from __future__ import annotations

import ast
import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

Value = TypeVar("Value")

DATE_PARTS = ("year", "month", "day", "day_of_week", "hour", "seconds")
"""The numbers that a date can become; days of a week count from 0, Monday, and seconds from 1970 or from midnight."""


@dataclass(frozen=True)
class Rule:
    """What a hyperparameter may be: `allowed` in words, `parse` raising ValueError for everything else."""

    allowed: str
    parse: Callable[[str], Any]


def means_none(text: str) -> bool:
    """Whether a text stands for no value at all."""
    return text.lower() in ("none", "null", "")


def whole_number(low: int, high: int) -> Rule:
    """A whole number from `low` to `high`, both included."""

    def parse(text: str) -> int:
        if not low <= (number := int(text)) <= high:
            raise ValueError
        return number

    return Rule(f"a whole number from {low} to {high}", parse)


def number(low: float, high: float) -> Rule:
    """A number from `low` to `high`, both included."""

    def parse(text: str) -> float:
        if not low <= (value := float(text)) <= high:
            raise ValueError
        return value

    return Rule(f"a number from {low:g} to {high:g}", parse)


def fraction() -> Rule:
    """A number between 0 and 1, both excluded."""

    def parse(text: str) -> float:
        if not 0 < (number := float(text)) < 1:
            raise ValueError
        return number

    return Rule("a number between 0 and 1", parse)


def share() -> Rule:
    """A number above 0 and up to 1, written as a fraction: 1.0 is all there are, and 1 is one."""

    def parse(text: str) -> float:
        if text.lstrip("+").isdigit() or not 0 < (number := float(text)) <= 1:
            raise ValueError
        return number

    return Rule("a number above 0 and up to 1.0", parse)


def one_of(*words: str) -> Rule:
    """One of `words`, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return Rule(" or ".join(words), parse)


def either(*rules: Rule) -> Rule:
    """What the first fitting one of `rules` makes of the text."""

    def parse(text: str) -> object:
        for rule in rules:
            try:
                return rule.parse(text)
            except ValueError:
                continue
        raise ValueError

    return Rule(", or ".join(rule.allowed for rule in rules), parse)


def or_none(rule: Rule) -> Rule:
    """`rule`, or `none`."""
    return Rule(f"{rule.allowed}, or none", lambda text: None if means_none(text) else rule.parse(text))


def yes_or_no() -> Rule:
    """`true` or `false`."""
    return Rule("true or false", lambda text: {"true": True, "false": False}[one_of("true", "false").parse(text)])


def every_core() -> Rule:
    """The -1 of scikit-learn and joblib."""

    def parse(text: str) -> int:
        if text != "-1":
            raise ValueError
        return -1

    return Rule("-1 (every core)", parse)


def column_name() -> Rule:
    """Any text that is not empty."""

    def parse(text: str) -> str:
        if not text:
            raise ValueError
        return text

    return Rule("the name of a column", parse)


def declared(default: Value, rule: Rule) -> Value:
    """A dataclass field with its default and its rule."""
    return field(default=default, metadata={"rule": rule})


def column_names() -> Rule:
    """Names between commas, or a list of them; `auto` is one of them."""

    def parse(text: str) -> tuple[str, ...]:
        value = literal(text) if text.startswith(("[", "(")) else text.split(",")
        names = tuple(str(each).strip() for each in value) if isinstance(value, list | tuple) else ()
        if not names or not all(names):
            raise ValueError
        return names

    return Rule("names of columns between commas, or auto", parse)


def patterns(auto: str = "") -> Rule:
    """Names between commas, or a list of them, in which `*` stands for any text; `auto` is what that word means."""
    more = f", or auto for {auto}" if auto else ""
    return Rule(f"names of columns between commas, with * for any text{more}", column_names().parse)


def several_of(*known: str) -> Rule:
    """Some of the words `known`, between commas."""

    def parse(text: str) -> tuple[str, ...]:
        names = column_names().parse(text.lower())
        if set(names) - set(known) or len(set(names)) < len(names):
            raise ValueError
        return tuple(names)

    return Rule(f"some of {', '.join(known)}, between commas", parse)


def date_format() -> Rule:
    """How dates are written, in the words of `strptime`."""

    def parse(text: str) -> str:
        # What is written in a form and cannot be read in it is no form.
        written = datetime(2026, 11, 27, 3, 4, 5).strftime(text)  # nobody asks where that is
        if "%" not in text or written == text:
            raise ValueError
        datetime.strptime(written, text)  # as above
        return text

    return Rule("a form of dates as strptime has it, such as %d.%m.%Y", parse)


def words() -> Rule:
    """Words between commas, or a list of them."""
    return Rule("words between commas", column_names().parse)


_CHARACTERS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " ", "dot": "."}


def character() -> Rule:
    """One character that parts or marks text, or the name of one that is hard to write."""

    def parse(text: str) -> str:
        found = _CHARACTERS.get(text.lower(), text)
        if len(found) != 1 or not found.isascii() or found.isalnum() or found in "\r\n":
            raise ValueError
        return found

    return Rule("one character, or comma, semicolon, tab, pipe, space or dot", parse)


def encoding() -> Rule:
    """The name of a text encoding that Python knows."""

    def parse(text: str) -> str:
        try:
            io.TextIOWrapper(io.BytesIO(), encoding=text)  # which refuses what encodes no text, such as base64
        except LookupError:
            raise ValueError from None
        return codecs.lookup(text).name

    return Rule("the name of a text encoding, such as utf-8, cp1252 or utf-16", parse)


def text_start() -> Rule:
    """What a line begins with."""

    def parse(text: str) -> str:
        if not text.strip():
            raise ValueError
        return text

    return Rule("what such a line begins with, such as #", parse)


def header() -> Rule:
    """Whether the first line has the column names: `true`, or `none`."""
    return Rule("true or none", lambda text: not means_none(text) and yes_or_no().parse(text))


def literal(text: str) -> object:
    """A value that has no rule of its own: a number, true, false, none, a list or mapping of them, else the text."""
    if means_none(text):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.lower().lstrip("+-") in ("inf", "infinity"):  # as JSON and YAML write it
        return float(text)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
