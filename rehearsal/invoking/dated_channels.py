"""The channels of a request that depend on when the schedule was due: those that SageMaker brings, and the job itself.

The job is told of the latter in variables (components/dated_channels.py); here they are as ordinary channels.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from components.dated_paths import dated_path
from components.reserved_names import DATED_CHANNEL
from components.schedule_input import SCHEDULED_TIME, InvocationContext, render
from rehearsal.errors import ContainerError
from rehearsal.invoking.deployed_schedule import DeployedSchedule

Channel = Mapping[str, Any]
Request = Mapping[str, Any]
_SCHEDULED_TIME_VARIABLE = "SCHEDULED_TIME"


def all_channels(request: Request) -> list[Channel]:
    """The channels of InputDataConfig, and after them those that the job fetches, where it finds them.

    Raises:
        ContainerError: the request says no time that dates could be filled in from.
    """
    return [*request.get("InputDataConfig", []), *fetched_channels(request)]


def fetched_channels(request: Request) -> list[Channel]:
    """The channels that the job fetches, with the dates of its scheduled time.

    Raises:
        ContainerError: as `all_channels`.
    """
    environment: Mapping[str, str] = request.get("Environment") or {}
    told = [json.loads(text) for name, text in sorted(environment.items()) if name.startswith(f"{DATED_CHANNEL}_")]
    if not told:
        return []
    text = environment.get(_SCHEDULED_TIME_VARIABLE, "")
    try:
        due = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise ContainerError(
            f"{_SCHEDULED_TIME_VARIABLE} of the request is {text[:40]!r}, and {told[0]['uri']} depends on it; allowed: "
            "a time such as 2026-11-26T03:00:00Z"
        ) from None
    return [_channel(each, due) for each in told]


def _channel(told: Mapping[str, str], due: datetime) -> Channel:
    return {
        "ChannelName": told["name"],
        "ContentType": told["content_type"],
        "InputMode": "File",
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": dated_path(told["uri"], due, told["time_zone"]),
                "S3DataDistributionType": told["distribution"],
            }
        },
    }


def with_fetched_channels(request: Request) -> dict[str, Any]:
    """A request whose channels are all brought by SageMaker: for who has them already, and no S3 to ask.

    Raises:
        ContainerError: as `all_channels`.
    """
    environment = {
        name: text for name, text in request.get("Environment", {}).items() if not name.startswith(f"{DATED_CHANNEL}_")
    }
    return {**request, "InputDataConfig": all_channels(request), "Environment": environment}


def dated_channels(schedule: DeployedSchedule, due: datetime) -> list[Channel]:
    """The channels whose location is another one for each time, as they are for the time `due` (aware).

    Raises:
        ValueError: the schedule's target input is no request.
    """
    written = json.loads(schedule.target_input).get("InputDataConfig", [])
    names = {each["ChannelName"] for each in written if SCHEDULED_TIME in json.dumps(each, ensure_ascii=False)}
    request = render(schedule.target_input, InvocationContext(schedule.arn, due, "", 1))
    brought = [each for each in request.get("InputDataConfig", []) if each["ChannelName"] in names]
    return [*brought, *fetched_channels(request)]


def uri_of(channel: Channel) -> str:
    """Where the channel's data is in S3, or its manifest; "" where it is not in S3."""
    return str(channel["DataSource"].get("S3DataSource", {}).get("S3Uri", ""))
