"""Asks EventBridge Scheduler for the schedules and their groups, SQS for dead letters, SNS for who hears alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from operations.doctor.asking.answers import code_of
from operations.doctor.facts import DeadLetters, Deployed, Topic
from rehearsal.invoking.deployed_schedule import DeployedSchedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient

    from operations.deployed_jobs import StackSchedule

_READ_AT_ONCE: Final = 10
"""Source: SQS API, ReceiveMessage, MaxNumberOfMessages."""
_PENDING: Final = ("PendingConfirmation", "Deleted")
"""What stands in place of a subscription's ARN. Source: SNS API, ListSubscriptionsByTopic."""


def ask_schedule(scheduler: EventBridgeSchedulerClient, declared: StackSchedule) -> Deployed | None:
    """The schedule as it is deployed; None where there is none of its name."""
    from botocore.exceptions import ClientError

    try:
        answer: Any = scheduler.get_schedule(GroupName=declared.group_name, Name=declared.schedule_name)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    return Deployed(DeployedSchedule.from_response(answer), answer.get("LastModificationDate"))


def ask_group_tags(scheduler: EventBridgeSchedulerClient, arn: str) -> Mapping[str, str] | None:
    """The tags of a schedule group; None where there is none."""
    from botocore.exceptions import ClientError

    try:
        tags = scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    return {each["Key"]: each["Value"] for each in tags}


def ask_dead_letters(sqs: SQSClient, arn: str) -> DeadLetters | None:
    """How many messages wait, and what some of them say; they stay in the queue, to be seen by others at once."""
    from botocore.exceptions import ClientError

    try:
        url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    except ClientError as error:
        if "NonExistentQueue" in code_of(error) or code_of(error) == "QueueDoesNotExist":
            return None
        raise
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    count = int(told["ApproximateNumberOfMessages"])
    if not count:
        return DeadLetters(0)
    read: Any = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=_READ_AT_ONCE, VisibilityTimeout=0, MessageAttributeNames=["All"]
    )
    return DeadLetters(count, tuple(dict.fromkeys(_error_of(each) for each in read.get("Messages", []))))


def _error_of(message: Mapping[str, Any]) -> str:
    """What EventBridge Scheduler says of a failed invocation, in the attributes of its message."""
    attributes = message.get("MessageAttributes", {})
    told = (attributes.get(name, {}).get("StringValue", "") for name in ("ERROR_CODE", "ERROR_MESSAGE"))
    return ": ".join(filter(None, told)) or "it does not say why"


def ask_topic(sns: Any, arn: str) -> Topic | None:  # noqa: ANN401 - a client whose types are not installed
    """The subscriptions of a topic; None where there is no such topic."""
    from botocore.exceptions import ClientError

    try:
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        found = [each for page in pages for each in page["Subscriptions"]]
    except ClientError as error:
        if code_of(error) in {"NotFound", "NotFoundException"}:
            return None
        raise
    pending = [each["Endpoint"] for each in found if each["SubscriptionArn"] in _PENDING]
    return Topic(len(found) - len(pending), tuple(pending))
