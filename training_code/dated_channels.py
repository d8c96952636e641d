"""Fetches the channels whose S3 location has dates in it, once the job knows for which time it was started.

SageMaker brings data from the locations that a request names. A request of EventBridge Scheduler can name the whole
scheduled time and nothing that is computed from it, so these are told in variables, `DATED_CHANNEL_1` and so on, and
the script sees the same as with SageMaker's own channels: a directory, and SM_CHANNEL_<NAME>.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import s3_objects
import scheduled_dates
from failure import TrainingError, reason_of_failure
from progress import say
from s3_objects import S3Object

VARIABLE = "DATED_CHANNEL_"
READ_URIS = "DATED_CHANNEL_URIS"
"""Variable that is set for the script: JSON, channel -> the S3 location that was read."""
_UTC = timezone.utc  # noqa: UP017 - images of Python 3.9 and 3.10 know no datetime.UTC
_SCHEDULED_TIME = "SCHEDULED_TIME"
_UNRENDERED = "<aws.scheduler."
_REPLICATED, _SHARDED = "FullyReplicated", "ShardedByS3Key"


@dataclass(frozen=True)
class DatedChannel:
    """One channel as the request tells it."""

    name: str
    uri: str
    time_zone: str
    content_type: str
    distribution: str


def fault(environ: MutableMapping[str, str]) -> str:
    """Fetch them; why that failed, and "" when it did not."""
    return reason_of_failure(lambda: fetch_into(environ), environ)


def fetch_into(environ: MutableMapping[str, str]) -> None:
    """Fetch all channels with dates, and put into `environ` what tells a script of a channel.

    Raises:
        TrainingError: there is no time to go by, no data, no room, or no permission; the message names the location.
    """
    channels = told(environ)
    if not channels:
        return
    due = scheduled_time(environ)
    read = {}
    for channel in channels:
        uri = scheduled_dates.resolved(channel.uri, due, _zone(channel))
        directory = _fetch(channel, uri, environ)
        read[channel.name] = uri
        environ.update(_variables(channel, uri, directory, environ))
    environ[READ_URIS] = json.dumps(read)


def told(environ: Mapping[str, str]) -> list[DatedChannel]:
    """The channels that variables tell of, in their order."""
    numbers = sorted(int(end) for name in environ if (end := name.removeprefix(VARIABLE)) != name and end.isdigit())
    return [DatedChannel(**json.loads(environ[f"{VARIABLE}{number}"])) for number in numbers]


def scheduled_time(environ: Mapping[str, str]) -> datetime:
    """For which time the schedule started the job: of a retry and of a late delivery still that one.

    Raises:
        TrainingError: there is none.
    """
    text = environ.get(_SCHEDULED_TIME, "")
    try:
        due = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if due.tzinfo is None:
            raise ValueError(text)
    except ValueError:
        got = "not set" if not text or _UNRENDERED in text else f"got {text[:40]!r}"
        raise TrainingError(
            f"environment variable {_SCHEDULED_TIME}: {got}, and the location of a channel depends on it; a job that "
            "no schedule starts needs it in its Environment, in UTC, such as 2026-11-26T03:00:00Z"
        ) from None
    return due.astimezone(_UTC)


def _zone(channel: DatedChannel) -> ZoneInfo:
    try:
        return ZoneInfo(channel.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise TrainingError(
            f"channel {channel.name}: this image knows no time zone {channel.time_zone!r}; add tzdata to "
            "requirements.txt, or set the channel's time_zone to UTC and add hours to its dates"
        ) from None


def _fetch(channel: DatedChannel, uri: str, environ: Mapping[str, str]) -> Path:
    """Bring the objects of a location to the channel's directory, whole or not at all."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    started = time.perf_counter()
    base = Path(environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml") / "input" / "data"
    try:
        s3 = s3_objects.client()
        objects = s3_objects.objects_of(s3, uri)
        mine = _share(objects, channel, environ)
        directory = s3_objects.fetch_whole(s3, uri, mine, _place_for(base, channel.name), channel.name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise TrainingError(
            f"channel {channel.name}: {uri} cannot be read: {code}; check that the bucket is there, and that the "
            "execution role may list and read this location"
        ) from None
    except (BotoCoreError, Boto3Error) as error:
        raise TrainingError(
            f"channel {channel.name}: {uri} cannot be read: {type(error).__name__}: {error}; check that the job's "
            "network reaches S3"
        ) from None
    size = sum(each.size for each in mine)
    say(
        f"channel {channel.name}: {uri}: {len(mine)} of {len(objects)} objects, {size / 2**20:.1f} MiB in "
        f"{time.perf_counter() - started:.1f} s"
    )
    return directory


def _share(objects: Sequence[S3Object], channel: DatedChannel, environ: Mapping[str, str]) -> list[S3Object]:
    """The share of this host where each gets some of the objects, else all."""
    hosts = sorted(json.loads(environ.get("SM_HOSTS") or "[]"))
    if channel.distribution != _SHARDED or len(hosts) < 2:
        return list(objects)
    return list(objects[hosts.index(environ["SM_CURRENT_HOST"]) :: len(hosts)])


def _place_for(base: Path, name: str) -> Path:
    """The directory that SageMaker would give the channel; another one where the container may not make it."""
    directory = base / name
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=base):
            return directory
    except OSError:
        return Path(tempfile.mkdtemp(prefix="channels-")) / name


def _variables(channel: DatedChannel, uri: str, directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What the training toolkit would have told of such a channel, and where it comes from."""
    described = {
        "TrainingInputMode": "File",
        "S3DistributionType": channel.distribution,
        "RecordWrapperType": "None",
        "ContentType": channel.content_type,
    }
    names = {*json.loads(environ.get("SM_CHANNELS") or "[]"), channel.name}
    all_described = json.loads(environ.get("SM_INPUT_DATA_CONFIG") or "{}") | {channel.name: described}
    found = {
        "SM_CHANNELS": json.dumps(sorted(names)),
        "SM_INPUT_DATA_CONFIG": json.dumps(all_described),
        f"SM_CHANNEL_{channel.name.upper()}": str(directory),
        f"CHANNEL_URI_{channel.name.upper()}": uri,
    }
    if whole := environ.get("SM_TRAINING_ENV"):
        everything = json.loads(whole)
        directories = everything.get("channel_input_dirs", {}) | {channel.name: str(directory)}
        more = {"channel_input_dirs": directories, "input_data_config": all_described}
        found["SM_TRAINING_ENV"] = json.dumps(everything | more)
    return found
