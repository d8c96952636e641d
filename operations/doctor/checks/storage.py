"""Whether buckets are there and in the region, and the data in them, readable for the training code."""

from __future__ import annotations

from collections.abc import Iterator

from components.s3_location import bucket_of
from operations.doctor import kinds_of_needs as kinds
from operations.doctor.facts import ChannelData, Facts, ScheduleFacts
from operations.doctor.finding import Finding, Unseen
from operations.doctor.job_needs import buckets_of
from rehearsal.container.code_channels import bundle_uri


def buckets(facts: Facts) -> Iterator[Finding]:
    """That each exists, and those of the job itself in the stack's region."""
    wanted: dict[str, bool] = {}
    for each in _schedules(facts):
        for name, in_region in buckets_of(each.request, each.declared.artifact_store):
            wanted[name] = wanted.get(name, False) or in_region
    for name, in_region in wanted.items():
        region = facts.buckets.get(name, facts.region)
        if isinstance(region, Unseen):
            continue
        if region is None:
            yield kinds.BUCKET_MISSING.finding(name, f"there is no bucket {name}")
        elif in_region and region != facts.region:
            yield kinds.BUCKET_REGION.finding(name, f"it is in {region}, and the stack in {facts.region}")


def data(facts: Facts) -> Iterator[Finding]:
    """That each channel has data. A bucket that is missing is told once, and not for each of its prefixes."""
    told = set[tuple[str, str]]()
    for each in _schedules(facts):
        for name, found in each.channels.items():
            if isinstance(found, Unseen) or (name, found.uri) in told or found.filled:
                continue
            if facts.buckets.get(bucket_of(found.uri), "") is None:
                continue
            told.add((name, found.uri))
            yield _without_data(name, found)


def _without_data(name: str, found: ChannelData) -> Finding:
    subject = f"channel {name}"
    if found.due is not None:
        what = f"the schedule was due at {found.due:%Y-%m-%d %H:%M} UTC, and there is nothing in {found.uri}"
        return kinds.DATED_DATA_MISSING.finding(subject, what)
    if found.objects:
        what = f"{found.uri} has {found.objects} objects, folder markers or empty ones, and nothing else"
        return kinds.DATA_EMPTY.finding(subject, what)
    return kinds.DATA_MISSING.finding(subject, f"there is no object under {found.uri}")


def readable(facts: Facts) -> Iterator[Finding]:
    """That the training code reads the head of each channel."""
    told = set[tuple[str, str]]()
    for each in _schedules(facts):
        for name, found in each.channels.items():
            if isinstance(found, Unseen) or not isinstance(found.fault, str) or not found.fault:
                continue
            if (name, found.fault) not in told:
                told.add((name, found.fault))
                yield kinds.DATA_UNREADABLE.finding(f"channel {name}", found.fault)


def bundles(facts: Facts) -> Iterator[Finding]:
    """That the code is where the job looks for it."""
    uris = dict.fromkeys(bundle_uri(each.request) for each in _schedules(facts) if each.bundle is False)
    for uri in uris:
        yield kinds.BUNDLE_MISSING.finding("source bundle", f"there is no {uri}")


def _schedules(facts: Facts) -> Iterator[ScheduleFacts]:
    for job in facts.jobs:
        yield from job.schedules.values()
