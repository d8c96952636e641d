"""The topic of a job's alarms as resources: its key, and who hears."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from .alarm_parts import AlarmParts
from .alarm_permissions import chat_trust, key_policy, topic_policy
from .alarm_spec import Chat
from .iam_policies import policy_document

KEY_DELETION_IN_DAYS: Final = 7
"""How long a deleted key can be brought back; the shortest that KMS takes, as it encrypts nothing but messages."""
_MAY_NOTHING: Final = "arn:{partition}:iam::aws:policy/AWSDenyAll"
"""What people may ask of AWS from a channel. Without a guardrail it would be all that the role may."""


def declare_topic(parts: AlarmParts, role: pulumi.Resource) -> aws.sns.Topic:
    """Declare the job's own topic, encrypted, and its subscriptions; `role` is the state machine's."""
    names = parts.names
    topic = aws.sns.Topic(
        f"{parts.job}-alarms-topic",
        name=names.name,
        kms_master_key_id=parts.alarms.kms_key_arn or names.key_alias,
        policy=policy_document(topic_policy(names)),
        tags=parts.tags,
        opts=parts.child(*([] if parts.alarms.kms_key_arn else _key(parts, role))),
    )
    for logical_name, protocol, endpoint in _subscriptions(parts):
        aws.sns.TopicSubscription(
            logical_name,
            topic=names.topic_arn,
            protocol=protocol,
            endpoint=endpoint,
            endpoint_auto_confirms=True if protocol == "https" else None,
            opts=parts.child(topic),
        )
    if parts.alarms.chat:
        _declare_chat(parts, parts.alarms.chat, topic)
    return topic


def _key(parts: AlarmParts, role: pulumi.Resource) -> list[pulumi.Resource]:
    """A key of the topic's own: nobody can let CloudWatch use AWS's own key `alias/aws/sns`."""
    names = parts.names
    key = aws.kms.Key(
        f"{parts.job}-alarms-key",
        description=f"Encrypts messages of the topic {names.name}",
        policy=policy_document(key_policy(names)),
        enable_key_rotation=True,
        deletion_window_in_days=KEY_DELETION_IN_DAYS,
        tags=parts.tags,
        # Its policy names the role, which KMS looks up.
        opts=parts.child(role),
    )
    alias = aws.kms.Alias(
        f"{parts.job}-alarms-key-alias", name=names.key_alias, target_key_id=key.key_id, opts=parts.child(key)
    )
    return [alias]


def _subscriptions(parts: AlarmParts) -> Iterator[tuple[str, str, str]]:
    """Logical name, protocol and endpoint of each; an https address may hold a key, which is for no URN."""
    for address in dict.fromkeys(parts.alarms.email):
        yield f"{parts.job}-alarms-email.{address}", "email", address
    for address in dict.fromkeys(parts.alarms.https):
        yield f"{parts.job}-alarms-https.{hashlib.sha256(address.encode()).hexdigest()[:12]}", "https", address


def _declare_chat(parts: AlarmParts, chat: Chat, topic: pulumi.Resource) -> None:
    names = parts.names
    role = aws.iam.Role(
        f"{parts.job}-alarms-chat-role",
        name=names.role_name("chat"),
        description="Amazon Q Developer tells chat channels of alarms with this role, which may do nothing",
        assume_role_policy=policy_document(chat_trust()),
        permissions_boundary=parts.permissions_boundary,
        tags=parts.tags,
        opts=parts.child(),
    )
    common: dict[str, Any] = {
        "iam_role_arn": names.role_arn("chat"),
        "sns_topic_arns": [names.topic_arn],
        "guardrail_policy_arns": [_MAY_NOTHING.format(partition=names.job.scope.partition)],
        "logging_level": "ERROR",
        "user_authorization_required": True,
        "tags": parts.tags,
        "opts": parts.child(role, topic),
    }
    if slack := chat.slack:
        aws.chatbot.SlackChannelConfiguration(
            f"{parts.job}-alarms-slack",
            configuration_name=names.role_name("slack"),
            slack_team_id=slack.workspace_id,
            slack_channel_id=slack.channel_id,
            **common,
        )
    if teams := chat.teams:
        aws.chatbot.TeamsChannelConfiguration(
            f"{parts.job}-alarms-teams",
            configuration_name=names.role_name("teams"),
            tenant_id=teams.tenant_id,
            team_id=teams.team_id,
            channel_id=teams.channel_id,
            **common,
        )
