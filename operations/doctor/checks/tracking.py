"""Whether MLflow runs and is new enough, its secret is there, somebody hears alarms, and the champion is the gate's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from operations.doctor import kinds
from operations.doctor.facts import Facts, MovedChampion, Secret, Topic, TrackingServer
from operations.doctor.finding import Finding, Unseen
from operations.doctor.job_needs import tracking_of

OLDEST_VERSION: Final = 3
"""The training code records logged models, which MLflow has from this version on."""


def servers(facts: Facts) -> Iterator[Finding]:
    """That each MLflow is there, runs, and is not too old."""
    for uri, server in facts.servers.items():
        if isinstance(server, Unseen):
            continue
        if server is None:
            yield kinds.TRACKING_MISSING.finding(uri, "it does not exist")
        elif server.status:
            yield kinds.TRACKING_DOWN.finding(uri, server.status)
        elif (version := _major(server.version)) is not None and version < OLDEST_VERSION:
            yield kinds.TRACKING_OLD.finding(uri, f"it is MLflow {server.version}")


def artifact_stores(facts: Facts) -> Iterator[Finding]:
    """That the job writes artifacts where the server keeps them; what its schedules share is told once."""
    told = set[tuple[str, str, str]]()
    for job in facts.jobs:
        for each in job.schedules.values():
            server, declared = facts.servers.get(tracking_of(each.request)), each.declared.artifact_store
            if not isinstance(server, TrackingServer) or not server.artifact_store or not declared:
                continue
            # With a prefix that is a part of the server's the job may write more than it has to, but it may.
            key = (job.job.name, server.artifact_store, declared)
            if key not in told and not f"{server.artifact_store.rstrip('/')}/".startswith(f"{declared.rstrip('/')}/"):
                told.add(key)
                yield kinds.ARTIFACT_STORE.finding(
                    each.declared.schedule_name,
                    f"the server keeps artifacts in {server.artifact_store}, not {declared}",
                )


def secrets(facts: Facts) -> Iterator[Finding]:
    """That each secret is there, with a value."""
    for arn, secret in facts.secrets.items():
        if secret is None:
            yield kinds.SECRET_MISSING.finding(arn, "it does not exist")
        elif isinstance(secret, Secret) and secret.deleted:
            yield kinds.SECRET_MISSING.finding(arn, "it is marked for deletion")
        elif isinstance(secret, Secret) and not secret.has_value:
            yield kinds.SECRET_EMPTY.finding(arn, "it has no version that is AWSCURRENT")


def alarms(facts: Facts) -> Iterator[Finding]:
    """That somebody hears the alarms of a job that has any."""
    for each in facts.jobs:
        if each.job.alarm_topic_arn is None or isinstance(each.topic, Unseen):
            continue
        if each.topic is None:
            yield kinds.ALARM_TOPIC.finding(each.job.name, f"{each.job.alarm_topic_arn} does not exist")
        elif isinstance(each.topic, Topic) and not each.topic.confirmed:
            waiting = f"; not confirmed: {', '.join(each.topic.pending)}" if each.topic.pending else ""
            yield kinds.ALARM_UNHEARD.finding(
                each.job.name, f"{each.job.alarm_topic_arn} has no confirmed subscription{waiting}"
            )


def champions(facts: Facts) -> Iterator[Finding]:
    """That the alias is where the gate put it."""
    for each in facts.jobs:
        found = each.champion
        if isinstance(found, MovedChampion):
            where = f"version {found.version}" if found.version else "no version"
            ends = f"version {found.expected}" if found.expected else "none"
            told = f"champion of {found.model} is {where}, and what gates and commands recorded ends at {ends}"
            yield kinds.ALIAS_MOVED.finding(each.job.name, told)


def _major(version: str) -> int | None:
    found = re.match(r"v?(\d+)\.", version)
    return int(found[1]) if found else None
