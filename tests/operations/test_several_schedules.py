"""A job with further schedules, checked and rehearsed: each schedule by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.operations.projects import change, copy_project, draw_no_pictures, require_container, training_jobs

pytestmark = pytest.mark.slow
NAME = "breast-cancer-staging"
FURTHER = """      further_schedules:
        weekly:
          schedule:
            expression: cron(0 5 ? * SUN *)
          resources:
            instance_type: ml.m5.2xlarge
          stopping_condition:
            max_runtime_in_seconds: 7200
          hyperparameters:
            n_estimators: 7
          channels:
            training:
              s3_path: datasets/full/
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = copy_project(tmp_path / "project")
    draw_no_pictures(project)
    change(project, "staging", "      training_image:\n", f"{FURTHER}      training_image:\n")
    change(project, "staging", "        n_estimators: 100\n", "        n_estimators: 5\n")
    return project


def test_a_check_judges_each_schedule_with_every_policy(project: Path) -> None:
    done = training_jobs(project, "check", "--format", "json")

    document = json.loads(done.stdout)
    assert (done.returncode, document["counts"]["training_jobs"], document["counts"]["schedules"]) == (0, 1, 2)
    rules = {
        name: sorted(each["rule"]["id"] for each in document["findings"] if each["resource"]["name"] == name)
        for name in ("breast-cancer-schedule", "breast-cancer-schedule.weekly")
    }
    assert rules["breast-cancer-schedule"]
    assert rules["breast-cancer-schedule"] == rules["breast-cancer-schedule.weekly"]
    assert {each["training_job"] for each in document["findings"]} == {"breast-cancer"}


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "instance_type: ml.m5.2xlarge",
            "instance_type: ml.m5.24xlarge",
            "mandatory SG18-cost-caps breast-cancer-schedule.weekly",
        ),
        (
            "instance_type: ml.m5.2xlarge",
            "instance_type: ml.m5.2xlarg",
            "mandatory request breast-cancer-staging.weekly",
        ),
        (
            "expression: cron(0 5 ? * SUN *)",
            "expression: cron(0/30 5 ? * SUN *)",
            "advisory  SG26-no-overlap breast-cancer-schedule.weekly",
        ),
        (
            "expression: cron(0 5 ? * SUN *)",
            "expression: at(2020-01-01T00:00:00)",
            "advisory  schedule breast-cancer-staging.weekly",
        ),
        (
            "            n_estimators: 7",
            "            n_estimatorz: 7",
            "training_jobs.breast-cancer.further_schedules.weekly.hyperparameters.n_estimatorz:",
        ),
    ],
    ids=["a policy", "the request", "its period", "its time", "the training code"],
)
def test_a_fault_of_one_schedule_is_told_of_that_one(old: str, new: str, finding: str, project: Path) -> None:
    change(project, "staging", old, new)

    done = training_jobs(project, "check")

    told = [f"{line.strip()} " for line in (done.stdout + done.stderr).splitlines()]
    assert [line for line in told if f"{finding} " in line]
    of_the_job = finding.replace(".weekly", "").replace(".further_schedules", "")
    assert [line for line in told if f"{of_the_job} " in line] == []


def test_a_rehearsal_fires_each_schedule_and_each_registers_its_own_version(project: Path) -> None:
    require_container()

    done = training_jobs(project, "rehearse")

    assert (done.returncode, done.stderr) == (0, "")
    fired = re.findall(r"fire the schedule (\S+) for", done.stdout)
    assert fired == [NAME, f"{NAME}.weekly"]
    assert re.findall(r"^metrics +training:trees (\d+)", done.stdout, re.MULTILINE) == ["5", "7"]
    assert re.findall(r"^model version +(.*)", done.stdout, re.MULTILINE) == [
        f"{NAME} version 1",
        f"{NAME} version 2",
    ]


def test_a_rehearsal_fires_the_one_schedule_that_is_named_whose_job_trains_on_one_object(project: Path) -> None:
    require_container()
    change(
        project, "staging", "          channels:\n            training:\n              s3_path: datasets/full/\n", ""
    )
    change(
        project, "staging", "          s3_path: datasets/training/\n", "          s3_object: datasets/alle = 1.csv\n"
    )

    done = training_jobs(project, "rehearse", "--schedule", f"{NAME}.weekly")

    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"fire the schedule (\S+) for", done.stdout) == [f"{NAME}.weekly"]
    assert re.findall(r"^metrics +training:trees (\d+)", done.stdout, re.MULTILINE) == ["7"]
    assert "reading training: 1 file, 398 rows" in done.stdout
