"""`training-jobs enable` and `disable`, typed in a project: what is written, what is said, what is refused."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from operations.schedules import enabling
from operations.schedules.settings_files import read_stack_settings
from operations.schedules.switching import states
from operations.schedules.wish import Wish
from tests.operations.projects import ROOT, typed

SHARED = """name: scheduled-training
runtime: python
config:
  scheduled-training:training_jobs:
    value:
      churn:
        schedule: {expression: rate(1 day)}
      fraud:
        schedule: {expression: rate(2 days)}
"""
OWN = "config:\n  aws:region: us-east-1\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stacks' files alone: nothing else of a project is read."""
    for path in ROOT.glob("Pulumi*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sharing(project: Path) -> None:
    (project / "Pulumi.yaml").write_text(SHARED)
    (project / "Pulumi.staging.yaml").write_text(OWN)


def test_a_stack_is_enabled_in_its_file_and_told_what_to_run(project: Path) -> None:
    before = (project / "Pulumi.staging.yaml").read_text()

    done = typed("enable")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Pulumi.staging.yaml  scheduled-training:training_jobs.breast-cancer.schedule.enabled: true\n"
        "breast-cancer-staging  ENABLED, was DISABLED\n"
        "AWS has not been asked. Run next: pulumi up -s staging\n"
    )
    after = (project / "Pulumi.staging.yaml").read_text()
    assert after == before.replace("enabled: false", "enabled: true")


def test_enabled_and_disabled_again_the_file_is_what_it_was(project: Path) -> None:
    before = (project / "Pulumi.staging.yaml").read_bytes()

    assert [typed("enable", "breast-cancer").exit_code, typed("disable", "breast-cancer").exit_code] == [0, 0]
    assert (project / "Pulumi.staging.yaml").read_bytes() == before


def test_programs_get_one_document(project: Path) -> None:
    done = typed("disable", "--schedule", "breast-cancer-prod", "-s", "prod", "--json")

    assert json.loads(done.stdout) == {
        "version": 1,
        "stack": "prod",
        "settings": [
            {
                "file": "Pulumi.prod.yaml",
                "setting": "scheduled-training:training_jobs.breast-cancer.schedule.enabled",
                "value": False,
            }
        ],
        "schedules": [
            {
                "job": "breast-cancer",
                "schedule": "",
                "name": "breast-cancer-prod",
                "enabled": False,
                "changed": True,
            }
        ],
        "next": "pulumi up -s prod",
    }


def test_jobs_that_all_stacks_share_are_enabled_together_in_the_stacks_defaults(project: Path) -> None:
    sharing(project)

    done = typed("enable")

    assert (project / "Pulumi.yaml").read_text() == SHARED
    assert (project / "Pulumi.staging.yaml").read_text() == (
        f"{OWN}  scheduled-training:defaults:\n    schedule:\n      enabled: true\n"
    )
    assert all(states(read_stack_settings(project, "staging").values).values())
    assert "churn-staging  ENABLED, was DISABLED\nfraud-staging  ENABLED, was DISABLED\n" in done.stdout


def test_one_job_of_those_that_all_stacks_share_is_not_changed_in_all_of_them(project: Path) -> None:
    sharing(project)

    done = typed("enable", "churn")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: training_jobs.churn.schedule.enabled stands in Pulumi.yaml, which every stack shares: there, it would "
        "change in each of them. To enable every job of stack staging, name no job: that is written to "
        "defaults in Pulumi.staging.yaml. For one job of this stack alone, give the stack training_jobs of its own "
        "(docs/many-jobs.md)\n"
    )
    assert (project / "Pulumi.staging.yaml").read_text() == OWN


def test_what_is_so_already_is_said_and_changes_nothing(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.iterdir()}

    done = typed("disable")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "breast-cancer-staging  DISABLED, as before\n"
        "nothing to change; AWS has not been asked. Where it says otherwise: pulumi refresh -s staging, and then "
        "pulumi up -s staging\n"
    )
    assert json.loads(typed("disable", "--json").stdout)["settings"] == []
    assert {path: path.read_bytes() for path in project.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["enable", "churn"], "the stack has no job 'churn'; it has: breast-cancer"),
        (
            ["enable", "--rehearsal"],
            "a rehearsal has no settings of its own: leave --rehearsal out, which changes the stack's, and rehearse "
            "again: training-jobs rehearse --stack staging",
        ),
        (["enable", "-s", "dev"], "{}/Pulumi.dev.yaml is missing; stacks found: prod, staging"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_changes_nothing(
    project: Path, arguments: list[str], message: str
) -> None:
    before = {path: path.read_bytes() for path in project.iterdir()}

    done = typed(*arguments)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"error: {message.format(project)}\n"
    assert {path: path.read_bytes() for path in project.iterdir()} == before


def test_a_program_that_declares_its_schedules_itself_is_told_where_to_change_them(project: Path) -> None:
    (project / "Pulumi.staging.yaml").write_text(OWN)

    assert typed("enable").stderr == (
        "error: neither Pulumi.staging.yaml nor Pulumi.yaml has scheduled-training:training_jobs: the program declares "
        "its schedules itself; change enabled there, and run pulumi up\n"
    )


def test_the_page_shows_what_the_command_prints(project: Path) -> None:
    page = (ROOT / "docs" / "schedules.md").read_text()
    _, _, shown = page.partition("$ .venv/bin/training-jobs enable -s staging\n")

    assert typed("enable", "-s", "staging").stdout == shown.partition("```")[0]


def test_two_that_switch_at_the_same_moment_undo_nothing_of_each_other(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = "".join(f"    {name}:\n      schedule: {{enabled: false}}\n" for name in ("churn", "fraud"))
    (project / "Pulumi.staging.yaml").write_text(f"{OWN}  training_jobs:\n{jobs}")

    def enable(job: str) -> None:
        enabling.switch(project, Wish(stack="staging", enabled=True, job=job), None, rehearsal=False)

    other, make = threading.Thread(target=enable, args=("fraud",)), enabling.with_value

    def with_value(text: str, path: tuple[str, ...], *, value: bool, name: str) -> str:
        monkeypatch.setattr(enabling, "with_value", make)
        other.start()
        other.join(0.3)  # it waits; without that it would be done by now
        return make(text, path, value=value, name=name)

    monkeypatch.setattr(enabling, "with_value", with_value)

    enable("churn")
    other.join(60)

    assert (project / "Pulumi.staging.yaml").read_text().count("enabled: true") == 2
