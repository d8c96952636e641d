"""SNS: topics and their subscriptions."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, tag_list

_ATTRIBUTES: Final = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}


def create_topic(clients: AwsClients, inputs: Inputs) -> Created:
    """CreateTopic; the id is the topic's ARN."""
    name, tags = inputs.name(), inputs.take("tags") or {}
    attributes = inputs.take_as(_ATTRIBUTES)
    inputs.require_all_taken()
    client = clients.client("sns")
    arn = client.create_topic(Name=name, Attributes=attributes, Tags=tag_list(tags))["TopicArn"]
    return Created(arn, {"arn": arn, "name": name, "owner": arn.split(":")[4], "tagsAll": tags})


def create_subscription(clients: AwsClients, inputs: Inputs) -> Created:
    """Subscribe; nothing is sent, so nobody has to confirm."""
    topic, protocol, endpoint = inputs.take("topic"), inputs.take("protocol"), inputs.take("endpoint")
    inputs.ignore("endpointAutoConfirms", "confirmationTimeoutInMinutes").require_all_taken()
    request: dict[str, Any] = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
    arn = clients.client("sns").subscribe(**request, ReturnSubscriptionArn=True)["SubscriptionArn"]
    return Created(arn, {"arn": arn, "pendingConfirmation": False})


ADAPTERS: Final = {
    "aws:sns/topic:Topic": create_topic,
    "aws:sns/topicSubscription:TopicSubscription": create_subscription,
}
