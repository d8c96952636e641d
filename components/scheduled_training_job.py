"""ScheduledTrainingJob: a SageMaker training job that EventBridge Scheduler starts by itself.

It alone puts resources together. What they hold is made by the pure modules beside it, from known values.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from .alarm_names import ALARM_OUTPUTS
from .bucket_object import BucketObject
from .execution_role_policy import execution_permissions
from .iam_policies import execution_trust, scheduler_permissions, scheduler_trust
from .job_args import ScheduledTrainingJobArgs
from .job_role import JobRole
from .job_schedule import JobSchedule
from .package_archives import PackageArchive
from .prepared_job import FurtherSchedule, PreparedJob
from .preparing import prepared_for
from .request_places import execution_role_arn, source_bundle_uri
from .s3_location import bucket_of, key_of
from .schedule_input import target_input
from .source_bundle import write_bundle
from .training_job_request import create_training_job_request
from .training_job_spec import TrainingJobSpec
from .training_packages import TrainingPackages

TYPE_TOKEN = "scheduled-training:index:ScheduledTrainingJob"  # noqa: S105 - Pulumi's word for a type's name
OUTPUTS: Final = {
    "schedule_name": "Name of the EventBridge Scheduler schedule.",
    "schedule_arn": "ARN of the schedule.",
    "schedule_state": "ENABLED or DISABLED.",
    "target_input": "The CreateTrainingJob request that the schedule makes, as JSON with context attributes.",
    "scheduler_role_arn": "ARN of the role with which EventBridge Scheduler starts the training jobs.",
    "execution_role_arn": "ARN of the role with which SageMaker runs the training jobs.",
    "dead_letter_queue_url": "URL of the SQS queue with the invocations that failed.",
    "training_job_name_prefix": "What the names of all training jobs of this schedule begin with.",
    "channels": "Where the data of each channel lies in S3, by the channel's name.",
    "s3_output_path": "S3 prefix that models go below.",
    "experiment_name": "The MLflow experiment that runs go to, where the job tracks.",
    "registered_model_name": "The MLflow registered model that versions go to, where the job tracks.",
    "tracking_uri": "What MLFLOW_TRACKING_URI is set to in the container, where the job tracks.",
    "artifact_store": "S3 prefix of the artifact store of the tracking server or App, as it is set or AWS has told it.",
    **ALARM_OUTPUTS,
}
"""Name of an output, which is an attribute of the component: what it is."""
DEAD_LETTER_RETENTION_IN_SECONDS = 14 * 86400
"""SQS's longest: dead letters wait for people."""


