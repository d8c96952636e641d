"""The rules as a whole, and the page that is made from them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from configuration import with_defaults
from resources import NotApplicable, Resource
from rule import Rule, StackRule
from rule_settings import settings_schema
from rules import RULES
from rules_page import page
from stack import Stack

ROOT = Path(__file__).parents[2]


def judge(rule: Rule, resources: tuple[Resource, ...]) -> Any:  # noqa: ANN401 -- of either kind of rule
    config = with_defaults(settings_schema(rule), {})
    if isinstance(rule, StackRule):
        return rule.check(Stack(resources), config)
    (only,) = resources
    return rule.judge(only, config)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.policy_name)
def test_the_good_example_passes_and_the_bad_one_is_reported_once(rule: Rule) -> None:
    assert judge(rule, rule.good.resources) == []
    assert not isinstance(judge(rule, rule.bad.resources), NotApplicable)
    assert len(judge(rule, rule.bad.resources)) == 1


def test_the_ids_are_complete_and_the_names_unique() -> None:
    assert sorted({rule.id for rule in RULES}) == [f"SG{number:02}" for number in range(1, 32)]
    assert len({rule.policy_name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.policy_name)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.description.endswith(".")
    assert rule.cure.endswith(".")
    assert "\n" not in rule.description
    assert rule.url.startswith("https://")


def test_every_rule_has_a_test_of_its_name() -> None:
    rules = {path.stem for path in (ROOT / "policies" / "rules").glob("[!_]*.py")}
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert [rule for rule in rules if not any(test.startswith(rule) for test in tests)] == []


def test_the_page_in_docs_is_the_one_that_the_rules_make() -> None:
    assert (ROOT / "docs" / "policies.md").read_text(encoding="utf-8") == page()


@pytest.mark.slow
def test_the_pack_imports_nothing_outside_itself_but_the_sdk() -> None:
    code = "import sys, pack; print(*sorted(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)))"
    arguments = [sys.executable, "-c", code]
    done = subprocess.run(arguments, cwd=ROOT / "policies", capture_output=True, text=True, check=True)
    ours = [Path(name) for name in done.stdout.split() if Path(name).is_relative_to(ROOT)]
    ours = [path for path in ours if ".venv" not in path.parts]
    assert ours
    assert [path for path in ours if not path.is_relative_to(ROOT / "policies")] == []
