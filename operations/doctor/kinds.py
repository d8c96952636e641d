"""Every kind of finding, declared once: checks make findings of them, and docs/doctor.md has a row for each."""

from __future__ import annotations

from typing import Final

from operations.doctor.finding import Kind

BLOCKS, ADVISES = True, False

CREDENTIALS: Final = Kind(
    "credentials",
    BLOCKS,
    "AWS does not take your credentials: there are none, or they have expired",
    "sign in, for example with aws sso login, or name a profile that can with --profile",
)
ACCOUNT: Final = Kind(
    "account",
    BLOCKS,
    "your credentials are of another account than the stack",
    "name a profile of the stack's account with --profile",
)
REGION: Final = Kind(
    "region",
    BLOCKS,
    "another region is asked than the one that the stack is in",
    "leave out --region, or correct aws:region in the stack's file",
)
CLOCK: Final = Kind(
    "clock",
    ADVISES,
    "this machine's clock and AWS's are more than a minute apart: AWS refuses what is signed five minutes off",
    "set this machine's clock, for example by NTP",
)
TIME_ZONE: Final = Kind(
    "time-zone",
    ADVISES,
    "this machine cannot read the schedule's expression or time zone, so nothing here knows its times",
    "update the package tzdata, or correct schedule.expression and schedule.time_zone",
)

SCHEDULE_MISSING: Final = Kind(
    "schedule-missing",
    BLOCKS,
    "the schedule that the stack declares is not in EventBridge Scheduler",
    "run pulumi up; after a delete by hand run pulumi refresh before",
)
SCHEDULE_DISABLED: Final = Kind(
    "schedule-disabled",
    BLOCKS,
    "the stack declares the schedule as enabled, and it is disabled: somebody has done so by hand",
    "run pulumi refresh and pulumi up, or set schedule.enabled to false",
)
SCHEDULE_ENABLED: Final = Kind(
    "schedule-enabled",
    ADVISES,
    "the stack declares the schedule as disabled, and it is enabled: it starts jobs",
    "run pulumi refresh and pulumi up, or set schedule.enabled to true",
)
SCHEDULE_CHANGED: Final = Kind(
    "schedule-changed",
    ADVISES,
    "the schedule starts something else than the stack declares: it was changed by hand, or the stack was not deployed",
    "run pulumi refresh and pulumi up",
)
NEVER_DUE: Final = Kind(
    "never-due",
    BLOCKS,
    "the schedule is enabled, and its expression and dates name no time any more",
    "correct schedule.expression or schedule.end_date",
)
NAME_PREFIX: Final = Kind(
    "name-prefix",
    BLOCKS,
    "the schedule group belongs to another stack: two stacks have one name prefix, and overwrite each other",
    "give the job or the stack another name, and deploy both stacks again",
)
DEAD_LETTERS: Final = Kind(
    "dead-letters",
    ADVISES,
    "invocations failed and wait in the dead-letter queue",
    "cure what the error says, then run the job again, and empty the queue",
)
DEAD_LETTERS_LOST: Final = Kind(
    "dead-letter-queue-missing",
    ADVISES,
    "the queue for invocations that fail does not exist: nobody would know of them",
    "run pulumi refresh and pulumi up",
)

RUN_FAILED: Final = Kind(
    "run-failed",
    ADVISES,
    "the last training job failed",
    "cure the reason, which training-jobs logs tells further; training-jobs run starts the job again",
)
RUN_LIMITED: Final = Kind(
    "run-stopped-at-limit",
    ADVISES,
    "the last training job was stopped at its time limit: there is no model of it",
    "raise stopping_condition.max_runtime_in_seconds (with spot max_wait_time_in_seconds), or choose a faster machine",
)
RUN_MISSED: Final = Kind(
    "run-missed",
    ADVISES,
    "the schedule was due, and no training job has come of it",
    "look at the dead letters and at the findings of schedule and roles; training-jobs run starts the job now",
)

