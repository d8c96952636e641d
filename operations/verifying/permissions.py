"""Which permissions of a job's roles were used, and which never: what is known of each, as values.

Of some actions AWS tells nothing: reading and writing objects, log lines and the like are data events, which neither
CloudTrail's event history nor IAM's last accessed information has by action; and some permissions are asked for by
another call. Such an action is neither called used nor unused.
Sources: IAM User Guide, "Refine permissions in AWS using last accessed information" (management actions); CloudTrail
API, LookupEvents (management events of 90 days).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operations.verifying.steps import Outcome, Step
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.permissions.wildcards import text_matches

NAME: Final = "permissions"
_OF_ANOTHER_CALL: Final = frozenset({"iam:passrole", "sagemaker:addtags"})
"""Permissions that CreateTrainingJob asks for, and of which there is no call. Source: Service Authorization Reference,
Amazon SageMaker and AWS IAM."""
_NAMED_OTHERWISE: Final = {"monitoring": "cloudwatch"}
"""Of services whose name in CloudTrail is not that of their actions: `monitoring.amazonaws.com` is CloudWatch."""
_WILDCARDS: Final = frozenset("*?")
_SHOWN_AT_MOST: Final = 6


@dataclass(frozen=True)
class Seen:
    """What is known of the calls of one role; actions and services are in small letters, but for those denied."""

    used: frozenset[str] = frozenset()
    tracked: frozenset[str] = frozenset()
    """Actions whose use would be known: what is not among `used` was not used, so far as is known yet."""
    idle_services: frozenset[str] = frozenset()
    """Services that the role has never called at all."""
    denied: frozenset[str] = frozenset()
    is_complete: bool = False
    """Whether every call is known, as in a rehearsal: then what is not among them was not used."""
    notes: tuple[str, ...] = ()
    """What could not be asked."""

    def __or__(self, other: Seen) -> Seen:
        """What two sources tell together."""
        return Seen(
            self.used | other.used,
            self.tracked | other.tracked,
            self.idle_services | other.idle_services,
            self.denied | other.denied,
            self.is_complete or other.is_complete,
            (*self.notes, *other.notes),
        )


@dataclass(frozen=True)
class RoleUse:
    """The actions that a role's policies allow, as they are written there, each in one of three lists."""

    role: str
    """`execution role` or `scheduler role`."""
    used: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    """Actions that were tried, and denied."""
    notes: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether anything is known of its use."""
        return bool(self.used or self.unused)


def allowed_actions(documents: Iterable[PolicyDocument]) -> tuple[str, ...]:
    """What policies allow, as they write it; of a NotAction nobody can say what it allows one by one."""
    found = {
        f"all but {action}" if statement.actions_excluded else action
        for document in documents
        for statement in document.statements
        if statement.effect == "Allow"
        for action in statement.actions
    }
    return tuple(sorted(found))


def use_of(role: str, allowed: Sequence[str], seen: Seen) -> RoleUse:
    """Put each allowed action into its list."""
    lists: dict[str, list[str]] = {"used": [], "unused": [], "untold": []}
    for action in allowed:
        lists[_list_of(action.lower(), seen)].append(action)
    used, unused, untold = (tuple(lists[name]) for name in ("used", "unused", "untold"))
    return RoleUse(role, used, unused, untold, tuple(sorted(seen.denied)), seen.notes)


def _list_of(action: str, seen: Seen) -> str:
    if any(text_matches(action, each) for each in seen.used):
        return "used"
    if seen.is_complete:
        return "unused"
    if action in _OF_ANOTHER_CALL:
        return "untold"
    is_known = action in seen.tracked if not _WILDCARDS & set(action) else False
    return "unused" if is_known or action.partition(":")[0] in seen.idle_services else "untold"


def last_accessed(services: Iterable[Mapping[str, Any]]) -> Seen:
    """What GetServiceLastAccessedDetails tells of a role's services and their tracked actions."""
    used, tracked, idle = set[str](), set[str](), set[str]()
    for service in services:
        namespace = service["ServiceNamespace"].lower()
        if "LastAuthenticated" not in service:
            idle.add(namespace)
        for each in service.get("TrackedActionsLastAccessed", ()):
            action = f"{namespace}:{each['ActionName'].lower()}"
            (used if "LastAccessedTime" in each else tracked).add(action)
    return Seen(frozenset(used), frozenset(tracked), frozenset(idle))


def from_events(events: Iterable[Mapping[str, Any]]) -> Seen:
    """What records of CloudTrail tell: each is of one call, with the error that it got."""
    used, denied = set[str](), set[str]()
    for event in events:
        source = str(event["eventSource"]).partition(".")[0]
        action = f"{_NAMED_OTHERWISE.get(source, source)}:{event['eventName']}"
        if any(word in event.get("errorCode", "") for word in ("AccessDenied", "Unauthorized")):
            denied.add(action)
        else:
            used.add(action.lower())
    return Seen(frozenset(used), denied=frozenset(action for action in denied if action.lower() not in used))


def step_of(uses: Sequence[RoleUse], *, is_rehearsal: bool) -> Step:
    """Advice only: what was not used is for somebody to think about, and may be for another day's run."""
    if not any(each.is_told for each in uses):
        notes = "; ".join(dict.fromkeys(note for each in uses for note in each.notes))
        return Step(NAME, Outcome.SKIPPED, f"of no action is known whether it was used{f': {notes}' if notes else ''}")
    told = "; ".join(map(_summary, uses))
    if not is_rehearsal:
        told += "; AWS tells within minutes (CloudTrail) or hours (IAM): training-jobs permissions asks again"
    return Step(NAME, Outcome.PASSED, told)


def _summary(use: RoleUse) -> str:
    total = len(use.used) + len(use.unused) + len(use.untold)
    parts = [f"{use.role}: {len(use.used)} of {total} allowed actions used"]
    if use.unused:
        parts.append(f"{len(use.unused)} not ({_listed(use.unused)})")
    if use.untold:
        parts.append(f"of {len(use.untold)} nobody tells")
    if use.denied:
        parts.append(f"denied: {_listed(use.denied)}")
    return ", ".join(parts)


def _listed(actions: Sequence[str]) -> str:
    more = f" and {len(actions) - _SHOWN_AT_MOST} more" if len(actions) > _SHOWN_AT_MOST else ""
    return f"{', '.join(actions[:_SHOWN_AT_MOST])}{more}"
