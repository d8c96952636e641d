"""Whether the roles are there, the services may assume them, and they may do what an invocation needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from operations.doctor import kinds_of_needs as kinds
from operations.doctor.facts import Denial, Facts, Role
from operations.doctor.finding import Finding, Unseen

_PASS_ROLE: Final = "iam:PassRole"  # noqa: S105 - an action of IAM
_SHOWN: Final = 5


def missing(facts: Facts) -> Iterator[Finding]:
    """That each role exists."""
    for job in facts.jobs:
        for arn, role in job.roles.items():
            if role is None:
                yield kinds.ROLE_MISSING.finding(_name(arn), f"{arn} does not exist")


def trust(facts: Facts) -> Iterator[Finding]:
    """That the service may assume it, for this job."""
    for arn, role in _roles(facts):
        for denial in role.trust:
            yield kinds.ROLE_TRUST.finding(_name(arn), f"{denial.call.purpose}, and may not: {denial.reason}")


def pass_role(facts: Facts) -> Iterator[Finding]:
    """That the scheduler role may hand over this job's execution role."""
    for arn, role in _roles(facts):
        for denial in _denials(role):
            if denial.call.action == _PASS_ROLE:
                yield kinds.PASS_ROLE.finding(_name(arn), f"it may not pass {denial.call.resource}: {denial.reason}")


def permissions(facts: Facts) -> Iterator[Finding]:
    """That it may do everything else: one finding for each role, however much is denied."""
    for arn, role in _roles(facts):
        if denied := [each for each in _denials(role) if each.call.action != _PASS_ROLE]:
            yield kinds.ROLE_PERMISSIONS.finding(_name(arn), _told(denied))


def _told(denied: Sequence[Denial]) -> str:
    shown = [f"{each.call.action} on {each.call.resource} ({each.call.purpose})" for each in denied[:_SHOWN]]
    more = f"; and {len(denied) - _SHOWN} more" if len(denied) > _SHOWN else ""
    return f"it may not {'; '.join(shown)}{more}: {denied[0].reason}"


def _denials(role: Role) -> tuple[Denial, ...]:
    return () if isinstance(role.permissions, Unseen) else role.permissions


def _roles(facts: Facts) -> Iterator[tuple[str, Role]]:
    for job in facts.jobs:
        for arn, role in job.roles.items():
            if isinstance(role, Role):
                yield arn, role


def _name(arn: str) -> str:
    return f"role {arn.rpartition('/')[2]}"
