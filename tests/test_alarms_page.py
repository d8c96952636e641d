"""The pages on alarms say what is: settings that are taken, and a section of the runbook for each message."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.alarm_machine import machine_definition
from components.alarm_messages import MessageWriter
from components.alarm_names import AlarmNames
from components.alarm_spec import Alarms
from components.aws_names import AwsScope, JobNames
from components.metric_alarms import metric_alarms
from settings import parse_settings
from tests.stack_values import STAGING

DOCS = Path(__file__).parents[1] / "docs"
ALARMS, RUNBOOK, VERIFY = ((DOCS / name).read_text() for name in ("alarms.md", "runbook.md", "verify.md"))
SECTIONS = re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)
NAMES = AlarmNames(JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod"))


def anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


@pytest.fixture(scope="module")
def told() -> list[str]:
    """Everything that people are told: messages of the state machine, and descriptions of the alarms."""
    job = parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]
    limits = Alarms(minimum_metrics={"validation:accuracy": 0.9}, maximum_metrics={"validation:log_loss": 0.4})
    states = json.loads(machine_definition(NAMES, NAMES.topic_arn, MessageWriter(NAMES, "prod")))["States"]
    messages = [states[name]["Arguments"]["Message"] for name in ("Tell", "Missed")]
    return [*messages, *(alarm.description for alarm in metric_alarms(job, limits, NAMES, "prod"))]


def test_every_message_leads_to_a_section_of_the_runbook_and_every_section_has_one(told: list[str]) -> None:
    named = [re.findall(r'docs/runbook\.md, \\?"([^"\\]+)', text) for text in told]

    assert all(len(sections) == 1 for sections in named)
    assert {section for sections in named for section in sections} == set(SECTIONS)


def test_the_page_of_alarms_has_a_row_for_each_section() -> None:
    rows = set(re.findall(r"^\| \[.+\]\(runbook\.md#([a-z-]+)\)", ALARMS, re.MULTILINE))

    assert rows == set(map(anchor, SECTIONS))


@pytest.mark.parametrize("page", [ALARMS, RUNBOOK], ids=["alarms", "runbook"])
def test_every_anchor_leads_to_a_section(page: str) -> None:
    for other, name in re.findall(r"\]\((\w*\.md|)#([a-z-]+)\)", page):
        text = {"runbook.md": RUNBOOK, "alarms.md": ALARMS, "verify.md": VERIFY, "": page}[other]
        assert name in map(anchor, re.findall(r"^##+ (.+)$", text, re.MULTILINE))


def test_the_settings_on_the_page_are_taken() -> None:
    (block,) = re.findall(r"```yaml\n(.+?)```", ALARMS, re.DOTALL)
    shown = yaml.safe_load(block)["config"]
    own: dict[str, Any] = {name.removeprefix("scheduled-training:"): value for name, value in shown.items()}
    job = parse_settings(STAGING | own, "prod", "us-east-1").training_jobs["breast-cancer"]

    assert job.alarms == Alarms(email=("ml-oncall@example.com",))


def test_every_setting_that_the_pages_name_exists() -> None:
    named = set(re.findall(r"`alarms\.(\w+)`", ALARMS + RUNBOOK))

    assert named <= set(Alarms.model_fields)
