"""Trust documents of roles that an AWS service assumes on a schedule's behalf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from findings import Finding, property_path
from statements import Statement

_ACCOUNT = re.compile(r"[0-9]{12}")


def trust_faults(statement: Statement, service: str, source: re.Pattern[str], source_shape: str) -> Iterator[Finding]:
    """Find what is wrong with a statement that ``service`` may assume the role by.

    Args:
        statement: one of `documents.statements_trusting`.
        service: such as ``scheduler.amazonaws.com``.
        source: what ``aws:SourceArn`` must look like.
        source_shape: the same in words for the cure.

    """
    for principal in statement.principals:
        if principal.value != service:
            yield Finding(
                principal.path, "another principal may assume the role", f"trust {service} alone", principal.value
            )
    for action in (*statement.actions, *statement.not_actions):
        if action.value.lower() != "sts:assumerole" or statement.not_actions:
            yield Finding(
                action.path, "more than sts:AssumeRole is allowed", "allow sts:AssumeRole alone", action.value
            )
    condition = property_path(statement.path, "Condition")
    account = statement.bound("aws:SourceAccount", "stringequals")
    cure = 'add StringEquals {"aws:SourceAccount": "<account id>"}'
    if account is None:
        yield Finding(condition, "any AWS account can make the service assume the role", cure)
    elif len(account.values) != 1 or not _ACCOUNT.fullmatch(account.values[0]):
        yield Finding(account.path, "aws:SourceAccount must be one account", cure, list(account.values))
    origin = statement.bound("aws:SourceArn", "arnequals", "arnlike", "stringequals", "stringlike")
    cure = f'add ArnLike {{"aws:SourceArn": "{source_shape}"}}'
    if origin is None:
        yield Finding(condition, "any resource of the service can make it assume the role", cure)
    elif len(origin.values) != 1 or not source.fullmatch(origin.values[0]):
        yield Finding(origin.path, f"aws:SourceArn must be {source_shape}", cure, list(origin.values))
