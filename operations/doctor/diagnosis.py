"""From facts to findings: every check, each a function of the facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from operations.doctor.checks import access, machines, roles, schedules, storage, tracking
from operations.doctor.facts import Facts, unseen_in
from operations.doctor.finding import Finding, Unseen
from operations.doctor.kinds import KINDS

Check = Callable[[Facts], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    *(access.credentials, access.account, access.region, access.clock),
    *(schedules.missing, schedules.state, schedules.changed, schedules.never_due, schedules.name_prefix),
    *(schedules.dead_letters, schedules.last_run, schedules.missed_run),
    *(storage.buckets, storage.data, storage.readable, storage.bundles),
    *(machines.images, machines.quotas, machines.networks),
    *(roles.missing, roles.trust, roles.pass_role, roles.permissions),
    *(tracking.servers, tracking.artifact_stores, tracking.secrets, tracking.alarms, tracking.champions),
)
_ORDER: Final = {kind.name: number for number, kind in enumerate(KINDS)}


def findings(facts: Facts) -> list[Finding]:
    """What is wrong, each once: first what blocks, then what is advised; both in the order of their kinds.

    Jobs may share what is wrong, such as a role of somebody's own.
    """
    found = dict.fromkeys(finding for check in CHECKS for finding in check(facts))
    return sorted(found, key=lambda each: (not each.blocks, _ORDER[each.check]))


def unseen(facts: Facts) -> list[Unseen]:
    """What could not be looked at, each once."""
    return list(dict.fromkeys(unseen_in(facts)))
