"""Jobs that are killed at random moments while MLflow comes and goes: whole jobs as processes, a real server.

A killed job is started again as SageMaker starts a spot job: same name, same checkpoints, empty model directory.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from progress import say
from tests.training_code.killed_jobs import BATCH, MODEL, TREES, Kill, Story

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree, MlflowServer

pytestmark = pytest.mark.slow

MakeJob = Callable[..., "JobTree"]
SIDE_BY_SIDE = 3
FORESTS = 5
MOST_KILLS = 3
LONGEST = float(os.environ.get("SOAK_SECONDS") or 18 * 60)
"""Seconds after which no further job is begun; those that were are judged, and the test fails."""
Disturb = Callable[["MlflowServer", list[Story], threading.Event], int]
"""Restarts the server while the stories are told, until the event; says how often."""


def make_story(make_job: MakeJob, address: str, number: int, plan: list[Kill]) -> Story:
    name = f"soak-{number:02}"
    job = make_job(
        name,
        address,
        REGISTERED_MODEL_NAME=MODEL,
        MLFLOW_EXPERIMENT_NAME=MODEL,
        SCHEDULE_ARN=f"arn:aws:scheduler:us-east-1:123456789012:schedule/g/{name}",
        SCHEDULED_TIME="2026-11-23T06:00:00Z",
        INVOCATION_LEASE_SECONDS="5",
        TRACKING_PATIENCE_SECONDS="900",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="1",
    )
    job.environ["CHECKPOINT_LOCAL_PATH"] = str(job.base / "checkpoints")
    job.hyperparameters |= {
        "n_estimators": str(TREES),
        "n_jobs": str(BATCH),
        "checkpoint_seconds": "0",
        "random_state": str(number % FORESTS),
    }
    return Story(job, plan)


def tell_all(stories: list[Story], server: MlflowServer, disturb: Disturb) -> None:
    """Tell the stories, some side by side, and `disturb` the server meanwhile; where time runs out, not all of them."""
    started, ended, told = time.monotonic(), threading.Event(), []

    def tell(story: Story) -> None:
        if time.monotonic() - started > LONGEST:
            return
        story.tell()
        told.append(story)
        say(
            f"{time.monotonic() - started:6.1f} s  {len(told)} of {len(stories)}: {story.name}, "
            f"{story.kills} of {len(story.plan)} kills, ended with {story.codes[-1]}"
        )

    with ThreadPoolExecutor(1) as pool, ThreadPoolExecutor(SIDE_BY_SIDE) as jobs:
        disturbing = pool.submit(disturb, server, stories, ended)
        try:
            list(jobs.map(tell, stories))
        finally:
            ended.set()
    restarts, kills = disturbing.result(), sum(story.kills for story in stories)
    say(f"{kills} kills, {restarts} restarts of MLflow, {time.monotonic() - started:.0f} s")
    assert restarts, "MLflow was always there"
    assert kills >= len(told) / 2, "the kills come too late to tell anything"


def check(stories: list[Story], server: MlflowServer) -> None:
    import mlflow

    mlflow.set_tracking_uri(server.address)
    client = mlflow.MlflowClient(server.address)
    experiment = client.get_experiment_by_name(MODEL)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    versions = client.search_model_versions(f"name = '{MODEL}'")
    told, reports = [story for story in stories if story.codes], []
    for story in told:
        problems = story.problems(
            [
                each
                for each in runs
                # MLflow's client asks again where an answer gets lost; the run made twice is closed as a duplicate.
                if each.data.tags["training_job_name"] == story.name
                and (each.info.status, each.data.tags.get("duplicate_of")) != ("KILLED", story.name)
            ],
            [each for each in versions if each.tags["training_job_name"] == story.name],
        )
        if problems:
            reports.append(story.report(problems))
    assert not reports, f"{len(reports)} of {len(told)} jobs\n" + "\n\n".join(reports)
    assert len(versions) == len(told)
    assert len(told) == len(stories), (
        f"in {LONGEST:.0f} s (SOAK_SECONDS) only {len(told)} jobs were begun; all are well"
    )


def test_two_killed_jobs_end_as_if_nobody_had_killed_them(make_job: MakeJob, own_server: MlflowServer) -> None:
    def restart_at_the_first_kill(server: MlflowServer, stories: list[Story], ended: threading.Event) -> int:
        while not any(story.kills for story in stories):
            if ended.wait(0.05):
                return 0
        server.stop()
        server.start()
        return 1

    plans = [[Kill("growing: 50 ", 0), Kill("promotion: ", 0)], [Kill("growing: 10 ", 0)]]
    stories = [make_story(make_job, own_server.address, number, plan) for number, plan in enumerate(plans)]
    tell_all(stories, own_server, restart_at_the_first_kill)
    assert [story.kills for story in stories] == [2, 1]
    check(stories, own_server)


@pytest.mark.soak
def test_fifty_jobs_killed_up_to_three_times_end_as_if_nobody_had_killed_them(
    make_job: MakeJob, own_server: MlflowServer, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(10**6))
    count = int(os.environ.get("SOAK_JOBS") or 50)
    chosen = random.Random(seed)
    stories = []
    for number in range(count):
        plan = [Kill.at_random(chosen) for _ in range(chosen.randint(1, MOST_KILLS))]
        stories.append(make_story(make_job, own_server.address, number, plan))

    def restart_again_and_again(server: MlflowServer, _: list[Story], ended: threading.Event) -> int:
        restarts = 0
        while not ended.wait(chosen.uniform(12, 40)):
            server.stop()
            ended.wait(chosen.uniform(0, 4))
            server.start()
            restarts += 1
        return restarts

    with capfd.disabled():
        say(f"\n{count} jobs, SOAK_SEED={seed}")
        tell_all(stories, own_server, restart_again_and_again)
        check(stories, own_server)
