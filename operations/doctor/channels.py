"""What is asked of an invocation's channels: whether their data is there, and what the training code says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operations.doctor.asking.answers import Questions, asked
from operations.doctor.asking.storage import ask_channel, ask_object
from operations.doctor.asking.training_code import READ, NotAskedError, ask_fault, is_shipped_code
from operations.doctor.facts import Asked, ChannelData
from operations.doctor.invocation import Invocation
from operations.doctor.job_needs import data_channels
from operations.places import Place
from rehearsal.container.code_channels import bundle_uri
from rehearsal.invoking.dated_channels import dated_channels, uri_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Answers = Mapping[Any, Any]


def add_channels(questions: Questions, invocation: Invocation, project_dir: Path, place: Place) -> None:
    """Ask for every channel that has data in S3; one by date only where the schedule was due some time."""
    dated = _dated_names(invocation)
    for channel in data_channels(invocation.request):
        name, due = channel["ChannelName"], invocation.last_due
        if name in dated and due is None:
            continue
        ask = partial(_ask, project_dir, place, invocation.request, channel, due if name in dated else None)
        questions.add(_key(channel, invocation), f"channel {name}: {uri_of(channel)}", ask)


def channels_of(invocation: Invocation, answers: Answers) -> dict[str, Asked[ChannelData]]:
    """The answers, by the channel's name."""
    keys = {each["ChannelName"]: _key(each, invocation) for each in data_channels(invocation.request)}
    return {name: answers[key] for name, key in keys.items() if key in answers}


def _key(channel: Mapping[str, Any], invocation: Invocation) -> tuple[str, ...]:
    """Jobs that read the same data in the same way have one question."""
    told = repr(sorted(invocation.request.get("HyperParameters", {}).items()))
    return ("channel", channel["ChannelName"], uri_of(channel), told)


def _dated_names(invocation: Invocation) -> set[str]:
    try:
        found = dated_channels(invocation.schedule, invocation.last_due or invocation.due) if invocation.due else []
    except ValueError:
        return set()
    return {each["ChannelName"] for each in found}


def _ask(
    project_dir: Path, place: Place, request: Mapping[str, Any], channel: Mapping[str, Any], due: datetime | None
) -> ChannelData:
    data = replace(ask_channel(place.s3, channel), due=due)
    name, bundle = channel["ChannelName"], bundle_uri(request)
    if not data.filled or name not in READ:
        return data
    what = f"whether the training code reads channel {name}"
    ask = partial(_fault, project_dir, place.s3, request, channel, bundle, place.environment)
    return replace(data, fault=asked(what, ask))


def _fault(  # noqa: PLR0913, PLR0917 - what is asked, of whom, and about what
    project_dir: Path,
    s3: S3Client,
    request: Mapping[str, Any],
    channel: Mapping[str, Any],
    bundle: str,
    around: Mapping[str, str],
) -> str:
    if not bundle.startswith("s3://"):
        raise NotAskedError("an image of your own reads it, which is not asked")
    if not ask_object(s3, bundle):
        raise NotAskedError(f"its code, {bundle}, is missing")
    if not is_shipped_code(s3, bundle):
        raise NotAskedError("code of your own reads it, which is not asked")
    return ask_fault(project_dir, s3, request, channel, around)
