"""Whatever a program declares, no rule raises: an exception in a policy would end the preview with a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configuration import with_defaults
from findings import UNKNOWN, Finding, parse
from resources import NotApplicable, Resource
from rule import StackRule
from rule_settings import settings_schema
from rules import RULES
from stack import Stack

if TYPE_CHECKING:
    from conftest import StackUnderTest

Json: TypeAlias = Any
SCALARS = st.none() | st.booleans() | st.integers(-5, 10**7) | st.floats(allow_nan=False) | st.text(max_size=8)
WORDS = st.sampled_from(["*", "?", "ml.p5.48xlarge", "<aws.scheduler.execution-id>", "s3://", "arn:aws:s3:::", "cron("])
ANYTHING = st.recursive(
    SCALARS | WORDS | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | WORDS, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def new_stack() -> Callable[[], StackUnderTest]:
    module = next(m for name, m in sys.modules.items() if name.endswith("conftest") and hasattr(m, "StackUnderTest"))
    make: Callable[[], StackUnderTest] = module.StackUnderTest
    return make


def places(value: Json) -> Iterator[tuple[Json, Json]]:
    """Every container and key in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from places(item)


def everything_found(resources: list[Resource]) -> Iterator[Finding]:
    for rule in RULES:
        config = with_defaults(settings_schema(rule), {})
        if isinstance(rule, StackRule):
            judgement = rule.check(Stack(resources), config)
            yield from [] if isinstance(judgement, NotApplicable) else [finding for _, finding in judgement]
            continue
        for resource in resources:
            found = rule.judge(resource, config)
            yield from [] if isinstance(found, NotApplicable) else found
            if rule.remedy and resource.type in rule.types:
                rule.remedy(resource, config)


def assert_no_rule_raises(data: st.DataObject, stack: StackUnderTest) -> None:
    _, properties = stack.parts[data.draw(st.sampled_from(sorted(stack.parts)))]
    more = data.draw(st.sampled_from(["inlinePolicies", "managedPolicyArns", "policy", "target", "retryPolicy"]))
    properties.setdefault(more, data.draw(ANYTHING))
    container, key = data.draw(st.sampled_from(list(places(properties))))
    container[key] = data.draw(ANYTHING)
    for finding in everything_found(stack.resources):
        assert parse(finding.line()).line() == finding.line()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_stands_anywhere(data: st.DataObject, new_stack: Callable[[], StackUnderTest]) -> None:
    assert_no_rule_raises(data, new_stack())


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_stands_anywhere_at_length(
    data: st.DataObject, new_stack: Callable[[], StackUnderTest]
) -> None:
    assert_no_rule_raises(data, new_stack())


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_stands_anywhere_for_a_long_time(
    data: st.DataObject, new_stack: Callable[[], StackUnderTest]
) -> None:
    assert_no_rule_raises(data, new_stack())


@pytest.mark.parametrize(
    "text", ["", "null", "1", "[]", "{}", '{"a": NaN}', "[" * 100_000, json.dumps("x"), "[secret]"]
)
@pytest.mark.parametrize(
    "path", ["schedule.target.input", "scheduler_policy.policy", "scheduler_role.assumeRolePolicy"]
)
def test_no_rule_raises_for_any_text(path: str, text: str, good_stack: StackUnderTest) -> None:
    found = list(everything_found(good_stack.set(path, text).resources))
    assert all(parse(finding.line()).line() == finding.line() for finding in found)
