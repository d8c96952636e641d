"""How long a role's policies may be, and one policy as several that are short enough.

Source: IAM User Guide, "IAM and AWS STS quotas": characters, blanks not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from components.iam_policies import policy_document
from components.statement_union import Statement

MANAGED_POLICY_MAX_LENGTH: Final = 6_144
MANAGED_POLICIES_MAX_COUNT: Final = 10
"""Of one role, unless its account has asked for more."""
ROLE_POLICIES_MAX_LENGTH: Final = 10_240
"""Of all inline policies of a role together."""


def length(statements: Sequence[Statement]) -> int:
    """Characters of a document with these statements, as IAM counts them."""
    return len(policy_document(statements))


def managed_policies(statements: Iterable[Statement]) -> list[list[Statement]]:
    """The same statements as policies that each fit a managed one; a role that has all of them may do the same."""
    policies: list[list[Statement]] = []
    for statement in (part for each in statements for part in _parts(each)):
        if policies and length([*policies[-1], statement]) <= MANAGED_POLICY_MAX_LENGTH:
            policies[-1].append(statement)
        else:
            policies.append([statement])
    return policies


def _parts(statement: Statement) -> Iterator[Statement]:
    """A statement of very many resources as several, of as many as fit."""
    resources = statement["Resource"]
    if length([statement]) <= MANAGED_POLICY_MAX_LENGTH or isinstance(resources, str) or len(resources) == 1:
        yield statement
        return
    half = len(resources) // 2
    for suffix, some in (("A", resources[:half]), ("B", resources[half:])):
        yield from _parts(statement | {"Sid": f"{statement['Sid']}{suffix}", "Resource": some})


def length_note(statements: Sequence[Statement], shorter: str) -> str | None:
    """What to do with a policy that is too long for a managed one; `shorter` is what would make it shorter."""
    has = length(statements)
    if has <= MANAGED_POLICY_MAX_LENGTH:
        return None
    count = len(managed_policies(statements))
    ways = [f"make it {count} managed policies, which --json lists"]
    if has <= ROLE_POLICIES_MAX_LENGTH:
        ways.insert(0, f"make it an inline policy of the role, which takes {ROLE_POLICIES_MAX_LENGTH:,}")
    if count > MANAGED_POLICIES_MAX_COUNT:
        ways = [f"it would be {count} managed policies, and a role takes {MANAGED_POLICIES_MAX_COUNT}"]
    told = ", or ".join([*ways, *([shorter] if shorter else [])])
    return f"the policy has {has:,} characters, and a managed policy takes {MANAGED_POLICY_MAX_LENGTH:,}: {told}"
