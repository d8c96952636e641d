"""ScheduledTrainingJob: a SageMaker training job that EventBridge Scheduler starts by itself.

It alone puts resources together. What they hold is made by the pure modules beside it, from known values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from components.aws_names import JobNames
from components.data_buckets import DataBucket
from components.execution_role_policy import execution_permissions
from components.iam_policies import execution_trust, scheduler_permissions, scheduler_trust
from components.job_role import JobRole
from components.job_schedule import JobSchedule
from components.package_archives import PackageArchive
from components.s3_location import bucket_of, key_of
from components.schedule_input import target_input
from components.schedule_spec import ScheduleSpec
from components.source_bundle import SourceBundle, write_bundle
from components.training_job_request import create_training_job_request, execution_role_arn, source_bundle_uri
from components.training_job_spec import TrainingJobSpec

TYPE_TOKEN = "scheduled-training:index:ScheduledTrainingJob"  # noqa: S105 - Pulumi's word for a type's name
OUTPUTS: Final = (
    "schedule_name",
    "schedule_arn",
    "schedule_state",
    "target_input",
    "scheduler_role_arn",
    "execution_role_arn",
    "dead_letter_queue_url",
    "training_job_name_prefix",
    "channels",
    "s3_output_path",
    "experiment_name",
    "registered_model_name",
    "tracking_uri",
    "artifact_store",
)
DEAD_LETTER_RETENTION_IN_SECONDS = 14 * 86400
"""SQS's longest: dead letters wait for people."""


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
class ScheduledTrainingJobArgs:
    """Everything a ScheduledTrainingJob is made of.

    `bundle_directory` is where the bundle is written for the engine to upload; its content is a function of the
    bundle's digest alone. `packages` travel with the job, and `uploaded` has the object of each by its S3 prefix.
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


class ScheduledTrainingJob(pulumi.ComponentResource):
    """Schedule group, schedule, dead-letter queue, scheduler role, execution role and source bundle of one job.

    Its outputs are the attributes named in `OUTPUTS`. They are annotated where they are set: what stands in the class
    the SDK evaluates anew for each instance, for a twentieth of what it costs to declare one.
    """

    def __init__(self, name: str, args: ScheduledTrainingJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE_TOKEN, name, None, opts)
        self._name = name
        self._args = args
        self._tags = dict(args.tags)

        group = aws.scheduler.ScheduleGroup(
            f"{name}-group", name=args.names.schedule_group_name, tags=self._tags, opts=self._child()
        )
        dead_letters = aws.sqs.Queue(
            f"{name}-dead-letters",
            name=args.names.dead_letter_queue_name,
            message_retention_seconds=DEAD_LETTER_RETENTION_IN_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=self._tags,
            opts=self._child(),
        )
        own = FurtherSchedule(args.training_job, args.schedule, args.source_bundle, args.packages, self._tags)
        schedules = {"": own, **args.further_schedules}
        inputs = {each: self._target_input(each, schedule) for each, schedule in schedules.items()}
        self.target_input = inputs[""]
        bundles = self._source_bundles(schedules)
        spec, names = args.training_job, args.names
        others = [schedule.training_job for schedule in args.further_schedules.values()]
        execution: tuple[pulumi.Resource, ...] = ()
        if spec.execution_role_arn is None:
            execution = JobRole(
                "execution",
                names.execution_role_name,
                f"SageMaker runs the training jobs {names.prefix}-* with this role",
                execution_trust(names),
                "training",
                execution_permissions(spec, names, args.data_buckets, others),
            ).declare(name, self._tags, self)
        scheduler = JobRole(
            "scheduler",
            names.scheduler_role_name,
            f"EventBridge Scheduler starts the training jobs {names.prefix}-* with this role",
            scheduler_trust(names),
            "start-training-jobs",
            scheduler_permissions(spec, names, others),
        ).declare(name, self._tags, self)
        # A role's policy depends on the role, so the last of each stands for both.
        needed = [group, dead_letters, *execution[-1:], scheduler[-1]]
        made = {
            each: JobSchedule(
                names.further_schedule_name(each) if each else names.schedule_name,
                what.schedule.as_sent(args.now),
                inputs[each],
            ).declare(
                f"{name}-schedule.{each}" if each else f"{name}-schedule",
                names,
                self._child(*needed, bundles[what.source_bundle.digest], *self._uploaded(what)),
            )
            for each, what in schedules.items()
        }
        schedule = made[""]

        self.schedule_name: pulumi.Output[str] = schedule.name
        self.schedule_arn: pulumi.Output[str] = schedule.arn
        self.schedule_state = args.schedule.state
        self.scheduler_role_arn: pulumi.Output[str] = scheduler[0].arn
        own_role = [role.arn for role in execution if isinstance(role, aws.iam.Role)]
        self.execution_role_arn: pulumi.Output[str] = (
            own_role[0] if own_role else pulumi.Output.from_input(execution_role_arn(args.training_job, args.names))
        )
        self.dead_letter_queue_url: pulumi.Output[str] = dead_letters.url
        self.training_job_name_prefix = args.names.prefix
        self.channels = _data_uris(spec)
        self.s3_output_path = args.training_job.output.s3_path
        self.experiment_name = args.training_job.tracking.experiment_name
        self.registered_model_name = args.training_job.tracking.registered_model_name
        self.tracking_uri = args.training_job.tracking.uri(args.names.scope)
        self.artifact_store = args.training_job.tracking.artifact_store
        self._inputs = inputs
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What the stack exports of this job: the public attributes, by name.

        Names and ARNs that are known beforehand are given as known, so that the first preview shows them. The
        attributes come from the resources, and whatever uses an attribute waits for its resource.
        """
        names = self._args.names
        further = {
            name: {
                "schedule_name": names.further_schedule_name(name),
                "schedule_arn": names.further_schedule_arn(name),
                "schedule_state": each.schedule.state,
                "target_input": self._inputs[name],
                "artifact_store": each.training_job.tracking.artifact_store,
                "channels": _data_uris(each.training_job),
            }
            for name, each in self._args.further_schedules.items()
        }
        own = {name: getattr(self, name) for name in OUTPUTS} | {
            "schedule_name": names.schedule_name,
            "schedule_arn": names.schedule_arn,
            "scheduler_role_arn": names.scheduler_role_arn,
            "execution_role_arn": execution_role_arn(self._args.training_job, names),
        }
        return own | ({"further_schedules": further} if further else {})

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None)

    def _target_input(self, name: str, what: FurtherSchedule) -> str:
        try:
            request = create_training_job_request(
                what.training_job, self._args.names, what.source_bundle, what.tags, what.packages
            )
            return target_input(request)
        except ValueError as error:
            schedule = f", schedule {name}" if name else ""
            raise pulumi.RunError(f"training job {self._name}{schedule}: {error}") from None

    def _uploaded(self, what: FurtherSchedule) -> list[pulumi.Resource]:
        prefix = what.training_job.source.packages_prefix
        return [self._args.uploaded[archive.uri(prefix)] for archive in what.packages]

    def _source_bundles(self, schedules: Mapping[str, FurtherSchedule]) -> dict[str, aws.s3.BucketObjectv2]:
        """The object of each bundle by its digest; most often all schedules have the same one."""
        made: dict[str, aws.s3.BucketObjectv2] = {}
        for name, what in schedules.items():
            if what.source_bundle.digest not in made:
                logical_name = f"{self._name}-source-bundle" + (f".{name}" if name else "")
                made[what.source_bundle.digest] = self._source_bundle(logical_name, what)
        return made

    def _source_bundle(self, logical_name: str, what: FurtherSchedule) -> aws.s3.BucketObjectv2:
        uri = source_bundle_uri(what.training_job, self._args.names, what.source_bundle)
        path = write_bundle(what.source_bundle, self._args.bundle_directory)
        return aws.s3.BucketObjectv2(
            logical_name,
            bucket=bucket_of(uri),
            key=key_of(uri),
            source=pulumi.FileAsset(str(path)),
            content_type="application/gzip",
            tags=self._tags,
            # A job that is running or that restarts, and a model that has to be reproduced, need the bundle they name.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )


def _data_uris(spec: TrainingJobSpec) -> dict[str, str]:
    """Where the data of each channel lies, by the channel's name."""
    return {name: channel.data_uri for name, channel in sorted(spec.channels.items())}
