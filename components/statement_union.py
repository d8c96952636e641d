"""Policy statements of several jobs as one list that allows what any of theirs allows, and nothing else.

IAM allows a call that one statement allows, so a list of all statements is their union. It is kept short where that
allows the same: statements that differ in their resources only become one, as do those that differ only in the values
of a condition on one key.
"""

import copy
from collections.abc import Sequence
from typing import Any, Final

Statement = dict[str, Any]

_ONE_OF_OPERATORS: Final = frozenset({"StringEquals", "StringLike"})
"""A condition of these on one key holds where one of its values does."""


def united(lists: Sequence[Sequence[Statement]]) -> list[Statement]:
    """The union of several lists of Allow statements; the first stays as it is where the others add nothing."""
    first, *others = lists
    union = copy.deepcopy(list(first))
    for statement in (statement for statements in others for statement in statements):
        if not any(_add(statement, to) for to in union):
            union.append(copy.deepcopy(statement) | {"Sid": _free_sid(statement["Sid"], union)})
    return union


def _add(statement: Statement, to: Statement) -> bool:
    """Add to a statement what another one allows, if that can be told as one; whether it is done."""
    if _without(statement, "Resource") == _without(to, "Resource"):
        before = _listed(to["Resource"])
        if added := [resource for resource in _listed(statement["Resource"]) if resource not in before]:
            to["Resource"] = [*before, *added]
        return True
    if _without(statement, "Condition") != _without(to, "Condition"):
        return False
    one, other = _one_key(statement.get("Condition")), _one_key(to.get("Condition"))
    if one is None or other is None or one[:2] != other[:2]:
        return False
    operator, key, values = other
    to["Condition"] = {operator: {key: list(dict.fromkeys([*values, *one[2]]))}}
    return True


def _without(statement: Statement, member: str) -> Statement:
    return {name: value for name, value in statement.items() if name not in {"Sid", member}}


def _one_key(condition: dict[str, dict[str, Any]] | None) -> tuple[str, str, list[str]] | None:
    """Operator, key and values of a condition on one key that holds where one of its values does."""
    if condition is None or len(condition) != 1:
        return None
    ((operator, keys),) = condition.items()
    if operator not in _ONE_OF_OPERATORS or len(keys) != 1:
        return None
    ((key, values),) = keys.items()
    return operator, key, _listed(values)


def _listed(values: str | Sequence[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _free_sid(sid: str, union: Sequence[Statement]) -> str:
    taken = {statement["Sid"] for statement in union}
    if sid not in taken:
        return sid
    stem = sid.rstrip("0123456789")
    return next(found for number in range(2, len(taken) + 3) if (found := f"{stem}{number}") not in taken)
