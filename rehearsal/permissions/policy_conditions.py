"""The Condition element of IAM statements.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued context keys".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from operator import ge, gt, le, lt
from typing import Final, TypeVar

from rehearsal.permissions.policy_documents import Conditions, PolicyError
from rehearsal.permissions.wildcards import SPECIAL_CHARACTERS, arn_matches, text_matches, unescaped

Context = Mapping[str, str | tuple[str, ...]]
"""Condition key -> value: a string for a single-valued key, a tuple for a multivalued one."""

Matcher = Callable[[str, str], bool]
"""(value in the policy, value in the request) -> whether they match."""

_Comparable = TypeVar("_Comparable", Decimal, datetime)

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_QUALIFIERS: Final = ("ForAllValues", "ForAnyValue")


def condition_misses(conditions: Conditions, context: Context) -> Iterator[str]:
    """Yield each condition that is not met: all must be.

    Raises:
        PolicyError: an operator is unknown, a value cannot be read, or a multivalued key lacks its set operator.

    """
    known = {key.lower(): value for key, value in context.items()}
    for text, keys in conditions.items():
        operator = _Operator.parse(text)
        for key, values in keys.items():
            wanted = tuple(resolved(value, context) for value in values)
            got = known.get(key.lower())
            if not operator.is_met(key, wanted, got):
                shown = "absent" if got is None else got if isinstance(got, str) else ", ".join(got) or "empty"
                yield f"its condition {text} {key} = {', '.join(values)} is not met by {shown}"


def resolved(text: str, context: Context) -> str:
    """Fill in policy variables (`${aws:PrincipalTag/x}`) from the context; `${*}`, `${?}`, `${$}` stay as they are.

    Raises:
        PolicyError: the context has no single value for a variable.

    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in SPECIAL_CHARACTERS:  # what compares the text knows them from wildcards
            return match[0]
        value = {key.lower(): value for key, value in context.items()}.get(name.lower())
        if not isinstance(value, str):
            raise PolicyError(
                f"the policy variable ${{{name}}} in {text!r} cannot be judged: the call has no value for it"
            )
        return value

    return _VARIABLE.sub(fill, text)


@dataclass(frozen=True)
class _Operator:
    """A condition operator, taken apart: `ForAllValues:StringLikeIfExists`."""

    text: str
    matches: Matcher | None
    negated: bool
    qualifier: str | None
    if_exists: bool

    @classmethod
    def parse(cls, text: str) -> "_Operator":
        qualifier, _, name = text.rpartition(":")
        if_exists = name.endswith("IfExists")
        base = name.removesuffix("IfExists")
        if (qualifier and qualifier not in _QUALIFIERS) or (base not in _OPERATORS and text != "Null"):
            raise PolicyError(
                f"the condition operator {text!r} cannot be judged; judged: Null, {', '.join(_OPERATORS)}, "
                "each also with IfExists, ForAllValues: and ForAnyValue:"
            )
        matches, negated = _OPERATORS.get(base, (None, False))
        return cls(text, matches, negated, qualifier or None, if_exists)

    def is_met(self, key: str, wanted: tuple[str, ...], got: str | tuple[str, ...] | None) -> bool:
        if self.matches is None:
            return any(_boolean(value) == (not got) for value in wanted)
        # An empty set is an absent key. It meets ForAllValues, negated and IfExists operators, and no other.
        if not got and got != "":
            if self.qualifier is not None:
                return self.qualifier == "ForAllValues" or self.if_exists
            return self.negated or self.if_exists
        if self.qualifier is None:
            if isinstance(got, tuple):
                raise PolicyError(
                    f"the condition {self.text} on {key} lacks a set operator: the key has several values; "
                    "use ForAllValues: or ForAnyValue:"
                )
            return self._one(wanted, got)
        each = (self._one(wanted, value) for value in (got if isinstance(got, tuple) else (got,)))
        return all(each) if self.qualifier == "ForAllValues" else any(each)

    def _one(self, wanted: tuple[str, ...], got: str) -> bool:
        assert self.matches is not None  # noqa: S101 - `is_met` has dealt with Null
        return any(self.matches(value, got) for value in wanted) != self.negated


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise PolicyError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise PolicyError(f"{text!r} is not a number, which a Numeric condition needs") from None


def _date(text: str) -> datetime:
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PolicyError(f"{text!r} is not a date, which a Date condition needs") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compare(
    read: Callable[[str], _Comparable], compare: Callable[[_Comparable, _Comparable], bool]
) -> tuple[Matcher, bool]:
    return (lambda wanted, got: compare(read(got), read(wanted))), False


def _equals(wanted: str, got: str) -> bool:
    return unescaped(wanted) == got


def _equals_ignoring_case(wanted: str, got: str) -> bool:
    return unescaped(wanted).lower() == got.lower()


def _same_boolean(wanted: str, got: str) -> bool:
    return _boolean(wanted) == _boolean(got)


def _same_number(wanted: str, got: str) -> bool:
    return _number(wanted) == _number(got)


def _same_date(wanted: str, got: str) -> bool:
    return _date(wanted) == _date(got)


_OPERATORS: Final[dict[str, tuple[Matcher, bool]]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equals_ignoring_case, True),
    "StringLike": (text_matches, False),
    "StringNotLike": (text_matches, True),
    # The two of each pair behave identically: IAM User Guide, "ARN condition operators".
    "ArnEquals": (arn_matches, False),
    "ArnLike": (arn_matches, False),
    "ArnNotEquals": (arn_matches, True),
    "ArnNotLike": (arn_matches, True),
    "Bool": (_same_boolean, False),
    "NumericEquals": (_same_number, False),
    "NumericNotEquals": (_same_number, True),
    "NumericLessThan": _compare(_number, lt),
    "NumericLessThanEquals": _compare(_number, le),
    "NumericGreaterThan": _compare(_number, gt),
    "NumericGreaterThanEquals": _compare(_number, ge),
    "DateEquals": (_same_date, False),
    "DateNotEquals": (_same_date, True),
    "DateLessThan": _compare(_date, lt),
    "DateLessThanEquals": _compare(_date, le),
    "DateGreaterThan": _compare(_date, gt),
    "DateGreaterThanEquals": _compare(_date, ge),
}
"""Name -> (how one value matches, whether the operator says the opposite)."""
