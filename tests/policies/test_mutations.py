"""No change that widens access or drops a safeguard passes; no way of writing the same thing is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configuration import with_defaults
from resources import NotApplicable, Resource
from rule import Level, StackRule
from rule_settings import settings_schema
from rules import RULES
from stack import Stack
from tests.policies.widening import POLICIES, WIDENING, Json, as_list, statements

if TYPE_CHECKING:
    from conftest import StackUnderTest


def mandatory_in_prod(resources: list[Resource]) -> list[str]:
    """Everything that would stop the deployment of a prod stack."""
    found = []
    for rule in RULES:
        if rule.levels[-1] is not Level.MANDATORY:
            continue
        config = with_defaults(settings_schema(rule), {})
        judgements: Json = (
            [rule.check(Stack(resources), config)]
            if isinstance(rule, StackRule)
            else [rule.judge(resource, config) for resource in resources]
        )
        for judgement in judgements:
            if not isinstance(judgement, NotApplicable):
                found += [f"{rule.id} {finding}" for finding in judgement]
    return found


@pytest.fixture(scope="module")
def new_stack() -> Callable[[], StackUnderTest]:
    # Hypothesis runs a test many times for one fixture: each run makes its own stack.
    import sys

    module = next(m for name, m in sys.modules.items() if name.endswith("conftest") and hasattr(m, "StackUnderTest"))
    make: Callable[[], StackUnderTest] = module.StackUnderTest
    return make


def rewrite(draw: Callable[..., Json], stack: StackUnderTest) -> list[Resource]:
    """Says the same in another way: order, case, spacing, element names, one document or several."""
    swap = draw(st.sampled_from([str.upper, str.lower, str]))
    for statement in (statement for _, statement in statements(stack) if "Action" in statement):
        actions = [swap(action) for action in as_list(statement["Action"])]
        statement["Action"] = actions[0] if len(actions) == 1 and draw(st.booleans()) else actions
    for name in POLICIES:
        properties = stack.parts[name][1]
        properties["policy"]["Statement"] = draw(st.permutations(properties["policy"]["Statement"]))
        if draw(st.booleans()):
            moved = properties["policy"]["Statement"].pop()
            extra = {"role": properties["role"], "policy": {"statement" if draw(st.booleans()) else "Statement": moved}}
            stack.set(f"{name}_more", ("aws:iam/rolePolicy:RolePolicy", extra))
    indent = draw(st.sampled_from([None, 0, 1, 7]))
    resources = []
    for resource in stack.resources:
        properties = {
            name: json.dumps(json.loads(value), indent=indent) if name in {"policy", "assumeRolePolicy"} else value
            for name, value in resource.properties.items()
        }
        resources.append(Resource(resource.type, resource.name, resource.urn, properties))
    return draw(st.permutations(resources))


def assert_reported(widen: Callable[..., None], draw: Callable[..., Json], stack: StackUnderTest) -> None:
    widen(draw, stack)
    assert mandatory_in_prod(rewrite(draw, stack)) != []


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_another_way_to_write_the_good_stack_passes(
    data: st.DataObject, new_stack: Callable[[], StackUnderTest]
) -> None:
    assert mandatory_in_prod(rewrite(data.draw, new_stack())) == []


@settings(max_examples=60, deadline=None)
@given(data=st.data(), widen=st.sampled_from(WIDENING))
def test_no_change_that_widens_access_or_drops_a_safeguard_passes(
    data: st.DataObject, widen: Callable[..., None], new_stack: Callable[[], StackUnderTest]
) -> None:
    assert_reported(widen, data.draw, new_stack())


@pytest.mark.slow
@pytest.mark.parametrize("widen", WIDENING)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_many_changes_of_each_kind_are_reported(
    widen: Callable[..., None], data: st.DataObject, new_stack: Callable[[], StackUnderTest]
) -> None:
    assert_reported(widen, data.draw, new_stack())
