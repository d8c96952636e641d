"""SG31: somebody hears what a topic of the stack is told."""

from collections.abc import Iterator

from examples import KEY, resource
from findings import MISSING, UNKNOWN, Finding
from resources import NotApplicable, Resource
from rule import Config, Example, Level, Reference, Severity, StackJudgement, StackRule
from stack import Stack

_TOPIC, _SUBSCRIPTION = "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"
_CHANNELS = (
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
)
_ARN = "arn:aws:sns:us-east-1:123456789012:breast-cancer-prod-alarms"


def _check(stack: Stack, _config: Config) -> StackJudgement:
    topics = list(stack.of_type(_TOPIC))
    if not topics:
        return NotApplicable("the stack has no topic")
    named, urns = _heard(stack)
    fault, cure = (
        "nobody has subscribed, so that its messages go nowhere",
        "set alarms.email, alarms.https or alarms.chat",
    )
    return [
        (topic, Finding("subscriptions", fault, cure, MISSING))
        for topic in topics
        if topic.urn not in urns and str(topic.properties.get("name")) not in named
    ]


def _heard(stack: Stack) -> tuple[set[str], set[str]]:
    """Names of the topics that somebody listens to, and URNs of those whose ARN is unknown yet."""
    named, urns = set[str](), set[str]()
    for listener, name, value in _topics_of_listeners(stack):
        if value is UNKNOWN:
            urns.update(listener.depends_on.get(name, ()))
        else:
            named.add(str(value).rpartition(":")[2])
    return named, urns


def _topics_of_listeners(stack: Stack) -> Iterator[tuple[Resource, str, object]]:
    for subscription in stack.of_type(_SUBSCRIPTION):
        yield subscription, "topic", subscription.properties.get("topic")
    for channel in stack.of_type(*_CHANNELS):
        topics = channel.properties.get("snsTopicArns")
        for topic in topics if isinstance(topics, list) else [topics]:
            yield channel, "snsTopicArns", topic


_MADE = resource(_TOPIC, {"name": "breast-cancer-prod-alarms", "kmsMasterKeyId": KEY}, "breast-cancer-alarms-topic")
_SUBSCRIBED = resource(_SUBSCRIPTION, {"topic": _ARN, "protocol": "email", "endpoint": "oncall@example.com"}, "oncall")

RULE = StackRule(
    id="SG31",
    name="heard-topic",
    title="A topic has a subscriber",
    description="A topic of the stack must have a subscription or a chat channel: an alarm without one is silent.",
    cure="Subscribe somebody to the topic: alarms.email, alarms.https or alarms.chat.",
    url="https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Well-Architected Framework", "OPS08-BP04"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    check=_check,
    good=Example((_MADE, _SUBSCRIBED)),
    bad=Example((_MADE,)),
)
