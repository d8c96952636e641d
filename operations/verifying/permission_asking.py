"""Asks which permissions of a job's roles were used: IAM and CloudTrail; in a rehearsal its invocations' known calls.

IAM's last accessed information covers about 400 days and is some hours late; CloudTrail's event history has the
flight's own calls within minutes. Its events are found by the keys that STS gave to whoever assumed the role, as a
session's name is the service's own affair.
Sources: IAM API, GenerateServiceLastAccessedDetails ("recent activity usually appears within four hours") and
GetServiceLastAccessedDetails; CloudTrail API, LookupEvents (two lookups a second).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from operations.deployed_jobs import StackJob
from operations.doctor.asking.answers import asked
from operations.doctor.finding import Unseen
from operations.doctor.invocation import Invocation, role_calls
from operations.jobs.deployed_schedules import find_schedule
from operations.places import Place
from operations.verifying.permissions import RoleUse, Seen, allowed_actions, from_events, last_accessed, use_of
from rehearsal.judging.judgement import sample_request
from rehearsal.permissions.policy_documents import PolicyDocument

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_LOOKS_AGAIN_AFTER_SECONDS: Final = 2
_WAITS_IN_SECONDS: Final = 60
_SESSIONS_AT_MOST: Final = 20
"""Ours: so many sessions of a role are looked at, of which each takes a lookup."""
_BETWEEN_LOOKUPS_IN_SECONDS: Final = 0.5
"""Source: CloudTrail API, LookupEvents: two a second, for the account and region."""


@dataclass(frozen=True)
class Flown:
    """When the calls were made that are asked for, and how to wait between two questions."""

    start: datetime
    end: datetime
    wait: Callable[[float], None] = time.sleep


def permissions_of(place: Place, job: StackJob, flown: Flown) -> list[RoleUse]:
    """What was used of the permissions of a job's two roles; in a rehearsal by what its schedules send."""
    made = role_calls(_invocations(place, job)) if place.is_rehearsal else {}
    found = []
    for name, arn in (("execution role", job.execution_role_arn), ("scheduler role", job.scheduler_role_arn)):
        allowed = asked(f"the policies of the {name}", partial(_allowed, place, arn))
        if isinstance(allowed, Unseen):
            found.append(RoleUse(name, notes=(_note(allowed),)))
            continue
        if place.is_rehearsal:
            used = frozenset(call.action.lower() for call in made.get(arn, ()) if not call.service_principal)
            seen = Seen(used, is_complete=True)
        else:
            seen = _asked(place, name, arn, flown)
        found.append(use_of(name, allowed, seen))
    return found


def _allowed(place: Place, arn: str) -> tuple[str, ...]:
    return allowed_actions(role_documents(place.client("iam"), arn))


def _invocations(place: Place, job: StackJob) -> list[Invocation]:
    """What the schedules of a job send that are deployed."""
    found = [find_schedule(place.scheduler, name, each) for name, each in job.schedules.items()]
    return [Invocation(each.exported, each.deployed, sample_request(each.deployed)) for each in found if each.deployed]


def role_documents(iam: IAMClient, arn: str) -> list[PolicyDocument]:
    """A role's policies, its own and those attached to it.

    Raises:
        PolicyError: one of them cannot be read.
    """
    name = arn.rpartition("/")[2]
    found: list[tuple[str, Any]] = []
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=name):
        found += [(each, iam.get_role_policy(RoleName=name, PolicyName=each)) for each in page["PolicyNames"]]
    for attached in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
        for each in attached["AttachedPolicies"]:
            version = iam.get_policy(PolicyArn=each["PolicyArn"])["Policy"]["DefaultVersionId"]
            told = iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId=version)["PolicyVersion"]
            found.append((each["PolicyName"], {"PolicyDocument": told["Document"]}))
    return [PolicyDocument.parse(f"{name}/{policy}", told["PolicyDocument"]) for policy, told in found]


def _asked(place: Place, name: str, arn: str, flown: Flown) -> Seen:
    """What both sources tell; one that may not be asked is noted, and the other is asked."""
    sources: list[tuple[str, Callable[[], Seen]]] = [
        (f"IAM for the {name}", lambda: ask_last_accessed(place.client("iam"), arn, flown.wait)),
        (f"CloudTrail for the {name}", lambda: ask_events(place.client("cloudtrail"), arn, flown)),
    ]
    seen = Seen()
    for what, ask in sources:
        told = asked(what, ask)
        seen |= Seen(notes=(_note(told),)) if isinstance(told, Unseen) else told
    return seen


def ask_last_accessed(iam: IAMClient, arn: str, wait: Callable[[float], None]) -> Seen:
    """Have IAM make its report, and read it."""
    job = iam.generate_service_last_accessed_details(Arn=arn, Granularity="ACTION_LEVEL")["JobId"]
    for _ in range(_WAITS_IN_SECONDS // _LOOKS_AGAIN_AFTER_SECONDS):
        told: Any = iam.get_service_last_accessed_details(JobId=job)
        if told["JobStatus"] == "COMPLETED":
            return last_accessed(_services(iam, job, told))
        if told["JobStatus"] == "FAILED":
            return Seen(notes=(f"IAM could not make its report: {told.get('Error', {}).get('Message', 'no reason')}",))
        wait(_LOOKS_AGAIN_AFTER_SECONDS)
    return Seen(notes=(f"IAM has made no report within {_WAITS_IN_SECONDS} s",))


def _services(iam: IAMClient, job: str, told: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - the answer
    """Of all pages; boto3 has no paginator for them."""
    yield from told["ServicesLastAccessed"]
    while told.get("IsTruncated"):
        told = iam.get_service_last_accessed_details(JobId=job, Marker=told["Marker"])
        yield from told["ServicesLastAccessed"]


def ask_events(cloudtrail: Any, arn: str, flown: Flown) -> Seen:  # noqa: ANN401 - its types are not installed
    """The calls of whoever assumed the role in that time, as far as they are management events."""
    keys: dict[str, None] = {}
    for event in _events(cloudtrail, "ResourceName", arn, flown):
        given = ((event.get("responseElements") or {}).get("credentials") or {}).get("accessKeyId")
        if event.get("eventName") == "AssumeRole" and given:
            keys.setdefault(given)
    looked = list(keys)[:_SESSIONS_AT_MOST]
    found = [event for key in looked for event in _events(cloudtrail, "AccessKeyId", key, flown)]
    left = len(keys) - len(looked)
    notes = (f"CloudTrail: of {left} further sessions nothing was looked up",) if left else ()
    return from_events(found) | Seen(notes=notes)


def _events(cloudtrail: Any, attribute: str, value: str, flown: Flown) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as above
    pages = cloudtrail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}],
        StartTime=flown.start,
        EndTime=flown.end,
    )
    for page in pages:
        yield from (json.loads(each["CloudTrailEvent"]) for each in page["Events"])
        flown.wait(_BETWEEN_LOOKUPS_IN_SECONDS)


def _note(unseen: Unseen) -> str:
    return f"{unseen.what}: {unseen.reason}"
