"""SG28: an SNS topic is encrypted with a key that those who write to it can be let use."""

import re

from examples import KEY, example
from findings import MISSING, UNKNOWN, Finding
from resources import Resource
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity

_TOPIC = "aws:sns/topic:Topic"
_AWS_OWN_KEY = re.compile(r"(.*:)?alias/aws/")
_CURE = "set it to the ARN or the alias of a key whose policy lets CloudWatch use it"


def _check(topic: Resource, _config: Config) -> Judgement:
    key = topic.properties.get("kmsMasterKeyId")
    if key is UNKNOWN:  # of a key that the stack makes
        return []
    if not isinstance(key, str) or not key.strip():
        return [Finding("kmsMasterKeyId", "messages of the topic are not encrypted", _CURE, MISSING)]
    if _AWS_OWN_KEY.match(key):
        fault = "CloudWatch cannot use AWS's own key, so that its alarms go nowhere"
        return [Finding("kmsMasterKeyId", fault, _CURE, key)]
    return []


RULE = ResourceRule(
    id="SG28",
    name="encrypted-topic",
    title="Topics are encrypted with a customer key",
    description="An SNS topic must be encrypted with a key of the customer: CloudWatch cannot write with AWS's own.",
    cure="Set kmsMasterKeyId to a key whose policy lets cloudwatch.amazonaws.com use it.",
    url="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    severity=Severity.MEDIUM,
    reference=Reference("AWS Foundational Security Best Practices", "SNS.1"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({_TOPIC}),
    subject=lambda topic: topic,
    check=_check,
    good=example(_TOPIC, {"name": "breast-cancer-prod-alarms", "kmsMasterKeyId": KEY}),
    bad=example(_TOPIC, {"name": "breast-cancer-prod-alarms", "kmsMasterKeyId": "alias/aws/sns"}),
)
