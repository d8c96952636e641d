"""Every kind of finding, declared once: checks make findings of them, and docs/doctor.md has a row for each."""

from __future__ import annotations

from typing import Final

from operations.doctor import kinds_of_needs as needs
from operations.doctor.finding import ADVISES, BLOCKS, Kind

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
SCHEDULE_INPUT: Final = Kind(
    "schedule-input",
    BLOCKS,
    "what the schedule sends is no request that SageMaker takes: somebody has changed it by hand",
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
    "training-jobs dead-letters tells the cause and the cure of each; with --redrive it creates their training jobs",
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
    "set tracking.artifact_store to what the server says, or leave it out so that AWS is asked, and run pulumi up",
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
    "the alias champion is where neither a gate nor a command of ours has put it: somebody has moved it",
    "leave it if that was meant; otherwise training-jobs promote gives it back to the version that is named",
)

KINDS: Final = (
    *(CREDENTIALS, ACCOUNT, REGION, CLOCK, TIME_ZONE),
    *(SCHEDULE_MISSING, SCHEDULE_DISABLED, SCHEDULE_ENABLED, SCHEDULE_CHANGED, SCHEDULE_INPUT, NEVER_DUE),
    NAME_PREFIX,
    *(DEAD_LETTERS, DEAD_LETTERS_LOST),
    *(RUN_FAILED, RUN_LIMITED, RUN_MISSED),
    *(
        needs.BUCKET_MISSING,
        needs.BUCKET_REGION,
        needs.DATA_MISSING,
        needs.DATA_EMPTY,
        needs.DATED_DATA_MISSING,
        needs.DATA_UNREADABLE,
        needs.BUNDLE_MISSING,
    ),
    *(needs.IMAGE_MISSING, needs.IMAGE_REGION),
    *(needs.ROLE_MISSING, needs.ROLE_TRUST, needs.PASS_ROLE, needs.ROLE_PERMISSIONS),
    *(
        needs.NETWORK_MISSING,
        needs.DHCP_DOMAIN,
        needs.NETWORK_S3,
        needs.NETWORK_SECRETS,
        needs.NETWORK_MLFLOW,
        needs.NETWORK_OTHERS,
        needs.NETWORK_EGRESS,
    ),
    needs.QUOTA,
    *(TRACKING_MISSING, TRACKING_DOWN, TRACKING_OLD, ARTIFACT_STORE),
    *(SECRET_MISSING, SECRET_EMPTY),
    *(ALARM_UNHEARD, ALARM_TOPIC, ALIAS_MOVED),
)
"""All of them, in the order in which they are looked at and told."""
