"""Channels with dates in their location: what the job is told of each, so that it fetches the data itself.

One variable for each, `DATED_CHANNEL_1` and so on, read by training_code/dated_channels.py.
"""

import json
from collections.abc import Iterator
from typing import Final

from .reserved_names import DATED_CHANNEL, RESERVED_ENVIRONMENT
from .schedule_spec import TIME_ZONE_MAX_LENGTH
from .script_mode import ENVIRONMENT_MAX_COUNT, ENVIRONMENT_VALUE_MAX_LENGTH
from .training_job_fields import TrainingJobFields
from .wording import counted

_ANY_TIME_ZONE: Final = "x" * TIME_ZONE_MAX_LENGTH


def dated_channel_variables(spec: TrainingJobFields, time_zone: str) -> dict[str, str]:
    """The variables; `time_zone` is the schedule's, for channels that name none."""
    return {f"{DATED_CHANNEL}_{number}": text for number, text in enumerate(_texts(spec, time_zone).values(), start=1)}


def _texts(spec: TrainingJobFields, time_zone: str) -> dict[str, str]:
    return {
        name: json.dumps(
            {
                "name": name,
                "uri": channel.s3_uri_as_written,
                "time_zone": channel.time_zone or time_zone,
                "content_type": channel.content_type,
                "distribution": channel.s3_data_distribution_type,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )
        for name, channel in spec.dated_channels.items()
    }


def variable_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Channels whose variable would be too long, and more variables than a request takes."""
    texts = _texts(spec, _ANY_TIME_ZONE)
    for name, text in texts.items():
        if (over := len(text) - ENVIRONMENT_VALUE_MAX_LENGTH) > 0:
            yield (
                f"channels.{name}: its location, name and content type are {over} characters too long for a location "
                "with dates, which travels in an environment variable; shorten them"
            )
    room = ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT) - len(texts)
    if texts and len(spec.environment) + len(spec.secrets) > room:
        beside = f" beside {counted(len(spec.secrets), 'secret')}" if spec.secrets else ""
        with_dates = f"{counted(len(texts), 'channel')} that {'have' if len(texts) > 1 else 'has'} dates"
        yield (
            f"environment: got {len(spec.environment)}{beside}; allowed with {with_dates}: "
            f"{room}{' of both' if beside else ''}; remove one"
        )


def start_problems(spec: TrainingJobFields) -> Iterator[str]:
    """A start that passes over what fetches the data; that of the code that comes along is refused by itself."""
    image = spec.training_image
    starts = [name for name in ("entrypoint", "arguments") if getattr(image, name)]
    if starts and not spec.source.is_shipped:
        for name in spec.dated_channels:
            yield (
                f"channels.{name}: got dates to fill in; allowed with training_image.{starts[0]}: none but "
                "{scheduled_time} alone, because what fetches such data is started by the training toolkit; remove "
                f"training_image.{starts[0]}, or name a location without a date"
            )
