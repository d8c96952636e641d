"""The alarms that the component makes pass every rule, whichever way they are set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from configuration import with_defaults
from resources import NotApplicable, Resource
from rule import StackRule
from rule_settings import settings_schema
from rules import RULES
from stack import Stack
from tests.components.test_updates_in_place import MINE, declared

KEY = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
TEAM = "0a1b2c3d-0000-4000-8000-0123456789ab"
CHAT = {
    "slack": {"workspace_id": "T07EA123LEP", "channel_id": "C07EZ1ABC23"},
    "teams": {"tenant_id": TEAM, "team_id": TEAM, "channel_id": "19%3aab6ef35b%40thread.tacv2"},
}
WAYS: dict[str, dict[str, Any]] = {
    "by mail, with a key of their own": {"email": ["oncall@example.com"]},
    "with a key of the team's": {"email": ["oncall@example.com"], "kms_key_arn": KEY},
    "to a topic of the team's": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:ml-oncall", "kms_key_arn": KEY},
    "by https, and a budget": {
        "https": ["https://events.example.com/x"],
        "email": ["oncall@example.com"],
        "budget_in_usd": 50,
    },
    "in chat alone": {"chat": CHAT},
}


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / MINE["directory"]).mkdir()
    (tmp_path / MINE["directory"] / MINE["entry_point"]).write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def findings(alarms: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, resource and finding of what is the alarms' own."""
    further = {"weekly": {"schedule": {"expression": "rate(7 days)"}}}
    made = declared(alarms=alarms, further_schedules=further)
    resources = [Resource(kind, urn.rpartition("::")[2], urn, inputs) for urn, (kind, inputs) in made.items()]
    assert any("-alarm" in each.name for each in resources)
    found: list[tuple[str, Any, Any]] = []
    for rule in RULES:
        config = with_defaults(settings_schema(rule), {})
        if isinstance(rule, StackRule):
            judged = rule.check(Stack(resources), config)
            found += [] if isinstance(judged, NotApplicable) else [(rule.policy_name, *each) for each in judged]
            continue
        for resource in resources:
            answer = rule.judge(resource, config)
            found += (
                [] if isinstance(answer, NotApplicable) else [(rule.policy_name, resource, each) for each in answer]
            )
    return [(name, resource.name, finding.line()) for name, resource, finding in found if "-alarm" in resource.name]


@pytest.mark.parametrize("way", WAYS)
def test_they_pass_every_rule(way: str) -> None:
    assert findings(WAYS[way]) == []


def test_what_nobody_hears_is_reported() -> None:
    assert [(rule, name) for rule, name, _ in findings({"dashboard": False})] == [
        ("SG31-heard-topic", "churn-alarms-topic")
    ]
