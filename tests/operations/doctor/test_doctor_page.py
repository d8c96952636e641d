"""docs/doctor.md: a row for each kind of finding, the permissions that the calls need, and what the command prints."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

from botocore import xform_name
from rich.console import Console

from operations.doctor.checks.storage import data
from operations.doctor.diagnosis import CHECKS
from operations.doctor.facts import ChannelData
from operations.doctor.finding import Unseen
from operations.doctor.kinds import KINDS
from operations.doctor.printing import as_document, show
from tests.operations.doctor.healthy import HEALTHY, with_schedule
from tests.operations.doctor.test_calls_of_aws import FOUND, READS

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "doctor.md").read_text(encoding="utf-8")
NOT_ON_AWS = {"list_role_policies", "get_role_policy"}
"""Our own evaluator asks for these, in a rehearsal."""
PERMISSION_OF = {
    "head_bucket": "s3:ListBucket",
    "head_object": "s3:GetObject",
    "list_objects_v2": "s3:ListBucket",
    "get_object": "s3:GetObject",
    "list_aws_default_service_quotas": "servicequotas:ListAWSDefaultServiceQuotas",
}
OF_THE_HISTORY = {"list_training_jobs", "describe_training_job"}
"""Asked by operations/jobs/history_asking.py."""
"""Of calls whose permission has another name. Source: Service Authorization Reference."""


def test_the_table_has_each_kind_of_finding_and_no_other() -> None:
    rows = re.findall(r"^\| \[`([a-z0-9-]+)`\]\(runbook\.md#\1\) \| (\w+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)

    assert rows == [(each.name, "blocks" if each.blocks else "advises", each.fault, each.cure) for each in KINDS]


def test_each_kind_is_made_by_a_check_and_has_a_test_in_which_it_is_the_one_thing_that_is_found() -> None:
    here = Path(__file__).parent
    made = "".join(each.read_text() for each in (PROJECT / "operations" / "doctor" / "checks").glob("*.py"))
    tested = "".join(each.read_text() for each in here.glob("test_faults_of_*.py"))
    declared = "".join(each.read_text() for each in (PROJECT / "operations" / "doctor").glob("kinds*.py"))
    constants = dict(re.findall(r"^([A-Z0-9_]+): Final = Kind\(\n    \"([a-z0-9-]+)\"", declared, re.MULTILINE))

    assert sorted(constants.values()) == sorted(each.name for each in KINDS)
    assert [name for name in constants if f"kinds.{name}" not in made] == []
    assert [name for name in constants.values() if f'"{name}"' not in tested] == []


def test_every_function_of_a_room_of_checks_is_asked() -> None:
    public = {
        f"{file.stem}.{name}"
        for file in (PROJECT / "operations" / "doctor" / "checks").glob("[a-z]*.py")
        for name in re.findall(r"^def ([a-z]\w+)", file.read_text(), re.MULTILINE)
    }

    assert {f"{each.__module__.rpartition('.')[2]}.{each.__name__}" for each in CHECKS} == public


def test_the_permissions_are_those_of_the_calls() -> None:
    asking = (PROJECT / "operations" / "doctor" / "asking").glob("*.py")
    texts = {text[0] for each in asking for text in re.findall(rf'"({READS})"', each.read_text())}
    called = {operation for _, _, operation, _ in FOUND} | texts | OF_THE_HISTORY
    listed = re.findall(r"`([a-z0-9]+:[A-Z]\w+)`", PAGE.partition("Whoever runs it needs")[2].partition("\n")[0])

    others = {PERMISSION_OF[each] for each in called if each in PERMISSION_OF}
    by_name = {xform_name(each.partition(":")[2]) for each in listed if each not in others}

    assert by_name == called - NOT_ON_AWS - {*PERMISSION_OF}
    assert others <= {*listed}


def test_the_example_is_what_is_printed() -> None:
    uri = "s3://ml-platform-staging-ml-bucket/datasets/training/"
    facts = replace(with_schedule(channels={"training": ChannelData(uri, 0, 0)}), stack="staging")
    not_seen = [Unseen("quotas: ml.m5.large for training job usage", "a rehearsal has none")]
    printed = io.StringIO()

    show(facts, list(data(facts)), not_seen, Console(file=printed, width=300))

    assert re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) == [printed.getvalue()]


def test_the_document_has_the_members_that_the_page_names() -> None:
    document = as_document(HEALTHY, [], [])
    told = PAGE.partition("## The document")[2]

    assert {*document} <= {*re.findall(r"`(\w+)`", told)}
    assert document["version"] == 1
    assert document["time"] == "2026-11-27T12:00:00Z"
