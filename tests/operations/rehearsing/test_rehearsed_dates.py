"""A whole rehearsal of data by date: two dates lie side by side, each channel has its own, and it can be repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from rehearsal.running.model_registry import model_versions
from tests.operations.projects import change, copy_project, require_container, typed
from tests.operations.reproducing.test_reproducing import NAME, Rehearsed, kept_rehearsal

pytestmark = pytest.mark.slow

AS_COMMITTED = "        training:\n          s3_path: datasets/training/\n          content_type: text/csv\n"
DATED = """\
        training:
          s3_path: datasets/dt={scheduled_date}/
        validation:
          s3_path: datasets/dt={scheduled_date-1d}/
"""


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    require_container()
    project = copy_project(tmp_path_factory.mktemp("dates") / "project")
    change(project, "staging", AS_COMMITTED, DATED)
    with kept_rehearsal(project) as kept:
        yield kept


@pytest.fixture(scope="module")
def log(rehearsed: Rehearsed) -> str:
    (log,) = (rehearsed.project / ".rehearsal" / "staging" / "training-jobs").glob("*.log")
    return log.read_text()


def test_of_two_dates_that_lie_side_by_side_each_channel_has_its_own(rehearsed: Rehearsed, log: str) -> None:
    dates = sorted({found[0] for key in rehearsed.keys("datasets/") if (found := re.findall(r"dt=([\d-]+)/", key))})

    assert len(dates) == 2
    assert f"/datasets/dt={dates[1]}/: 1 of 1 objects" in log
    assert f"/datasets/dt={dates[0]}/: 1 of 1 objects" in log
    assert "reading training: 1 file, 398 rows" in log
    assert "reading validation: 1 file, 171 rows" in log


def test_run_and_version_say_which_location_was_read(rehearsed: Rehearsed) -> None:
    (version,) = model_versions(rehearsed.tracking_uri, NAME)

    due = version.tags["scheduled_time"][:10]
    assert version.tags["channel_uri.training"] == f"s3://ml-platform-staging-ml-bucket/datasets/dt={due}/"
    assert version.tags["channel_uri.validation"] < version.tags["channel_uri.training"]


def test_the_run_is_reproduced_with_the_data_of_its_dates(rehearsed: Rehearsed) -> None:
    code, output, errors = rehearsed.reproduce(rehearsed.run_id)

    assert (code, errors) == (0, ""), output
    assert re.search(r"data +│.*yes", output)
    assert "reproduced: the same trees and predictions" in output


def test_a_run_that_a_person_starts_there_really_trains_on_its_own_date_and_is_told_everywhere(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(rehearsed.project)

    done = typed("run", "--rehearsal", "--wait", "--json", "--set", "max_depth=7")

    assert done.exit_code == 0, done.output
    job = json.loads(done.stdout)["training_job"]
    assert (job["status"], job["model"]["version"], job["model"]["is_of_this_job"]) == ("Completed", "2", True)
    today = job["scheduled_time"][:10]
    assert rehearsed.keys(f"datasets/dt={today}/")
    assert f"registered: version 2 of {NAME} by {job['name']}" in done.stderr
    (status,) = json.loads(typed("status", "--rehearsal", "--json").stdout)["jobs"]
    assert [each["model"]["version"] for each in status["training_jobs"]] == ["2", "1"]
    assert status["training_jobs"][0]["model"]["aliases"] == job["model"]["aliases"]
    log = typed("logs", "--rehearsal").stdout
    assert f"datasets/dt={today}/: 1 of 1 objects" in log
    stopped = typed("stop", job["name"], "--rehearsal")
    assert (stopped.exit_code, "has ended already, as Completed" in " ".join(stopped.stdout.split())) == (0, True)
    plan = typed("backfill", "--from", job["scheduled_time"], "--to", job["scheduled_time"], "--rehearsal")
    assert "0 invocations, 0 to make up for, 0 skipped" in plan.stdout
