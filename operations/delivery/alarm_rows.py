"""Rows of what watches a job: topic, key, rule, state machine, alarms, dashboard, budget, chat channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.aws_names import AwsScope
from operations.delivery.grants import ArnOf, Grant, Inputs, Phase, Tagged, everything, named, passes

_READ, _CHANGE, _DELETE = Phase


def _of(service: str, resource: str, key: str = "name", *, regional: bool = True) -> ArnOf:
    """The ARN of what is called so by one of its inputs: `{}` stands for the name."""

    def arn(inputs: Inputs, scope: AwsScope) -> str:
        return scope.arn(service, resource.format(named(inputs, key)), regional=regional)

    return arn


def _topic_of_subscription(inputs: Inputs, _scope: AwsScope) -> str:
    return named(inputs, "topic")


def _any_key(_inputs: Inputs, scope: AwsScope) -> str:
    return scope.arn("kms", "key/*")


def _any_alarm(_inputs: Inputs, scope: AwsScope) -> str:
    return scope.arn("cloudwatch", "alarm:*")


_TOPIC_ARN: Final = _of("sns", "{}")
_TOPIC: Final = (
    Grant("Topics", _READ, ("sns:GetTopicAttributes", "sns:ListTagsForResource"), _TOPIC_ARN),
    Grant(
        "Topics",
        _CHANGE,
        ("sns:CreateTopic", "sns:SetTopicAttributes", "sns:TagResource", "sns:UntagResource"),
        _TOPIC_ARN,
    ),
    Grant("Topics", _DELETE, ("sns:DeleteTopic",), _TOPIC_ARN),
)
_SUBSCRIPTION: Final = (
    Grant("Subscriptions", _READ, ("sns:GetSubscriptionAttributes",), everything),
    Grant("Topics", _CHANGE, ("sns:Subscribe",), _topic_of_subscription),
    Grant("Subscriptions", _CHANGE, ("sns:SetSubscriptionAttributes",), everything),
    Grant("Subscriptions", _DELETE, ("sns:Unsubscribe",), everything),
)
_KEY: Final = (
    # KMS gives a key its name, and judges by its tags only minutes after it has them: what follows its creation at once
    # is allowed on any key. It reads, rotates, and lets a key have one of the stack's own aliases and its tags, which
    # make any key the stack's own (docs/delivery.md).
    Grant(
        "LookAtKeys",
        _READ,
        ("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"),
        _any_key,
    ),
    Grant("CreateKeys", _CHANGE, ("kms:CreateKey",), everything, tagged=Tagged.REQUEST),
    Grant("TagKeys", _CHANGE, ("kms:TagResource",), _any_key, tagged=Tagged.REQUEST),
    Grant("LookAtKeys", _CHANGE, ("kms:CreateAlias", "kms:EnableKeyRotation"), _any_key),
    Grant(
        "Keys",
        _CHANGE,
        ("kms:DisableKeyRotation", "kms:PutKeyPolicy", "kms:UntagResource", "kms:UpdateKeyDescription"),
        _any_key,
        tagged=Tagged.RESOURCE,
    ),
    Grant("Keys", _CHANGE, ("kms:UpdateAlias",), _any_key, tagged=Tagged.RESOURCE),
    Grant("Keys", _DELETE, ("kms:DeleteAlias", "kms:ScheduleKeyDeletion"), _any_key, tagged=Tagged.RESOURCE),
)
_ALIAS_ARN: Final = _of("kms", "{}")
_ALIAS: Final = (
    Grant("LookAtAliases", _READ, ("kms:ListAliases",), everything),
    Grant("Aliases", _CHANGE, ("kms:CreateAlias", "kms:UpdateAlias"), _ALIAS_ARN),
    Grant("Aliases", _DELETE, ("kms:DeleteAlias",), _ALIAS_ARN),
)
_RULE_ARN: Final = _of("events", "rule/{}")
_RULE: Final = (
    Grant("Rules", _READ, ("events:DescribeRule", "events:ListTagsForResource"), _RULE_ARN),
    Grant("Rules", _CHANGE, ("events:PutRule", "events:TagResource", "events:UntagResource"), _RULE_ARN),
    Grant("Rules", _DELETE, ("events:DeleteRule",), _RULE_ARN),
)
_RULE_OF_TARGET: Final = _of("events", "rule/{}", "rule")
_TARGET: Final = (
    Grant("Rules", _READ, ("events:ListTargetsByRule",), _RULE_OF_TARGET),
    Grant("Rules", _CHANGE, ("events:PutTargets",), _RULE_OF_TARGET),
    passes("roleArn", "events.amazonaws.com"),
    Grant("Rules", _DELETE, ("events:RemoveTargets",), _RULE_OF_TARGET),
)
_MACHINE_ARN: Final = _of("states", "stateMachine:{}")
_MACHINE: Final = (
    Grant(
        "StateMachines",
        _READ,
        ("states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"),
        _MACHINE_ARN,
    ),
    # A preview asks whether the definition is a good one.
    Grant("JudgeDefinitions", _READ, ("states:ValidateStateMachineDefinition",), everything),
    Grant(
        "StateMachines",
        _CHANGE,
        ("states:CreateStateMachine", "states:TagResource", "states:UntagResource", "states:UpdateStateMachine"),
        _MACHINE_ARN,
    ),
    passes("roleArn", "states.amazonaws.com"),
    Grant("StateMachines", _DELETE, ("states:DeleteStateMachine",), _MACHINE_ARN),
)
_ALARM_ARN: Final = _of("cloudwatch", "alarm:{}")
_ALARM: Final = (
    # CloudWatch judges a question about one alarm as one about all of them.
    Grant("LookAtAlarms", _READ, ("cloudwatch:DescribeAlarms",), _any_alarm),
    Grant("Alarms", _READ, ("cloudwatch:ListTagsForResource",), _ALARM_ARN),
    Grant(
        "Alarms",
        _CHANGE,
        ("cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"),
        _ALARM_ARN,
    ),
    Grant("Alarms", _DELETE, ("cloudwatch:DeleteAlarms",), _ALARM_ARN),
)
_DASHBOARD_ARN: Final = _of("cloudwatch", "dashboard/{}", "dashboardName", regional=False)
_DASHBOARD: Final = (
    Grant("Dashboards", _READ, ("cloudwatch:GetDashboard",), _DASHBOARD_ARN),
    Grant("Dashboards", _CHANGE, ("cloudwatch:PutDashboard",), _DASHBOARD_ARN),
    Grant("Dashboards", _DELETE, ("cloudwatch:DeleteDashboards",), _DASHBOARD_ARN),
)
_BUDGET_ARN: Final = _of("budgets", "budget/{}", regional=False)
_BUDGET: Final = (
    Grant("Budgets", _READ, ("budgets:ListTagsForResource", "budgets:ViewBudget"), _BUDGET_ARN),
    Grant("Budgets", _CHANGE, ("budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"), _BUDGET_ARN),
    Grant("Budgets", _DELETE, ("budgets:ModifyBudget",), _BUDGET_ARN),
)


def _chat(kind: str, look: str, noun: str) -> tuple[Grant, ...]:
    """Chat channels: to look at them, and to make one, names no resource."""
    arn = _of("chatbot", f"chat-configuration/{kind}/{{}}", "configurationName", regional=False)
    return (
        Grant("LookAtChatChannels", _READ, (f"chatbot:{look}", "chatbot:ListTagsForResource"), everything),
        Grant("CreateChatChannels", _CHANGE, (f"chatbot:Create{noun}",), everything),
        Grant("ChatChannels", _CHANGE, ("chatbot:TagResource", "chatbot:UntagResource", f"chatbot:Update{noun}"), arn),
        passes("iamRoleArn", "chatbot.amazonaws.com"),
        Grant("ChatChannels", _DELETE, (f"chatbot:Delete{noun}",), arn),
    )


_SLACK: Final = "SlackChannelConfiguration"
_TEAMS: Final = "MicrosoftTeamsChannelConfiguration"
ALARM_ROWS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "aws:budgets/budget:Budget": _BUDGET,
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": _chat(
        "slack-channel", f"Describe{_SLACK}s", _SLACK
    ),
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": _chat(
        "microsoft-teams-channel", f"Get{_TEAMS}", _TEAMS
    ),
    "aws:cloudwatch/dashboard:Dashboard": _DASHBOARD,
    "aws:cloudwatch/eventRule:EventRule": _RULE,
    "aws:cloudwatch/eventTarget:EventTarget": _TARGET,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _ALARM,
    "aws:kms/alias:Alias": _ALIAS,
    "aws:kms/key:Key": _KEY,
    "aws:sfn/stateMachine:StateMachine": _MACHINE,
    "aws:sns/topic:Topic": _TOPIC,
    "aws:sns/topicSubscription:TopicSubscription": _SUBSCRIPTION,
}
"""Type token -> its row."""
