"""The resources of one production job as one would write them down by hand: no component, no specs, nothing shared.

This is what the component is measured against, so it stays plain: literals, f-strings and json.dumps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_aws as aws

from benchmarks.flat_policies import document, execution_statements, scheduler_statements, trust
from benchmarks.flat_request import BUCKET, arn_of, request_of, role_arn

LOADED = (aws.iam.Role, aws.s3.BucketObjectv2, aws.scheduler.Schedule, aws.sqs.Queue)
"""What the SDK would else load at its first use, within what is measured."""


def declare_flat(name: str, prefix: str, digest: str, bundle: Path, tags: Mapping[str, str]) -> None:
    """Declare the eight resources of a job."""
    tags = dict(tags)
    group = aws.scheduler.ScheduleGroup(f"{name}-group", name=prefix, tags=tags)
    queue = aws.sqs.Queue(
        f"{name}-dead-letters",
        name=f"{prefix}-dead-letters",
        message_retention_seconds=1209600,
        sqs_managed_sse_enabled=True,
        tags=tags,
    )
    key = f"training-code/{prefix}/{digest}/sourcedir.tar.gz"
    source = aws.s3.BucketObjectv2(
        f"{name}-source-bundle",
        bucket=BUCKET,
        key=key,
        source=pulumi.FileAsset(str(bundle)),
        content_type="application/gzip",
        tags=tags,
        opts=pulumi.ResourceOptions(retain_on_delete=True),
    )
    execution = aws.iam.Role(
        f"{name}-execution-role",
        name=f"{prefix}-execution",
        description=f"SageMaker runs the training jobs {prefix}-* with this role",
        assume_role_policy=document([trust("sagemaker", "ArnLike", arn_of("sagemaker", "training-job/*"))]),
        tags=tags,
    )
    execution_policy = aws.iam.RolePolicy(
        f"{name}-execution-policy",
        name="training",
        role=f"{prefix}-execution",
        policy=document(execution_statements(prefix)),
        opts=pulumi.ResourceOptions(depends_on=[execution]),
    )
    scheduler = aws.iam.Role(
        f"{name}-scheduler-role",
        name=f"{prefix}-scheduler",
        description=f"EventBridge Scheduler starts the training jobs {prefix}-* with this role",
        assume_role_policy=document([trust("scheduler", "ArnEquals", arn_of("scheduler", f"schedule-group/{prefix}"))]),
        tags=tags,
    )
    scheduler_policy = aws.iam.RolePolicy(
        f"{name}-scheduler-policy",
        name="start-training-jobs",
        role=f"{prefix}-scheduler",
        policy=document(scheduler_statements(prefix)),
        opts=pulumi.ResourceOptions(depends_on=[scheduler]),
    )
    aws.scheduler.Schedule(
        f"{name}-schedule",
        name=prefix,
        group_name=prefix,
        state="ENABLED",
        schedule_expression="cron(0 3 * * ? *)",
        schedule_expression_timezone="UTC",
        flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
        target=aws.scheduler.ScheduleTargetArgs(
            arn="arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
            role_arn=role_arn(f"{prefix}-scheduler"),
            input=json.dumps(request_of(prefix, digest, key, tags)),
            retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                maximum_retry_attempts=2, maximum_event_age_in_seconds=3600
            ),
            dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(
                arn=arn_of("sqs", f"{prefix}-dead-letters")
            ),
        ),
        opts=pulumi.ResourceOptions(depends_on=[group, queue, source, execution_policy, scheduler_policy]),
    )
