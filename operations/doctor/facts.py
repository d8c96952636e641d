"""What the doctor knows of a stack, as values: what is not there is None, and what was not told Unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from operations.deployed_jobs import StackJob, StackSchedule
from operations.doctor.finding import Unseen
from operations.jobs.history import History
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.permissions import AwsCall

T = TypeVar("T")
Asked: TypeAlias = T | Unseen


@dataclass(frozen=True)
class Caller:
    """Whom AWS takes the caller for."""

    account: str
    arn: str


@dataclass(frozen=True)
class Refusal:
    """That AWS did not say who the caller is, why, and what cures that where it is known."""

    reason: str
    cure: str = ""


@dataclass(frozen=True)
class Clock:
    """The time of this machine when AWS answered, and the time that AWS gave."""

    here: datetime
    aws: datetime


@dataclass(frozen=True)
class Deployed:
    """A schedule as GetSchedule tells it."""

    schedule: DeployedSchedule
    modified: datetime | None = None


@dataclass(frozen=True)
class ChannelData:
    """What lies where a channel's data should be: how many objects were seen, and how many with something in them.

    `fault` is what the training code says of their head; "" for nothing, None where it was not asked.
    """

    uri: str
    objects: int
    filled: int
    fault: Asked[str] | None = None
    due: datetime | None = None
    """Of a location that depends on the time: for which time was looked."""


@dataclass(frozen=True)
class ScheduleFacts:
    """A schedule of a job, and what one of its invocations would use."""

    declared: StackSchedule
    deployed: Asked[Deployed | None]
    request: Mapping[str, Any]
    """What an invocation sends."""
    channels: Mapping[str, Asked[ChannelData]] = field(default_factory=dict)
    bundle: Asked[bool] = True
    input_faults: tuple[str, ...] = ()
    """Why what is deployed is no request; `request` is then what the stack declares."""


@dataclass(frozen=True)
class Denial:
    """A call that a role's documents deny, and why."""

    call: AwsCall
    reason: str


@dataclass(frozen=True)
class Role:
    """A role that is there, and which of the calls that an invocation makes it may not make."""

    trust: tuple[Denial, ...] = ()
    permissions: Asked[tuple[Denial, ...]] = ()


@dataclass(frozen=True)
class DeadLetters:
    """How many invocations wait in a queue, and what the first of them say: error code and message."""

    count: int
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """The subscriptions of the alarms' topic."""

    confirmed: int
    pending: tuple[str, ...] = ()
    """Who has not confirmed."""


@dataclass(frozen=True)
class MovedChampion:
    """Where the alias champion is that nobody knows the mover of, and where what is recorded ends; "" for nowhere."""

    model: str
    version: str
    expected: str


@dataclass(frozen=True)
class JobFacts:
    """A job of the stack."""

    job: StackJob
    schedules: Mapping[str, ScheduleFacts]
    group_tags: Asked[Mapping[str, str] | None] = None
    dead_letters: Asked[DeadLetters | None] = DeadLetters(0)
    """None: the schedules name a queue, and there is none."""
    roles: Mapping[str, Asked[Role | None]] = field(default_factory=dict)
    """By ARN."""
    runs: Asked[History] = field(default_factory=lambda: History(""))
    topic: Asked[Topic | None] = None
    """Of its alarms, where it has any."""
    champion: Asked[MovedChampion | None] = None
    """None where it is the gate's, or was moved by `training-jobs`, or nobody can tell."""


@dataclass(frozen=True)
class Subnet:
    """What a subnet's machines reach: by a default route that is none to the internet gateway, or by endpoints."""

    has_way_out: bool
    endpoints: frozenset[str] = frozenset()
    """The services of gateway endpoints of its route table, and of interface endpoints of its VPC."""


@dataclass(frozen=True)
class Network:
    """The VPC that a job joins."""

    missing: tuple[str, ...] = ()
    """Subnets and security groups that do not exist."""
    vpcs: tuple[str, ...] = ()
    domain_name: str | None = None
    """Of the VPC's DHCP options."""
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    lets_https_out: bool = True


@dataclass(frozen=True)
class TrackingServer:
    """An MLflow: its status in AWS's words or in those of the way to it, "" for well; "" of what it does not say."""

    status: str = ""
    version: str = ""
    artifact_store: str = ""


@dataclass(frozen=True)
class Secret:
    """A secret, whose value nobody reads here."""

    deleted: bool = False
    has_value: bool = True


@dataclass(frozen=True)
class Facts:
    """All of a stack. What several jobs use is there once, by its own name."""

    stack: str
    region: str
    """That was asked."""
    now: datetime
    caller: Caller | Refusal
    clock: Clock | None = None
    jobs: tuple[JobFacts, ...] = ()
    buckets: Mapping[str, Asked[str | None]] = field(default_factory=dict)
    """Name -> region."""
    images: Mapping[str, Asked[bool]] = field(default_factory=dict)
    """URI -> whether it exists."""
    networks: Mapping[tuple[str, ...], Asked[Network]] = field(default_factory=dict)
    """Subnets and security groups -> what they are."""
    quotas: Mapping[str, Asked[float]] = field(default_factory=dict)
    """Name of the quota -> its value."""
    servers: Mapping[str, Asked[TrackingServer | None]] = field(default_factory=dict)
    """Tracking URI -> what is there."""
    secrets: Mapping[str, Asked[Secret | None]] = field(default_factory=dict)
    """By ARN."""


def unseen_in(value: object) -> Iterator[Unseen]:
    """Everything in a value that could not be looked at, however deep, so that none of it is passed over."""
    if isinstance(value, Unseen):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from unseen_in(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from unseen_in(entry)
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from unseen_in(entry)