class ScheduledTrainingJob(pulumi.ComponentResource):
    """Schedule group, schedule, dead-letter queue, scheduler role, execution role and source bundle of one job.

    Its outputs are the attributes named in `OUTPUTS`. They are annotated where they are set: what stands in the class
    the SDK evaluates anew for each instance, for a twentieth of what it costs to declare one.
    """

    def __init__(
        self, name: str, args: ScheduledTrainingJobArgs | PreparedJob, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """`args` are the job's settings, or what a stack of many jobs has prepared of them."""
        super().__init__(TYPE_TOKEN, name, None, opts)
        if not isinstance(args, PreparedJob):
            args = prepared_for(self, name, args)
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
        uploaded = self._uploaded(schedules.values())
        spec, names = args.training_job, args.names
        others = [schedule.training_job for schedule in args.further_schedules.values()]
        execution: tuple[pulumi.Resource, ...] = ()
        if spec.execution_role_arn is None:
            execution = JobRole(
                "execution",
                names.execution_role_name,
                f"SageMaker runs the training jobs {names.prefix}-* with this role",
                execution_trust(names, [spec, *others]),
                "training",
                execution_permissions(spec, names, args.data_buckets, others),
                spec.permissions_boundary_arn,
            ).declare(name, self._tags, self)
        scheduler = JobRole(
            "scheduler",
            names.scheduler_role_name,
            f"EventBridge Scheduler starts the training jobs {names.prefix}-* with this role",
            scheduler_trust(names),
            "start-training-jobs",
            scheduler_permissions(spec, names, others),
            spec.permissions_boundary_arn,
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
                self._child(
                    *needed, bundles[what.source_bundle.digest], *(uploaded[uri] for _, uri in _archives(what))
                ),
            )
            for each, what in schedules.items()
        }

        self.schedule_name: pulumi.Output[str] = made[""].name
        self.schedule_arn: pulumi.Output[str] = made[""].arn
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
        tracking, prefix = spec.tracking, names.prefix
        self.experiment_name = tracking and (tracking.experiment_name or prefix)
        self.registered_model_name = tracking and (tracking.registered_model_name or prefix)
        self.tracking_uri = tracking and tracking.uri(names.scope)
        self.artifact_store = tracking and tracking.artifact_store
        self.alarm_topic_arn, self.alarm_machine_arn, self.dashboard_name = self._declare_alarms(group)
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
                "artifact_store": each.training_job.tracking and each.training_job.tracking.artifact_store,
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
        own |= {"further_schedules": further} if further else {}
        return {name: value for name, value in own.items() if value is not None or name not in ALARM_OUTPUTS}

    def _declare_alarms(self, group: pulumi.Resource) -> tuple[str | None, str | None, str | None]:
        """Declare what watches the job; topic and state machine, by ARN, and the dashboard's name."""
        alarms = self._args.training_job.alarms
        if alarms is None or not alarms.enabled:
            return None, None, None
        # Only where they are used: whoever has no alarms does not wait for what declares them.
        from .job_alarms import AlarmParts, declare_alarms  # noqa: PLC0415

        return declare_alarms(AlarmParts(self._name, self._args, alarms, self), group)

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None)

    def _target_input(self, name: str, what: FurtherSchedule) -> str:
        try:
            request = create_training_job_request(
                what.training_job,
                self._args.names,
                what.source_bundle,
                what.tags,
                what.packages,
                time_zone=what.schedule.time_zone,
            )
            return target_input(request)
        except ValueError as error:
            schedule = f", schedule {name}" if name else ""
            raise pulumi.RunError(f"training job {self._name}{schedule}: {error}") from None

    def _uploaded(self, schedules: Iterable[FurtherSchedule]) -> Mapping[str, pulumi.Resource]:
        """The objects of the packages that travel with the jobs, by S3 prefix; uploaded here if nobody else has."""
        args = self._args
        own = [
            (what.training_job.source.packages_prefix, archive)
            for what in schedules
            for archive, uri in _archives(what)
            if uri not in args.uploaded
        ]
        if not own:
            return args.uploaded
        # Objects that several components upload are one and the same, their tags included.
        tags = {key: value for key, value in self._tags.items() if key != "training-job"}
        made = TrainingPackages(f"{self._name}-packages", own, tags, pulumi.ResourceOptions(parent=self))
        return {**args.uploaded, **made.objects}

    def _source_bundles(self, schedules: Mapping[str, FurtherSchedule]) -> dict[str, BucketObject]:
        """The object of each bundle by its digest; most often all schedules have the same one."""
        made: dict[str, BucketObject] = {}
        for name, what in schedules.items():
            if what.source_bundle.digest not in made:
                logical_name = f"{self._name}-source-bundle" + (f".{name}" if name else "")
                made[what.source_bundle.digest] = self._source_bundle(logical_name, what)
        return made

    def _source_bundle(self, logical_name: str, what: FurtherSchedule) -> BucketObject:
        uri = source_bundle_uri(what.training_job, self._args.names, what.source_bundle)
        path = write_bundle(what.source_bundle, self._args.bundle_directory)
        return BucketObject(
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
    """Where the data of each channel in S3 lies, by the channel's name."""
    return {name: channel.data_uri for name, channel in sorted(spec.channels.items()) if channel.data_uri}


def _archives(what: FurtherSchedule) -> list[tuple[PackageArchive, str]]:
    """The archives that travel with a schedule's jobs, each with its S3 prefix."""
    return [(archive, archive.uri(what.training_job.source.packages_prefix)) for archive in what.packages]
