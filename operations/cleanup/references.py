"""What refers to what lies in the bucket: deployed schedules, running jobs, registered versions. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from components.s3_location import bucket_of, key_of
from components.tracking_mode import AFTERWARDS, NONE
from operations.cleanup.roots import digest_in, packages_uris, read_uris
from operations.places import tracking_variables
from rehearsal.container.code_channels import bundle_uri

Invocation = tuple[str, str]
"""A schedule's ARN and a scheduled time."""


class Tracks(Enum):
    """Where a training job records."""

    HERE = "in the stack's MLflow"
    NOWHERE = "nowhere"
    ELSEWHERE = "in another MLflow than the stack's"


@dataclass(frozen=True)
class JobFacts:
    """What SageMaker says of a training job; `status` is None for one that it does not know any more."""

    status: str | None
    tracks: Tracks = Tracks.HERE
    is_afterwards: bool = False
    invocation: Invocation = ("", "")

    @property
    def is_over(self) -> bool:
        """Whether it uses nothing any more."""
        return self.status in {None, "Completed", "Failed", "Stopped"}


@dataclass(frozen=True)
class NeededVersion:
    """A registered version, and what it comes from; an empty digest is one that is not recorded."""

    model: str
    version: str
    training_job: str
    invocation: Invocation = ("", "")
    bundle_digest: str = ""

    def __str__(self) -> str:
        return f"version {self.version} of {self.model}"


@dataclass(frozen=True)
class References:
    """All that refers to something. What is not among `facts` was not looked at, and is kept.

    `all_bundles` and `all_packages` say in words why none may be deleted; "" where each is known.
    """

    versions: tuple[NeededVersion, ...] = ()
    bundles: Mapping[str, str] = field(default_factory=dict)
    """Digest -> who needs it, in words."""
    packages: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    """URI of a place in S3 that is read, or is not the jobs' own -> by whom."""
    facts: Mapping[str, JobFacts] = field(default_factory=dict)
    all_bundles: str = ""
    all_packages: str = ""


def references(
    requests: Mapping[str, Mapping[str, Any]],
    versions: Iterable[NeededVersion],
    facts: Mapping[str, JobFacts],
    of_versions: Mapping[str, Mapping[str, Any] | None],
    kept_places: Mapping[str, str],
) -> References:
    """Put together what was asked.

    `requests` are those of deployed schedules and running jobs, by who they are; `of_versions` what SageMaker says of
    the training jobs of versions, None where it does not know one any more.
    """
    # Pairs: two servers may have a version of the same name and number.
    known, needing = tuple(versions), list(requests.items())
    bundles = {version.bundle_digest: str(version) for version in known if version.bundle_digest}
    all_bundles = all_packages = ""
    for version in known:
        described = of_versions.get(version.training_job)
        if described is not None:
            needing.append((str(version), described))
            continue
        all_packages = f"SageMaker does not tell what {version} came with"
        if not version.bundle_digest:
            all_bundles = f"{version} does not say which bundle it is from"
    bundles |= {digest: who for who, request in needing if (digest := digest_in(bundle_uri(request)))}
    packages = {digest_in(uri): who for who, request in needing for uri in packages_uris(request)}
    # What a context attribute is part of is not known: all before it counts.
    read = {uri.partition("<")[0]: who for who, request in needing for uri in read_uris(request)}
    places = {uri: who for uri, who in {**read, **kept_places}.items() if uri.startswith("s3://") and key_of(uri)}
    return References(known, bundles, packages, places, facts, all_bundles, all_packages)


def facts_of(described: Mapping[str, Any], trackings: Iterable[Mapping[str, str]]) -> JobFacts:
    """What a DescribeTrainingJob answer says; `trackings` are those of the stack's MLflow servers."""
    told = described.get("Environment") or {}
    variables = {name: value for name, value in tracking_variables(told).items() if value}
    if told.get("TRACKING") == NONE or not variables.get("MLFLOW_TRACKING_URI"):
        tracks = Tracks.NOWHERE
    else:
        addresses = {each.get("MLFLOW_TRACKING_URI") for each in trackings}
        tracks = Tracks.HERE if variables["MLFLOW_TRACKING_URI"] in addresses else Tracks.ELSEWHERE
    invocation = (told.get("SCHEDULE_ARN", ""), told.get("SCHEDULED_TIME", ""))
    return JobFacts(described["TrainingJobStatus"], tracks, told.get("TRACKING") == AFTERWARDS, invocation)


def is_in(uri: str, place: str) -> bool:
    """Whether something lies below a place, or the place below it."""
    if bucket_of(uri) != bucket_of(place):
        return False
    return key_of(uri).startswith(key_of(place)) or key_of(place).startswith(key_of(uri))
