"""docs/verify.md: its steps are those of a flight, its examples are what is written and sent."""

from __future__ import annotations

import io
import re
from dataclasses import fields
from pathlib import Path

import pytest
from rich.console import Console

from components.alarm_messages import MessageWriter
from components.aws_names import AwsScope
from operations.verifying import alarms, permissions, watches
from operations.verifying.permission_printing import print_uses
from operations.verifying.permissions import RoleUse, Seen, allowed_actions, use_of
from operations.verifying.steps import Step
from operations.verifying.verifying import as_document
from rehearsal.declaring.program import OfflineMocks, declare
from rehearsal.judging.judgement import declared_schedules, sample_request
from rehearsal.judging.stack_check import artifact_store_of
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.permissions.role_documents import declared_roles
from tests.components.test_alarm_machine import NAMES
from tests.operations.projects import ROOT
from tests.operations.verifying.test_report import REPORT

STEPS_OF_ALARMS = (alarms.RECORDED, alarms.MESSAGE, alarms.ALARM, watches.WATCHED, watches.LOOKED)
PAGE = (Path(__file__).parents[3] / "docs" / "verify.md").read_text(encoding="utf-8")
MESSAGE, PERMISSIONS, IN_REPORT = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_are_lines_of_a_report() -> None:
    assert [line for line in IN_REPORT.splitlines() if line not in REPORT.splitlines()] == []


def test_the_page_names_the_members_of_the_documents() -> None:
    names = {*re.findall(r"`(\w+)`", PAGE)}

    assert {*as_document("prod", "churn", [], Path("a"))} <= names
    assert {each.name for each in (*fields(Step), *fields(RoleUse))} <= names


def test_the_page_has_the_steps_of_the_alarms_and_the_message_that_is_sent() -> None:
    message = MessageWriter(NAMES, "prod").tested()

    assert f"{message.subject}\n\n{message.text}\n" == MESSAGE
    assert [name for name in STEPS_OF_ALARMS if f"| `{name}` |" not in PAGE] == []
    assert alarms.REASON in PAGE
    assert permissions.NAME in PAGE


def test_the_permissions_are_those_of_the_staging_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    declared = declare(ROOT, "staging", lambda region: OfflineMocks(region=region), preview=True)
    (schedule,) = declared_schedules(declared.resources, AwsScope("aws", "us-east-1", "123456789012"))
    request, roles = sample_request(schedule), declared_roles(declared.resources)
    store = artifact_store_of(declared.exports, schedule)
    made = {
        "execution role": (
            request["RoleArn"],
            execution_role_calls(request, scope=schedule.scope, object_uris={}, artifact_store=store),
        ),
        "scheduler role": (schedule.role_arn, scheduler_role_calls(schedule, request)),
    }

    uses = [
        use_of(
            name,
            allowed_actions(roles[arn.rpartition("/")[2]].permissions),
            Seen(frozenset(call.action.lower() for call in calls), is_complete=True),
        )
        for name, (arn, calls) in made.items()
    ]

    console = Console(file=io.StringIO(), highlight=False)
    print_uses(console, "breast-cancer", uses)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == PERMISSIONS
