"""Wildcards of IAM: `*` for any characters, `?` for one; in ARNs within one part each.

`${*}`, `${?}` and `${$}` are the characters themselves. Source: IAM User Guide, "IAM policy elements: Variables and
tags", special characters.
"""

import re
from functools import cache
from typing import Final

_ARN_PARTS = 6
SPECIAL_CHARACTERS: Final = frozenset("*?$")
_TOKEN: Final = re.compile(r"\$\{(?P<itself>[*?$])\}|(?P<any>\*+)|(?P<one>\?)|(?P<other>.)", re.DOTALL)


def text_matches(pattern: str, text: str) -> bool:
    """Whether all of `text` matches `pattern`; letters count, `*` and `?` span everything."""
    return _compiled(pattern).fullmatch(text) is not None


def unescaped(text: str) -> str:
    """The text that a value without wildcards stands for."""
    return re.sub(r"\$\{([*?$])\}", r"\1", text)


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether `arn` matches `pattern` part by part, as IAM compares them.

    A wildcard stays within its part (`arn:*:s3:::b` has a wildcard partition and no more); the last part, the resource,
    holds whatever follows the fifth colon. Parts that the pattern leaves out are `*`. `*` alone matches everything.
    Source: IAM User Guide, "IAM JSON policy elements: Resource", and "Amazon Resource Name (ARN) condition operators".
    """
    if pattern == "*":
        return True
    parts = arn.split(":", _ARN_PARTS - 1)
    wanted = pattern.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS:
        return False
    wanted += ["*"] * (_ARN_PARTS - len(wanted))
    return all(text_matches(want, part) for want, part in zip(wanted, parts, strict=True))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(map(_piece, _TOKEN.finditer(pattern))), re.DOTALL)


def _piece(token: re.Match[str]) -> str:
    if token["any"]:  # a run of `*` means the same as one, and would backtrack without end
        return ".*"
    return "." if token["one"] else re.escape(token["itself"] or token["other"])
