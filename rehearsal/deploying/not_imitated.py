"""What of a deployed stack exists on the embedded AWS and does nothing there, in words."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rehearsal.declaring.program import RegisteredResource

_SILENT: Final = {
    "aws:cloudwatch/eventRule:EventRule": "no event arrives",
    "aws:sfn/stateMachine:StateMachine": "no state machine runs",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "no alarm goes off",
    "aws:sns/topicSubscription:TopicSubscription": "nobody is written to",
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": "there is no Slack channel",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": "there is no channel of Microsoft Teams",
    "aws:budgets/budget:Budget": "nothing costs, so no budget is used up",
}
"""Type of resource -> what does not happen."""


def not_imitated(resources: Iterable["RegisteredResource"]) -> Iterator[str]:
    """A few words for each kind of resource that the stack has."""
    types = {resource.type for resource in resources}
    yield from (text for type_, text in _SILENT.items() if type_ in types)
