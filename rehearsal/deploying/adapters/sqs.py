"""SQS: queues."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs

_ATTRIBUTES: Final = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def create_queue(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateQueue; the id is the queue's URL."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    attributes: Any = {name: _text(value) for name, value in inputs.take_as(_ATTRIBUTES).items()}
    inputs.require_all_taken()
    url = clients.sqs.create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    arn = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Created(url, {"arn": arn, "url": url, "name": name, "tagsAll": tags})


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


ADAPTERS: Final = {"aws:sqs/queue:Queue": create_queue}
