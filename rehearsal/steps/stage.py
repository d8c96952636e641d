"""What the steps of a rehearsal share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rehearsal.aws_clients import AwsClients
from rehearsal.container.channel_data import read_uris
from rehearsal.container.engine import ContainerEngine
from rehearsal.invoking.dated_channels import all_channels
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import Fault, permission_faults
from rehearsal.judging.stack_check import StackCheck, artifact_store_of
from rehearsal.local_servers.servers import Servers
from rehearsal.permissions.role_documents import deployed_roles
from rehearsal.reporter import Reporter


class RunningServers(Protocol):
    """Servers of a rehearsal, this one's or one that was kept: where they answer, and where they keep their files."""

    @property
    def endpoint_url(self) -> str:
        """Endpoint of the embedded AWS."""

    @property
    def tracking_uri(self) -> str:
        """Address of the MLflow server."""

    @property
    def state_dir(self) -> Path:
        """Where logs of training jobs go."""


@dataclass(frozen=True)
class RunningStack:
    """A stack on servers that run: what firing its schedules and running their training jobs take."""

    project_dir: Path
    reporter: Reporter
    exports: Mapping[str, Any]
    """What the stack exports."""
    servers: RunningServers
    clients: AwsClients
    engine: ContainerEngine | None = None
    """What starts the images themselves; absent, environments of this machine stand in for them."""

    def denied_calls(self, schedule: DeployedSchedule, request: Mapping[str, Any]) -> list[Fault]:
        """The AWS calls of one invocation that the deployed roles deny, given the objects that are in S3."""
        uris = {channel["ChannelName"]: read_uris(self.clients.s3, channel) for channel in all_channels(request)}
        store = artifact_store_of(self.exports, schedule)
        roles = deployed_roles(self.clients.iam)
        faults = permission_faults(schedule, request, roles, object_uris=uris, artifact_store=store)
        return [fault for fault in faults if fault.mandatory]


@dataclass(frozen=True)
class Stage:
    """A stack that has been checked, and the servers that stand in for AWS and MLflow."""

    project_dir: Path
    reporter: Reporter
    check: StackCheck
    servers: Servers
    clients: AwsClients
    engine: ContainerEngine | None = None
    """As `RunningStack.engine`."""

    @property
    def running(self) -> RunningStack:
        """Without what is for checking and deploying only."""
        exports = self.check.declaration.exports
        return RunningStack(self.project_dir, self.reporter, exports, self.servers, self.clients, self.engine)
