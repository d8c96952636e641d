"""Exemptions: findings that a configuration file accepts for a while, and says why.

An exemption names one resource, a reason and an expiry date (and, if it likes, one property path). While it counts, the
rule stays silent and ``SG00-exemptions`` shows the finding as an advisory note with reason and date; when it has
expired, the rule reports again and says so.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from findings import Finding
from resources import Resource


@dataclass(frozen=True)
class Exempted:
    """A finding that an exemption covers."""

    rule_id: str
    resource: Resource
    finding: Finding
    reason: str
    expires: date

    def note(self) -> Finding:
        """Say what the report shows in the finding's place."""
        fault = f"exempt from {self.rule_id} until {self.expires} ({self.reason}): {self.finding.fault}"
        return replace(self.finding, fault=fault, cure=f"before then, {self.finding.cure}")


def sort_out(
    rule_id: str, resource: Resource, finding: Finding, exemptions: Sequence[Mapping[str, Any]], today: date
) -> Finding | Exempted:
    """Tell whether a finding counts (the finding, which mentions an expired exemption) or is exempt."""
    exemption = _exemption_of(resource, finding, exemptions)
    if exemption is None:
        return finding
    expires = date.fromisoformat(exemption["expires"])
    if today > expires:
        return replace(finding, fault=f"{finding.fault} (its exemption expired on {expires})")
    return Exempted(rule_id, resource, finding, exemption["reason"], expires)


def _exemption_of(
    resource: Resource, finding: Finding, exemptions: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Find the exemption of a finding that counts longest."""
    fitting = [
        exemption
        for exemption in exemptions
        if exemption["resource"] in (resource.name, resource.urn)
        and exemption.get("path", finding.path) == finding.path
    ]
    return max(fitting, key=lambda exemption: str(exemption["expires"]), default=None)


class Ledger(threading.local):
    """What rules let pass while one resource is judged, for the policy that shows it.

    The SDK runs all policies of one request in one thread, in the order of the pack, and answers requests in several
    threads: a ledger per thread, emptied by whoever shows it, is all the state there is.
    """

    def __init__(self) -> None:
        self._entries: list[Exempted] = []

    def add(self, entry: Exempted) -> None:
        """Note what a rule let pass."""
        self._entries.append(entry)

    def take(self) -> list[Exempted]:
        """Return all entries and forget them."""
        entries, self._entries = self._entries, []
        return entries
