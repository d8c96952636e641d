"""docs/dated-data.md: its settings are taken, its table is what the functions say, and its role is the real one."""

import re
from datetime import datetime
from pathlib import Path

import yaml

import scheduled_dates
from components.aws_names import AwsScope, JobNames
from components.dated_paths import date_faults, dated_path
from components.execution_role_policy import execution_permissions
from components.iam_policies import policy_document
from settings import parse_settings
from tests.stack_values import PROD

PAGE = (Path(__file__).parents[1] / "docs" / "dated-data.md").read_text(encoding="utf-8")
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-prod")


def test_each_row_of_the_table_is_what_a_job_makes_of_it() -> None:
    due = datetime.fromisoformat("2026-11-25T23:30:00Z")
    rows = re.findall(r"^\| `([^`]*\{[^`]*)` \| `([^`]*)` \|$", PAGE, re.MULTILINE)

    assert len(rows) == 7
    for written, becomes in rows:
        assert date_faults(written) == []
        assert dated_path(written, due, "Europe/Berlin") == becomes


def test_the_settings_are_taken_and_the_role_is_limited_as_the_page_says() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    channels = yaml.safe_load(text)["config"]["scheduled-training:training_jobs"]["breast-cancer"]["channels"]
    job = PROD["training_jobs"]["breast-cancer"]
    values = {**PROD, "training_jobs": {"breast-cancer": job | {"channels": channels}}}

    spec = parse_settings(values, "prod", "us-east-1").training_jobs["breast-cancer"]

    pattern = "datasets/dt=20??-??-??/*"
    assert f"`{pattern}`" in PAGE
    assert policy_document(execution_permissions(spec, NAMES)).count(pattern) == 2


def test_the_codes_are_those_that_are_allowed() -> None:
    assert f"`{' '.join(scheduled_dates.PATTERNS)}`" in PAGE
