"""`training-jobs next`: what a person sees, what a program reads, and that docs/schedules.md shows what it prints."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from operations.command_line import app
from tests.operations import network_guard
from tests.operations.projects import ROOT, change, training_jobs

PAGE = (ROOT / "docs" / "schedules.md").read_text()
JOBS = "scheduled-training:training_jobs"


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, ["next", *arguments])


def block(language: str, beginning: str) -> str:
    """The page's one block in a language that begins so."""
    (found,) = [each for each in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if each.startswith(beginning)]
    return str(found)


def write_documented_job(project: Path) -> None:
    """Change staging as the page's YAML says."""
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    for name, changes in yaml.safe_load(block("yaml", "")).items():
        stack["config"][JOBS][name] |= changes
    path.write_text(yaml.safe_dump(stack, sort_keys=False))


def documented() -> tuple[list[str], str]:
    """The arguments of the page's command, and what it shows."""
    command, _, output = block("console", "$ .venv/bin/training-jobs next").partition("\n")
    return command.split()[3:], output


def without_ends(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_page_shows_what_the_command_prints_with_the_pages_settings(project: Path) -> None:
    write_documented_job(project)
    arguments, output = documented()

    result = run(*arguments)

    assert (result.exit_code, result.stderr) == (0, "")
    assert without_ends(result.stdout) == without_ends(output)


def test_the_json_document_tells_the_same(project: Path) -> None:
    write_documented_job(project)

    result = run("-n", "2", "--after", "2027-03-27T12:00:00+01:00", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    assert {name: value for name, value in document.items() if name != "schedules"} == {
        "version": 1,
        "stack": "staging",
        "after": "2027-03-27T11:00:00Z",
    }
    own, weekly = document["schedules"]
    assert own == {
        "name": "breast-cancer-staging",
        "group": "breast-cancer-staging",
        "state": "ENABLED",
        "expression": "cron(30 2 * * ? *)",
        "time_zone": "Europe/Berlin",
        "longest_run_in_seconds": 3600,
        "times": [
            {
                "fires": False,
                "clock": "skipped",
                "local": "2027-03-28T02:30:00",
                "utc": None,
                "overlaps": [],
                "reads": {},
            },
            {
                "fires": True,
                "clock": "once",
                "local": "2027-03-29T02:30:00+02:00",
                "utc": "2027-03-29T00:30:00Z",
                "overlaps": [],
                "reads": {},
            },
            {
                "fires": True,
                "clock": "once",
                "local": "2027-03-30T02:30:00+02:00",
                "utc": "2027-03-30T00:30:00Z",
                "overlaps": [],
                "reads": {},
            },
        ],
        "notes": [],
    }
    assert [time["overlaps"] for time in weekly["times"]] == [
        [],
        [
            {
                "schedule": "breast-cancer-staging",
                "fired": "2027-04-04T00:30:00Z",
                "may_run_until": "2027-04-04T01:30:00Z",
            }
        ],
    ]


def test_a_time_that_comes_twice_is_told_so_in_both_forms(project: Path) -> None:
    write_documented_job(project)

    assert (
        "Sun 2027-10-31 02:30 CEST │ 2027-10-31 00:30 │ comes twice, fires once"
        in run("-n", "2", "--after", "2027-10-30").stdout
    )
    document = json.loads(run("-n", "2", "--after", "2027-10-30", "--json").stdout)
    assert [time["clock"] for time in document["schedules"][0]["times"]] == ["once", "repeated"]


def test_a_schedule_that_is_off_and_in_utc_has_one_column_and_a_note(project: Path) -> None:
    result = run("-n", "1", "--after", "2026-11-27")

    assert (result.exit_code, result.stderr) == (0, "")
    assert without_ends(result.stdout) == [
        "breast-cancer-staging  cron(0 3 * * ? *), UTC, DISABLED, a run takes up to 1 h",
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━┓",
        "┃ in UTC                   ┃",
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━┩",
        "│ Fri 2026-11-27 03:00 UTC │",
        "└──────────────────────────┘",
        "note  is DISABLED: it does not fire by itself until schedule.enabled is true",
    ]


def test_with_spot_a_run_takes_as_long_as_it_may_wait(project: Path) -> None:
    assert "breast-cancer-prod  cron(0 3 * * ? *), UTC, ENABLED, a run takes up to 2 h" in run("-s", "prod").stdout


def test_a_run_that_takes_longer_than_the_period_meets_the_next_one(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "cron(0/30 * * * ? *)")

    assert (
        "breast-cancer-staging of 2026-11-26 23:30 may run until 00:30 UTC"
        in run("-n", "1", "--after", "2026-11-26T23:30:00").stdout
    )


def test_a_rate_counts_from_the_moment_that_is_asked_about_and_says_so(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "rate(90 minutes)")

    text = run("-n", "2", "--after", "2026-11-27").stdout

    assert "Fri 2026-11-27 01:30 UTC" in text
    assert "Fri 2026-11-27 03:00 UTC" in text
    assert "counts from the moment of its deployment" in text
    assert "may run until" not in text


def test_a_flexible_time_window_is_noted_and_counts_for_overlaps(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "cron(0 * * * ? *)")
    change(project, "staging", "        enabled: false\n", "        flexible_time_window_in_minutes: 15\n")

    text = run("-n", "1", "--after", "2026-11-27").stdout

    assert "breast-cancer-staging of 00:00 may run until 01:15 UTC" in text
    assert "has a flexible time window: each invocation comes up to 15 minutes later" in text


@pytest.mark.parametrize(("enabled", "code"), [("true", 1), ("false", 0)])
def test_a_schedule_that_never_fires_again_is_a_mistake_where_it_is_enabled(
    enabled: str, code: int, project: Path
) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "at(2020-01-31T03:00:00)")
    change(project, "staging", "enabled: false", f"enabled: {enabled}")

    text, document = run("--after", "2026-11-27"), run("--after", "2026-11-27", "--json")

    assert (text.exit_code, document.exit_code) == (code, code)
    assert "never due again: after 2026-11-27 00:00 UTC, at(2020-01-31T03:00:00) in UTC name no time" in text.stdout
    assert ("enabled and never due again: breast-cancer-staging" in text.stdout) is bool(code)
    assert json.loads(document.stdout)["schedules"][0]["times"] == []


@pytest.mark.parametrize("text", ["tomorrow", "2027-13-01", ""])
def test_a_time_of_another_form_is_told_the_form(text: str, project: Path) -> None:
    result = run("--after", text)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: --after got {text!r}; allowed: a date or a time, such as 2027-03-28 or 2027-03-28T00:00:00+01:00\n"
    )


