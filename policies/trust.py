"""Trust documents of roles that an AWS service assumes on a schedule's behalf."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents import Document, statements_trusting
from findings import Finding, property_path
from resources import NotApplicable
from statements import Statement

_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Trusted:
    """Who may assume a role, and for what.

    Args:
        service: such as ``scheduler.amazonaws.com``.
        source: what ``aws:SourceArn`` must look like.
        source_shape: the same in words for the cure.

    """

    service: str
    source: re.Pattern[str]
    source_shape: str

    def judge(self, documents: Iterable[Document]) -> list[Finding] | NotApplicable:
        """Judge every statement of a role that trusts the service, also those that let somebody else in."""
        documents = list(documents)
        trusting = {statement.path for statement in statements_trusting(documents, self.service)}
        if not trusting:
            return NotApplicable(f"the role does not trust {self.service}")
        allowing = [statement for document in documents for statement in document.statements if statement.allows]
        return [fault for statement in allowing for fault in self._faults(statement, statement.path in trusting)]

    def _faults(self, statement: Statement, trusts: bool) -> Iterator[Finding]:
        for principal in statement.principals:
            if principal.value != self.service:
                cure = f"trust {self.service} alone"
                yield Finding(principal.path, "another principal may assume the role", cure, principal.value)
        if trusts:
            yield from self._bounds(statement)

    def _bounds(self, statement: Statement) -> Iterator[Finding]:
        for action in (*statement.actions, *statement.not_actions):
            if action.value.lower() != "sts:assumerole" or statement.not_actions:
                cure = "allow sts:AssumeRole alone"
                yield Finding(action.path, "more than sts:AssumeRole is allowed", cure, action.value)
        condition = property_path(statement.path, "Condition")
        account = statement.bound("aws:SourceAccount", "stringequals", "stringequalsignorecase", "stringlike")
        cure = 'add StringEquals {"aws:SourceAccount": "<account id>"}'
        if account is None:
            yield Finding(condition, "any AWS account can make the service assume the role", cure)
        elif len(account.values) != 1 or not _ACCOUNT.fullmatch(account.values[0]):
            yield Finding(account.path, "aws:SourceAccount must be one account", cure, list(account.values))
        origin = statement.bound("aws:SourceArn", "arnequals", "arnlike", "stringequals", "stringlike")
        cure = f'add ArnLike {{"aws:SourceArn": "{self.source_shape}"}}'
        if origin is None:
            yield Finding(condition, "any resource of the service can make it assume the role", cure)
        elif len(origin.values) != 1 or not self.source.fullmatch(origin.values[0]):
            yield Finding(origin.path, f"aws:SourceArn must be {self.source_shape}", cure, list(origin.values))
