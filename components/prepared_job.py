"""A job with everything settled that a component is made of: names, settings, bundle and packages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from .aws_names import JobNames
from .data_buckets import DataBucket
from .package_archives import PackageArchive
from .schedule_spec import ScheduleSpec
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec


@dataclass(frozen=True)
class FurtherSchedule:
    """Another schedule of the same job: when, and what it starts, which may differ in anything but code and role."""

    training_job: TrainingJobSpec
    schedule: ScheduleSpec
    source_bundle: SourceBundle
    packages: Sequence[PackageArchive] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """Of the training jobs that it starts."""


@dataclass(frozen=True)
class PreparedJob:
    """Everything a ScheduledTrainingJob is made of; a stack of many jobs prepares them together.

    `bundle_directory` is where the bundle is written for the engine to upload; its content is a function of the
    bundle's digest alone. `packages` travel with the job; `uploaded` has the object of each by its S3 prefix, and what
    is not among them the component uploads itself.
    `data_buckets` are buckets beside the stack's, by name, that channels may read from.
    `further_schedules` have their own names. A start date that is over `now` (aware) is not sent.
    """

    names: JobNames
    training_job: TrainingJobSpec
    schedule: ScheduleSpec
    source_bundle: SourceBundle
    bundle_directory: Path
    packages: Sequence[PackageArchive] = ()
    uploaded: Mapping[str, pulumi.Resource] = field(default_factory=dict)
    data_buckets: Mapping[str, DataBucket] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    further_schedules: Mapping[str, FurtherSchedule] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