def test_settings_that_are_wrong_are_told_as_everywhere(project: Path) -> None:
    change(project, "staging", "cron(0 3 * * ? *)", "cron(0 25 * * ? *)")

    result = run("--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: Pulumi.staging.yaml has 1 problem:\n"
        "  scheduled-training:training_jobs.breast-cancer.schedule.expression: got 'cron(0 25 * * ? *)'; hours '25' is "
        "not 0-23\n"
    )


@pytest.mark.slow
def test_nothing_is_asked_of_the_network(project: Path, tmp_path: Path) -> None:
    guard = network_guard.install(tmp_path / "guard")
    paths = os.pathsep.join(filter(None, [str(guard.directory), os.environ.get("PYTHONPATH")]))

    done = training_jobs(project, "next", "-n", "1", environ={"PYTHONPATH": paths})

    assert (done.returncode, done.stderr) == (0, "")
    assert guard.guarded
    assert guard.refused == []


def test_where_a_run_looks_for_data_by_date_is_shown_for_each_time(project: Path) -> None:
    change(project, "staging", "s3_path: datasets/training/", "s3_path: dt={scheduled_date-1d}/")

    table = run("-n", "2", "--after", "2026-11-26T12:00:00Z")
    document = json.loads(run("-n", "2", "--after", "2026-11-26T12:00:00Z", "--json").stdout)

    assert (table.exit_code, table.stderr) == (0, "")
    times = document["schedules"][0]["times"]
    for each in times:
        day = datetime.fromisoformat(each["utc"]).date() - timedelta(days=1)
        assert each["reads"] == {"training": f"s3://ml-platform-staging-ml-bucket/dt={day}/"}
        assert f"dt={day}/" in table.stdout
    assert "reads" in table.stdout
