"""What is worth knowing of channels with dates before they are deployed: where the next run will look for its data."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from .channel import Channel
from .dated_paths import dated_path, is_dated
from .schedule_spec import ScheduleSpec


def dated_notes(channels: Mapping[str, Channel], schedule: ScheduleSpec, now: datetime) -> Iterator[str]:
    """A note for each channel with dates, beginning with its setting; none where the schedule is never due again."""
    dated = {name: channel for name, channel in sorted(channels.items()) if is_dated(channel.s3_uri_as_written)}
    due = next(iter(schedule.as_sent(now).next_fire_times(now)), None) if dated else None
    if due is None:
        return
    for name, channel in dated.items():
        zone = channel.time_zone or schedule.time_zone
        uri = dated_path(channel.s3_uri_as_written, due, zone)
        yield f"channels.{name}: at its next time, {due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}, reads {uri}"
