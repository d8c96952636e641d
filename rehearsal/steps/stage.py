"""What the steps of a rehearsal share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.s3_location import bucket_of, key_of
from rehearsal.aws_clients import AwsClients
from rehearsal.judging.judgement import Fault, permission_faults
from rehearsal.judging.stack_check import StackCheck, artifact_store_of
from rehearsal.local_servers.servers import Servers
from rehearsal.permissions.role_documents import deployed_roles
from rehearsal.reporter import Reporter
from rehearsal.running.deployed_schedule import DeployedSchedule


@dataclass(frozen=True)
class Stage:
    """A stack that has been checked, and the servers that stand in for AWS and MLflow."""

    project_dir: Path
    reporter: Reporter
    check: StackCheck
    servers: Servers
    clients: AwsClients

    def denied_calls(self, schedule: DeployedSchedule, request: Mapping[str, Any]) -> list[Fault]:
        """The AWS calls of one invocation that the deployed roles deny, given the objects that are in S3."""
        keys = {
            channel["ChannelName"]: self._keys(channel["DataSource"]["S3DataSource"]["S3Uri"])
            for channel in request["InputDataConfig"]
        }
        store = artifact_store_of(self.check.declaration.exports, schedule)
        roles = deployed_roles(self.clients.iam)
        faults = permission_faults(schedule, request, roles, object_keys=keys, artifact_store=store)
        return [fault for fault in faults if fault.mandatory]

    def _keys(self, uri: str) -> list[str]:
        pages = self.clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket_of(uri), Prefix=key_of(uri))
        return [found["Key"] for page in pages for found in page.get("Contents", [])]


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
