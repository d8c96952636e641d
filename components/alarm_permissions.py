"""What the alarms' roles may do and who may assume them, and the policies of topic and key.

Sources: Step Functions Developer Guide, "Creating an IAM role for your state machine" (confused deputy); EventBridge
User Guide, "IAM roles for sending events to targets"; SNS Developer Guide, "Managing encryption keys" (CloudWatch
alarms); Service Authorization Reference (Amazon SageMaker, Amazon CloudWatch, Amazon SNS, AWS Step Functions).
"""

from typing import Any, Final

from .alarm_machine import METRICS_NAMESPACE
from .alarm_names import AlarmNames
from .iam_policies import allow, trust
from .statement_union import Statement

WILDCARD_REASONS: Final = {
    "sagemaker:ListTrainingJobs": "a list is of the account's jobs, and takes no resource",
    "cloudwatch:PutMetricData": "metrics have no ARN; the namespace condition takes its place",
}
"""Every action of the alarms' roles that stands on Resource "*", with its reason; no other does."""
_USE_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey*")
"""What whoever writes to an encrypted topic needs; `GenerateDataKey*` is AWS's own wording for services."""


def machine_trust(names: AlarmNames) -> list[Statement]:
    """Step Functions may assume the role for this state machine."""
    return [_trust("states.amazonaws.com", names, names.machine_arn)]


def machine_permissions(names: AlarmNames, topic_arn: str, topic_key_arn: str | None = None) -> list[Statement]:
    """Read how the job's own training jobs ended, record it, tell of it, and start itself once more.

    `topic_key_arn` is the key of a topic, where it is not the alarms' own, whose policy lets the role use it.
    """
    job = names.job
    statements = [
        allow("ReadTrainingJobs", ["sagemaker:DescribeTrainingJob"], job.training_job_arn_pattern),
        allow("ListTrainingJobs", ["sagemaker:ListTrainingJobs"], "*"),
        allow(
            "RecordMetrics",
            ["cloudwatch:PutMetricData"],
            "*",
            {"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}},
        ),
        allow("Tell", ["sns:Publish"], topic_arn),
        allow("StartOnce", ["states:StartExecution"], names.machine_arn),
    ]
    if topic_key_arn:
        condition = {"StringEquals": {"kms:ViaService": names.job.scope.kms_via("sns")}}
        statements.append(allow("EncryptMessages", ["kms:Decrypt", "kms:GenerateDataKey"], topic_key_arn, condition))
    return statements


def events_trust(names: AlarmNames) -> list[Statement]:
    """EventBridge may assume the role for the rule that tells of ended jobs."""
    return [_trust("events.amazonaws.com", names, names.rule_arn)]


def watch_trust(names: AlarmNames) -> list[Statement]:
    """EventBridge Scheduler may assume the role for the job's schedule group."""
    return [_trust("scheduler.amazonaws.com", names, names.job.schedule_group_arn)]


def chat_trust() -> list[Statement]:
    """Amazon Q Developer in chat applications may assume the role, which may do nothing.

    Without a condition: no page of AWS that could be found documents that the service sends aws:SourceAccount or
    aws:SourceArn (its Administrator Guide as published in 2023, and what could be had of today's), and a condition on
    a key that is absent would silence the channel. Who got hold of the role could do nothing with it.
    """
    principal = {"Service": "chatbot.amazonaws.com"}
    return [{"Sid": "AssumeRole", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]


def starting_permissions(names: AlarmNames) -> list[Statement]:
    """Start the state machine, and nothing else."""
    return [allow("StartMachine", ["states:StartExecution"], names.machine_arn)]


def topic_policy(names: AlarmNames) -> list[Statement]:
    """CloudWatch may publish for the job's alarms; the state machine's role is allowed by its own policy."""
    return [
        _for_alarms(names, "PublishAlarms", ["sns:Publish"], names.topic_arn),
    ]


def key_policy(names: AlarmNames) -> list[Statement]:
    """The account manages the key by IAM; CloudWatch and the state machine use it for this topic."""
    scope = names.job.scope
    for_topic = {"kms:EncryptionContext:aws:sns:topicArn": names.topic_arn}
    return [
        {
            "Sid": "ManageByIam",
            "Effect": "Allow",
            "Principal": {"AWS": scope.arn("iam", "root", regional=False)},
            "Action": "kms:*",
            "Resource": "*",
        },
        _for_alarms(names, "EncryptAlarms", list(_USE_KEY), "*"),
        {
            "Sid": "EncryptMessages",
            "Effect": "Allow",
            "Principal": {"AWS": names.role_arn()},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": names.job.scope.kms_via("sns"), **for_topic}},
        },
    ]


def _for_alarms(names: AlarmNames, sid: str, actions: list[str], resource: str) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": actions,
        "Resource": resource,
        "Condition": _bound(names, {"ArnLike": {"aws:SourceArn": names.alarm_arn_pattern}}),
    }


def _trust(service: str, names: AlarmNames, source_arn: str) -> Statement:
    return trust(service, _bound(names, {"ArnEquals": {"aws:SourceArn": source_arn}}))


def _bound(names: AlarmNames, condition: dict[str, Any]) -> dict[str, Any]:
    return {"StringEquals": {"aws:SourceAccount": names.job.scope.account_id}, **condition}
