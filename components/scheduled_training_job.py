"""ScheduledTrainingJob: a SageMaker training job that EventBridge Scheduler starts by itself.

The only module here that creates resources. What they hold is made by the pure modules beside it, from known values.
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
from components.iam_policies import (
    ROLE_POLICY_MAX_LENGTH,
    Statement,
    execution_trust,
    policy_document,
    scheduler_permissions,
    scheduler_trust,
)
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
class ScheduledTrainingJobArgs:
    """Everything a ScheduledTrainingJob is made of.

    `bundle_directory` is where the bundle is written for the engine to upload; its content is a function of the
    bundle's digest alone. `packages` travel with the job, and `uploaded` has the object of each by its S3 prefix.
    `data_buckets` are buckets beside the stack's, by name, that channels may read from.
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
        try:
            request = create_training_job_request(
                args.training_job, args.names, args.source_bundle, self._tags, args.packages
            )
            self.target_input = target_input(request)
        except ValueError as error:
            raise pulumi.RunError(f"training job {name}: {error}") from None
        bundle = self._source_bundle()
        spec, names = args.training_job, args.names
        execution: tuple[pulumi.Resource, ...] = ()
        if spec.execution_role_arn is None:
            execution = self._role(
                "execution",
                names.execution_role_name,
                f"SageMaker runs the training jobs {names.prefix}-* with this role",
                execution_trust(names),
                ("training", execution_permissions(spec, names, args.data_buckets)),
            )
        scheduler = self._role(
            "scheduler",
            names.scheduler_role_name,
            f"EventBridge Scheduler starts the training jobs {names.prefix}-* with this role",
            scheduler_trust(names),
            ("start-training-jobs", scheduler_permissions(spec, names)),
        )
        # A role's policy depends on the role, so the last of each stands for both.
        packages = [args.uploaded[archive.uri(spec.source.packages_prefix)] for archive in args.packages]
        schedule = self._schedule([group, dead_letters, bundle, *packages, *execution[-1:], scheduler[-1]])

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
        self.channels = {name: channel.data_uri for name, channel in sorted(spec.channels.items())}
        self.s3_output_path = args.training_job.output.s3_path
        self.experiment_name = args.training_job.tracking.experiment_name
        self.registered_model_name = args.training_job.tracking.registered_model_name
        self.tracking_uri = args.training_job.tracking.uri(args.names.scope)
        self.artifact_store = args.training_job.tracking.artifact_store
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What the stack exports of this job: the public attributes, by name.

        Names and ARNs that are known beforehand are given as known, so that the first preview shows them. The
        attributes come from the resources, and whatever uses an attribute waits for its resource.
        """
        names = self._args.names
        return {name: getattr(self, name) for name in OUTPUTS} | {
            "schedule_name": names.schedule_name,
            "schedule_arn": names.schedule_arn,
            "scheduler_role_arn": names.scheduler_role_arn,
            "execution_role_arn": execution_role_arn(self._args.training_job, names),
        }

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None)

    def _source_bundle(self) -> aws.s3.BucketObjectv2:
        args = self._args
        uri = source_bundle_uri(args.training_job, args.names, args.source_bundle)
        path = write_bundle(args.source_bundle, args.bundle_directory)
        return aws.s3.BucketObjectv2(
            f"{self._name}-source-bundle",
            bucket=bucket_of(uri),
            key=key_of(uri),
            source=pulumi.FileAsset(str(path)),
            content_type="application/gzip",
            tags=self._tags,
            # A job that is running or that restarts, and a model that has to be reproduced, need the bundle they name.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

    def _role(
        self,
        kind: str,
        role_name: str,
        description: str,
        trust: list[Statement],
        policy: tuple[str, list[Statement]],
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """A role and its one policy, given as name and statements."""
        role = aws.iam.Role(
            f"{self._name}-{kind}-role",
            name=role_name,
            description=description,
            assume_role_policy=policy_document(trust),
            tags=self._tags,
            opts=self._child(),
        )
        policy_name, statements = policy
        document = policy_document(statements)
        if len(document) > ROLE_POLICY_MAX_LENGTH:
            raise pulumi.RunError(
                f"training job {self._name}: the policy of its {kind} role has {len(document):,} characters; allowed: "
                f"{ROLE_POLICY_MAX_LENGTH:,}; name fewer or shorter channels, subnets or keys, or give it an "
                "execution_role_arn"
            )
        role_policy = aws.iam.RolePolicy(
            f"{self._name}-{kind}-policy",
            name=policy_name,
            role=role_name,
            policy=document,
            opts=self._child(role),
        )
        return role, role_policy

    def _schedule(self, depends_on: list[pulumi.Resource]) -> aws.scheduler.Schedule:
        args, spec = self._args, self._args.schedule
        window = spec.flexible_time_window_in_minutes
        return aws.scheduler.Schedule(
            f"{self._name}-schedule",
            name=args.names.schedule_name,
            group_name=args.names.schedule_group_name,
            description=spec.description,
            state=spec.state,
            schedule_expression=spec.expression,
            schedule_expression_timezone=spec.time_zone,
            start_date=_in_utc(spec.start_date),
            end_date=_in_utc(spec.end_date),
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(
                mode="FLEXIBLE" if window else "OFF", maximum_window_in_minutes=window
            ),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=args.names.target_arn,
                role_arn=args.names.scheduler_role_arn,
                input=self.target_input,
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=spec.maximum_retry_attempts,
                    maximum_event_age_in_seconds=spec.maximum_event_age_in_seconds,
                ),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(
                    arn=args.names.dead_letter_queue_arn
                ),
            ),
            opts=self._child(*depends_on),
        )


def _in_utc(moment: datetime | None) -> str | None:
    """A date as the provider reads it back from AWS: written in another way, it would differ at each refresh."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