BUCKET_MISSING: Final = Kind(
    "bucket-missing",
    BLOCKS,
    "the bucket does not exist",
    "create it, or correct the stack's bucket",
)
BUCKET_REGION: Final = Kind(
    "bucket-region",
    BLOCKS,
    "the bucket is in another region, and SageMaker reads and writes in its own only",
    "use a bucket in the stack's region",
)
DATA_MISSING: Final = Kind(
    "data-missing",
    BLOCKS,
    "there is no object where the channel's data should be: SageMaker refuses such a job",
    "upload the data, or correct the channel's s3_path",
)
DATA_EMPTY: Final = Kind(
    "data-empty",
    BLOCKS,
    "where the channel's data should be there are folder markers or empty objects only",
    "upload the data, or correct the channel's s3_path",
)
DATED_DATA_MISSING: Final = Kind(
    "dated-data-missing",
    ADVISES,
    "there is no data of the last date that the schedule was due",
    "see whether what delivers the data ran, or correct the dates in the channel's s3_path",
)
DATA_UNREADABLE: Final = Kind(
    "data-unreadable",
    BLOCKS,
    "the training code cannot read the head of the channel's data",
    "do what the training code says, in the data or in the hyperparameters",
)
BUNDLE_MISSING: Final = Kind(
    "source-bundle-missing",
    BLOCKS,
    "the source bundle that the job starts from is not in S3",
    "run pulumi up; after a delete by hand run pulumi refresh before",
)

IMAGE_MISSING: Final = Kind(
    "image-missing",
    BLOCKS,
    "the training image does not exist",
    "push the image, or correct training_image",
)
IMAGE_REGION: Final = Kind(
    "image-region",
    BLOCKS,
    "the training image is in another region, and SageMaker pulls from its own only",
    "copy the image into a repository of the stack's region, or name the image of that region",
)

ROLE_MISSING: Final = Kind(
    "role-missing",
    BLOCKS,
    "the role does not exist",
    "run pulumi up; after a delete by hand run pulumi refresh before",
)
ROLE_TRUST: Final = Kind(
    "role-trust",
    BLOCKS,
    "the role's trust does not let the service assume it",
    "run pulumi refresh and pulumi up; of a role of your own correct the trust document",
)
PASS_ROLE: Final = Kind(
    "pass-role",
    BLOCKS,
    "the scheduler role may not pass the job's execution role to SageMaker",
    "run pulumi refresh and pulumi up, so that policy and execution_role_arn are of the same deployment",
)
ROLE_PERMISSIONS: Final = Kind(
    "role-permissions",
    BLOCKS,
    "the role lacks permissions that an invocation needs",
    "run pulumi refresh and pulumi up; of a role of your own, a boundary or an SCP: allow what is named",
)

NETWORK_MISSING: Final = Kind(
    "network-missing",
    BLOCKS,
    "a subnet or security group of the job does not exist, or they are of several VPCs",
    "correct network.subnets and network.security_group_ids",
)
DHCP_DOMAIN: Final = Kind(
    "dhcp-domain",
    BLOCKS,
    "the VPC's DHCP options have no domain name, and SageMaker refuses its subnets",
    "associate DHCP options with a domain-name with the VPC, as the default ones of AWS have it",
)
NETWORK_S3: Final = Kind(
    "network-s3",
    BLOCKS,
    "a subnet has neither a route out nor an endpoint to S3: the job gets no data and leaves no model",
    "add a gateway endpoint of S3 to the subnet's route table, or a route to a NAT gateway",
)
NETWORK_SECRETS: Final = Kind(
    "network-secrets",
    BLOCKS,
    "a subnet has neither a route out nor an endpoint to Secrets Manager, and the job reads a secret",
    "add an interface endpoint of Secrets Manager to the VPC, or a route to a NAT gateway",
)
NETWORK_MLFLOW: Final = Kind(
    "network-mlflow",
    ADVISES,
    "a subnet has neither a route out nor an endpoint that looks like one of MLflow's",
    "add an interface endpoint of MLflow to the VPC, or a route to a NAT gateway",
)
NETWORK_OTHERS: Final = Kind(
    "network-others",
    ADVISES,
    "a subnet has neither a route out nor endpoints to STS or CloudWatch Logs, which code in the job may call",
    "add their interface endpoints to the VPC where your code needs them, or a route to a NAT gateway",
)
NETWORK_EGRESS: Final = Kind(
    "network-egress",
    BLOCKS,
    "no security group of the job lets HTTPS out",
    "allow TCP 443 outwards in one of network.security_group_ids",
)

