"""A rehearsal of jobs without a network: they reach nothing, and their records are brought in afterwards, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from rehearsal.running.model_registry import ModelVersion, model_versions
from tests.operations.projects import (
    change_file,
    copy_project,
    draw_no_pictures,
    processes_of,
    require_container,
    training_jobs,
)

pytestmark = pytest.mark.slow

PROBE = """
    import socket
    for address in (os.environ["AWS_ENDPOINT_URL"].rpartition("/")[2].rpartition(":"), ("10.255.255.1", "", "443")):
        try:
            socket.create_connection((address[0], int(address[2])), timeout=3)
        except OSError as error:
            print("probe:", address[0], "is out of reach:", type(error).__name__)
        else:
            print("probe:", address[0], "answers")
"""
"""Into the start of the training code: nothing of it is to get out, to this machine's own servers or elsewhere."""

OWN = f"""
import os, pathlib
if True:{PROBE}
import scheduled_job
scheduled_job.claim()
scheduled_job.report(accuracy=0.75)
scheduled_job.report({{"loss": 0.5}}, step=1)
pathlib.Path(os.environ["SM_MODEL_DIR"], "weights").write_text("1")
print("version", scheduled_job.register_once(os.environ["SM_MODEL_DIR"], parameters={{"depth": 3}}))
"""


@dataclass(frozen=True)
class Rehearsed:
    """The project, what was on the screen, and where MLflow is."""

    project: Path
    output: str

    @property
    def mlflow(self) -> str:
        return re.findall(r"MLflow at (http://[\d.:]+)", self.output)[0]

    @property
    def jobs(self) -> list[str]:
        return re.findall(r"^training job +(\S+)$", self.output, re.MULTILINE)

    def version(self, name: str) -> ModelVersion:
        (version,) = model_versions(self.mlflow, name)
        return version


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    require_container()
    project = copy_project(tmp_path_factory.mktemp("isolated") / "project")
    draw_no_pictures(project)
    place = "    missing = packages.fault(os.environ)\n"
    change_file(project / "training_code" / "train.py", place, f"{PROBE}{place}")
    (project / "own_code").mkdir()
    (project / "own_code" / "train.py").write_text(OWN)
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    jobs = stack["config"]["scheduled-training:training_jobs"]
    job = jobs["breast-cancer"]
    job["network_isolation"] = True
    jobs["own"] = {key: value for key, value in job.items() if key not in {"hyperparameters", "promotion"}}
    jobs["own"]["source"] = {"directory": "own_code"}
    for name, each in jobs.items():
        each["tracking"] = each["tracking"] | {"experiment_name": name, "registered_model_name": f"{name}-staging"}
    path.write_text(yaml.safe_dump(stack))
    ran = training_jobs(project, "rehearse", "--deliveries", "2", "--keep")
    try:
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        yield Rehearsed(project, ran.stdout)
    finally:
        training_jobs(project, "rehearse", "--stop")
    assert processes_of(project) == []


def test_from_inside_nothing_is_reached(rehearsed: Rehearsed) -> None:
    if "the network is not isolated" in rehearsed.output:
        pytest.skip("no network namespace here")
    probes = re.findall(r"probe: (.*)", rehearsed.output)

    assert len(probes) == 2 * len(rehearsed.jobs) == 8
    assert all("is out of reach: " in each for each in probes)


def test_the_log_says_what_is_not_asked_and_how_the_record_is_brought_in(rehearsed: Rehearsed) -> None:
    said = " ".join(rehearsed.output.split())

    assert (
        said.count("tracking: afterwards: nothing is reached from here, so no other delivery of this invocation") == 4
    )
    for name in rehearsed.jobs:
        assert f"`training-jobs register {name}` brings it in" in said


@pytest.mark.parametrize("model", ["breast-cancer-staging", "own-staging"])
def test_of_two_deliveries_that_both_trained_the_first_that_is_brought_in_is_the_version(
    model: str, rehearsed: Rehearsed
) -> None:
    first, second = [name for name in rehearsed.jobs if name.startswith(model)]
    version = rehearsed.version(model)

    assert version.tags["training_job_name"] == first
    assert version.tags["promotion"] == "champion: it keeps all limits, and there was no champion"
    assert f"delivered again: {second} is for an invocation that has a version" in " ".join(rehearsed.output.split())


@pytest.mark.parametrize("model", ["breast-cancer-staging", "own-staging"])
def test_brought_in_again_nothing_changes(model: str, rehearsed: Rehearsed) -> None:
    before = rehearsed.version(model)
    for name in [each for each in rehearsed.jobs if each.startswith(model)]:
        done = training_jobs(rehearsed.project, "register", name, "--rehearsal")
        assert (done.returncode, done.stderr) == (0, "")
        first = before.tags["training_job_name"]
        assert done.stdout.splitlines()[-1] == f"registered: version 1 of {model} by {first}"

    assert rehearsed.version(model) == before


def test_all_that_is_left_is_brought_in_at_once_and_that_is_nothing(rehearsed: Rehearsed) -> None:
    done = training_jobs(rehearsed.project, "register", "--all", "--rehearsal")

    assert (done.returncode, done.stderr) == (0, "")
    prefixes = "breast-cancer-staging-, own-staging-"
    assert done.stdout == f"{prefixes}: 4 jobs that may have kept a record, 0 brought in, 0 not\n"


def test_a_model_that_is_gone_is_brought_in_again_by_asking_for_all(rehearsed: Rehearsed) -> None:
    from mlflow import MlflowClient

    first, second = [name for name in rehearsed.jobs if name.startswith("own")]
    MlflowClient(rehearsed.mlflow).delete_registered_model("own-staging")

    done = training_jobs(rehearsed.project, "register", "--all", "--rehearsal")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"registered: version 1 of own-staging by {first}" in done.stdout.splitlines()
    assert f"delivered again: {second} is for an invocation that has a version" in done.stdout
    assert done.stdout.endswith("own-staging-: 4 jobs that may have kept a record, 2 brought in, 0 not\n")
    assert rehearsed.version("own-staging").tags["training_job_name"] == first


def test_the_run_is_as_one_that_was_tracked(rehearsed: Rehearsed) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(rehearsed.mlflow)
    shipped, own = (client.get_run(rehearsed.version(f"{name}-staging").run_id) for name in ("breast-cancer", "own"))

    assert (shipped.info.status, own.info.status) == ("FINISHED", "FINISHED")
    assert "random forest" in shipped.info.run_name
    assert {"validation:accuracy", "training:trees_grown"} <= set(shipped.data.metrics)
    assert own.data.metrics == {"validation:accuracy": 0.75, "loss": 0.5}
    assert own.data.params == {"depth": "3"}
    assert "Trained in a container without a network" in shipped.data.tags["mlflow.note.content"]
    assert len(client.search_runs([shipped.info.experiment_id])) == 1


def test_a_run_that_was_brought_in_is_reproduced_as_any_other(rehearsed: Rehearsed) -> None:
    run_id = rehearsed.version("breast-cancer-staging").run_id

    done = training_jobs(rehearsed.project, "reproduce", run_id, "--rehearsal")

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.endswith("\nreproduced: the same trees and predictions\n")


def test_a_run_of_a_script_of_ones_own_cannot_be_and_it_is_said_why(rehearsed: Rehearsed) -> None:
    run_id = rehearsed.version("own-staging").run_id

    done = training_jobs(rehearsed.project, "reproduce", run_id, "--rehearsal")

    assert done.returncode == 1
    assert f"run {run_id} (FINISHED) has no model.json: it is of a script of a team's own" in done.stderr
