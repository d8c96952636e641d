"""Wildcards of IAM: `*` for any characters, `?` for one; in ARNs within one part each."""

import re
from functools import cache

_ARN_PARTS = 6


def text_matches(pattern: str, text: str) -> bool:
    """Whether all of `text` matches `pattern`; letters count, `*` and `?` span everything."""
    return _compiled(pattern).fullmatch(text) is not None


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
    # Runs of `*` mean the same as one and would backtrack without end.
    collapsed = re.sub(r"\*+", "*", pattern)
    pieces = (".*" if piece == "*" else "." if piece == "?" else re.escape(piece) for piece in collapsed)
    return re.compile("".join(pieces), re.DOTALL)
