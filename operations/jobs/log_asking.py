"""Asks CloudWatch Logs for a training job's log: all streams of the job, to their ends, and on from there.

Calls: DescribeLogStreams by the job's name, and GetLogEvents for each stream: its token leads on from where one was,
so no line comes twice. Source: CloudWatch Logs API, GetLogEvents, nextForwardToken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from operations.jobs.log_lines import LogLine, host_of, in_order
from rehearsal.container.training_logs import LOG_GROUP

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef


@dataclass
class JobLog:
    """The log of one training job, and how far it has been read."""

    logs: CloudWatchLogsClient
    training_job_name: str
    _tokens: dict[str, str] = field(default_factory=dict)
    """Log stream -> the token of what comes next."""
    _gone: list[str] = field(default_factory=list)

    def new_lines(self) -> Iterator[LogLine]:
        """What has come since the last time, by time; at first all of it. None where there is no log yet."""
        yield from in_order([self._new_lines_of(name) for name in self._stream_names()])

    def new_notes(self) -> list[str]:
        """What a person should know of the lines that came last: each is told once."""
        told, self._gone = [f"log stream {name} was deleted while it was read" for name in self._gone], []
        return told

    def _stream_names(self) -> list[str]:
        pages = self.logs.get_paginator("describe_log_streams").paginate(
            logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self.training_job_name}/"
        )
        try:
            return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
        except self.logs.exceptions.ResourceNotFoundException:
            return []  # no training job of the account and region has ever written a line

    def _new_lines_of(self, stream: str) -> Iterator[LogLine]:
        """To the end of a stream, which is where the token stays the same."""
        host = host_of(stream)
        while True:
            before = self._tokens.get(stream)
            ask: GetLogEventsRequestTypeDef = {
                "logGroupName": LOG_GROUP,
                "logStreamName": stream,
                "startFromHead": True,
            }
            if before:
                ask["nextToken"] = before
            try:
                answer = self.logs.get_log_events(**ask)
            except self.logs.exceptions.ResourceNotFoundException:
                self._gone.append(stream)
                return
            for event in answer["events"]:
                yield LogLine(event["timestamp"], host, event["message"])
            self._tokens[stream] = answer["nextForwardToken"]
            if answer["nextForwardToken"] == before:
                return
