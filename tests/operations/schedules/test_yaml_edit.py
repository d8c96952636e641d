"""One value of a YAML text changes, and not a byte beside it."""

from __future__ import annotations

import difflib

import pytest
import yaml

from operations.schedules.yaml_edit import EditError, with_value
from tests.operations.projects import ROOT

TEXT = """# of the team
config:
  aws:region: "us-east-1"   # three blanks
  jobs:
    block:
      schedule:
        expression: cron(0 3 * * ? *)
        enabled: false # not yet
      lists: [1,
        2]
    without:
      schedule:
        expression: rate(1 day)

        # at the end of it
    flow: {schedule: {expression: "rate(1 day)"}, empty: {}}
    folded:
      # of the image
      image: >
        one
        two
    nothing:
    noted: # nothing yet
    anchored: &anchor
      schedule: {enabled: false}
    alias: *anchor
    merged:
      <<: *anchor
      other: 1
"""
ENABLED = ("schedule", "enabled")


def lines_of(before: str, after: str) -> list[str]:
    told = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    return [line for line in told if not line.startswith("@@")]


@pytest.mark.parametrize(
    ("job", "changed"),
    [
        ("block", ["-        enabled: false # not yet", "+        enabled: true # not yet"]),
        ("without", ["+        enabled: true"]),
        (
            "flow",
            [
                '-    flow: {schedule: {expression: "rate(1 day)"}, empty: {}}',
                '+    flow: {schedule: {enabled: true, expression: "rate(1 day)"}, empty: {}}',
            ],
        ),
        ("folded", ["+      schedule:", "+        enabled: true"]),
        ("nothing", ["-    nothing:", "+    nothing: {schedule: {enabled: true}}"]),
        ("noted", ["-    noted: # nothing yet", "+    noted: {schedule: {enabled: true}} # nothing yet"]),
        ("merged", ["+      schedule:", "+        enabled: true"]),
        ("new", ["+    new:", "+      schedule:", "+        enabled: true"]),
    ],
)
def test_a_value_is_changed_or_added_where_it_belongs(job: str, changed: list[str]) -> None:
    after = with_value(TEXT, ("config", "jobs", job, *ENABLED), value=True, name="Pulumi.dev.yaml")

    assert lines_of(TEXT, after) == changed


def test_a_value_goes_into_an_empty_mapping_and_into_a_file_without_any() -> None:
    text = "config: {jobs: {a: {}}}\n"

    assert with_value(text, ("config", "jobs", "a", "enabled"), value=True, name="f") == (
        "config: {jobs: {a: {enabled: true}}}\n"
    )
    assert with_value("", ("config", "enabled"), value=False, name="f") == "config:\n  enabled: false\n"


def test_line_ends_and_a_missing_last_one_stay_as_they_are() -> None:
    text = "config:\r\n  jobs:\r\n    a:\r\n      expression: x # last"

    assert with_value(text, ("config", "jobs", "a", "enabled"), value=True, name="f") == (
        f"{text}\r\n      enabled: true"
    )


@pytest.mark.parametrize("job", ["alias", "anchored"])
def test_what_would_change_another_place_as_well_is_left_to_a_person(job: str) -> None:
    with pytest.raises(EditError) as raised:
        with_value(TEXT, ("config", "jobs", job, *ENABLED), value=True, name="Pulumi.dev.yaml")

    assert str(raised.value) == (
        f"Pulumi.dev.yaml: config.jobs.{job}.schedule.enabled cannot be changed there without touching something else "
        "(an alias, an anchor or an unusual form of YAML stands in the way); write enabled: true there by hand"
    )


def test_what_is_no_mapping_is_left_to_a_person() -> None:
    with pytest.raises(EditError, match=r"config\.jobs\.schedule\.enabled cannot be changed"):
        with_value("config:\n  jobs: [1]\n", ("config", "jobs", *ENABLED), value=True, name="f")


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_stacks_of_this_project_change_in_one_line_and_back(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    path = ("config", "scheduled-training:training_jobs", "breast-cancer", *ENABLED)
    before = yaml.safe_load(text)["config"]["scheduled-training:training_jobs"]["breast-cancer"]["schedule"]["enabled"]

    changed = with_value(text, path, value=not before, name="f")

    assert len(lines_of(text, changed)) == 2
    assert with_value(changed, path, value=before, name="f") == text