QUOTA: Final = Kind(
    "quota",
    BLOCKS,
    "the account's quota of the instance type is less than the job's machines",
    "ask for more in the console of Service Quotas (Amazon SageMaker), or choose another resources.instance_type",
)

TRACKING_MISSING: Final = Kind(
    "tracking-missing",
    BLOCKS,
    "the MLflow tracking server or App does not exist",
    "create it, or correct tracking.tracking_server or tracking.app",
)
TRACKING_DOWN: Final = Kind(
    "tracking-down",
    BLOCKS,
    "the MLflow tracking server or App does not run",
    "start it: aws sagemaker start-mlflow-tracking-server; of a server of your own see to its process",
)
TRACKING_OLD: Final = Kind(
    "tracking-too-old",
    BLOCKS,
    "MLflow is older than version 3, and knows no logged models",
    "track to a server of version 3 or later",
)
ARTIFACT_STORE: Final = Kind(
    "artifact-store",
    BLOCKS,
    "tracking.artifact_store is not where the server keeps its artifacts: the job may not write them",
    "set tracking.artifact_store to what the server says, and run pulumi up",
)

SECRET_MISSING: Final = Kind(
    "secret-missing",
    BLOCKS,
    "the secret does not exist, or is marked for deletion",
    "create or restore it, or correct the secret's ARN",
)
SECRET_EMPTY: Final = Kind(
    "secret-empty",
    BLOCKS,
    "the secret has no current value",
    "put a value into it",
)

ALARM_UNHEARD: Final = Kind(
    "alarm-unheard",
    ADVISES,
    "nobody hears the alarms: their topic has no confirmed subscription",
    "confirm the subscription by the link in its message, or name a subscriber in the stack",
)
ALARM_TOPIC: Final = Kind(
    "alarm-topic-missing",
    ADVISES,
    "the topic of the alarms does not exist",
    "run pulumi refresh and pulumi up",
)
ALIAS_MOVED: Final = Kind(
    "alias-moved",
    ADVISES,
    "the alias champion is not on the version that the gate chose: somebody has moved it",
    "leave it if that was meant; otherwise give the alias back to the version that is named",
)

KINDS: Final = (
    *(CREDENTIALS, ACCOUNT, REGION, CLOCK, TIME_ZONE),
    *(SCHEDULE_MISSING, SCHEDULE_DISABLED, SCHEDULE_ENABLED, SCHEDULE_CHANGED, NEVER_DUE, NAME_PREFIX),
    *(DEAD_LETTERS, DEAD_LETTERS_LOST),
    *(RUN_FAILED, RUN_LIMITED, RUN_MISSED),
    *(BUCKET_MISSING, BUCKET_REGION, DATA_MISSING, DATA_EMPTY, DATED_DATA_MISSING, DATA_UNREADABLE, BUNDLE_MISSING),
    *(IMAGE_MISSING, IMAGE_REGION),
    *(ROLE_MISSING, ROLE_TRUST, PASS_ROLE, ROLE_PERMISSIONS),
    *(NETWORK_MISSING, DHCP_DOMAIN, NETWORK_S3, NETWORK_SECRETS, NETWORK_MLFLOW, NETWORK_OTHERS, NETWORK_EGRESS),
    QUOTA,
    *(TRACKING_MISSING, TRACKING_DOWN, TRACKING_OLD, ARTIFACT_STORE),
    *(SECRET_MISSING, SECRET_EMPTY),
    *(ALARM_UNHEARD, ALARM_TOPIC, ALIAS_MOVED),
)
"""All of them, in the order in which they are looked at and told."""
