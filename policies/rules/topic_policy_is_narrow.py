"""SG29: only services that act for this account may publish to a topic by its policy."""

import re
from collections.abc import Iterator

from examples import ACCOUNT, document, example
from findings import UNKNOWN, Finding, property_path
from resources import NotApplicable, Resource
from rule import Config, Judgement, Reference, ResourceRule, Severity
from statements import Statement, is_literal, read_statements
from target_input import UnreadableError

_TOPIC, _TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"
_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
_BOUND_BY = ("aws:SourceAccount", "aws:SourceArn", "aws:PrincipalAccount", "aws:SourceOwner")
_ACCOUNT_PART = 4
_IDENTITY = re.compile(r"[0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:[^*?]+")
"""An account or somebody in one, by name; the topic's owner names them knowingly."""


def _statements(resource: Resource) -> tuple[Statement, ...] | NotApplicable:
    policy = resource.properties.get("policy")
    if policy is None and resource.type == _TOPIC:
        return NotApplicable("the topic has the policy that SNS gives it: its account may publish")
    if policy is UNKNOWN:
        return NotApplicable("the topic's policy is unknown at preview")
    try:
        return read_statements(policy, "policy")
    except UnreadableError as error:
        return NotApplicable(f"the topic's policy {error}")


def _check(statements: tuple[Statement, ...], _config: Config) -> Judgement:
    return [finding for statement in statements if statement.allows for finding in _faults(statement)]


def _faults(statement: Statement) -> Iterator[Finding]:
    for action in (*statement.actions, *statement.not_actions):
        if action.value.lower() != "sns:publish" or statement.not_actions:
            yield Finding(action.path, "more than sns:Publish is allowed", "allow sns:Publish alone", action.value)
    is_named = statement.principals and all(_IDENTITY.fullmatch(each.value) for each in statement.principals)
    if not is_named and not _is_bound(statement):
        cure = 'add StringEquals {"aws:SourceAccount": "<account id>"} and ArnLike {"aws:SourceArn": "<alarms>"}'
        path = property_path(statement.path, "Condition")
        yield Finding(path, "others than this account can have messages published", cure)


def _is_bound(statement: Statement) -> bool:
    conditions = (statement.bound(key, *_OPERATORS) for key in _BOUND_BY)
    return any(found and all(map(_names_an_account, found.values)) for found in conditions)


def _names_an_account(value: str) -> bool:
    parts = value.split(":")
    account = parts[_ACCOUNT_PART] if len(parts) > _ACCOUNT_PART else value
    return bool(account) and is_literal(account)


def _example(**condition: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    return {
        "name": "breast-cancer-prod-alarms",
        "policy": document(statement | ({"Condition": condition} if condition else {})),
    }


RULE = ResourceRule(
    id="SG29",
    name="narrow-topic-policy",
    title="A topic's policy lets only this account's services publish",
    description="A topic's policy may allow sns:Publish only, and only for resources of a named account.",
    cure="Condition each statement on aws:SourceAccount and aws:SourceArn, and allow sns:Publish alone.",
    url="https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    severity=Severity.HIGH,
    reference=Reference("AWS Foundational Security Best Practices", "SNS.4"),
    types=frozenset({_TOPIC, _TOPIC_POLICY}),
    subject=_statements,
    check=_check,
    good=example(_TOPIC, _example(StringEquals={"aws:SourceAccount": ACCOUNT})),
    bad=example(_TOPIC, _example()),
)
