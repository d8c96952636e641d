"""Invocations that are delivered several times at the same moment: whole jobs as processes, a real MLflow server."""

from __future__ import annotations

import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.training_code.told import without_reading

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

MakeJob = Callable[..., "JobTree"]
Invocations = dict[str, list["JobTree"]]

pytestmark = pytest.mark.slow
SCHEDULE = "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"


@pytest.fixture
def make(make: MakeJob) -> MakeJob:
    def make_on_server(job_name: str, scheduled_time: str, **environ: str) -> JobTree:
        job = make(job_name, SCHEDULE_ARN=SCHEDULE, SCHEDULED_TIME=scheduled_time, **environ)
        job.hyperparameters |= {"n_estimators": "5", "n_jobs": "1"}
        return job

    return make_on_server


def invocations(make: MakeJob, deliveries: list[int]) -> Invocations:
    times = {f"2026-11-{day:02}T06:00:00Z": count for day, count in enumerate(deliveries, 1)}
    return {time: [make(f"job-{time[8:10]}-{n}", time) for n in range(count)] for time, count in times.items()}


def deliver_together(jobs: list[JobTree]) -> dict[str, tuple[int, str]]:
    """Start all at once; training job name -> exit code and log."""
    started = {
        job.environ["TRAINING_JOB_NAME"]: subprocess.Popen(
            job.command(), env=job.process_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for job in jobs
    }
    ended = {}
    for name, process in started.items():
        log, _ = process.communicate(timeout=500)
        ended[name] = (process.returncode, log)
    return ended


def recorded(job: JobTree) -> tuple[list[Any], list[Any]]:
    """Runs and model versions."""
    import mlflow

    client = mlflow.MlflowClient(job.environ["MLFLOW_TRACKING_URI"])
    experiment = client.get_experiment_by_name(job.environ["MLFLOW_EXPERIMENT_NAME"])
    versions = client.search_model_versions(f"name = '{job.environ['REGISTERED_MODEL_NAME']}'")
    return list(client.search_runs([experiment.experiment_id])), list(versions)


def check(delivered: Invocations, ended: dict[str, tuple[int, str]]) -> None:
    assert {name: (code, log) for name, (code, log) in ended.items() if code} == {}
    runs, versions = recorded(next(iter(delivered.values()))[0])
    assert Counter(each.tags["scheduled_time"] for each in versions) == dict.fromkeys(delivered, 1)
    finished = [each for each in runs if each.info.status == "FINISHED"]
    assert Counter(each.data.tags["scheduled_time"] for each in finished) == dict.fromkeys(delivered, 1)
    assert {each.info.run_id for each in finished} == {each.run_id for each in versions}
    for each in runs:
        assert each.info.status in ("FINISHED", "KILLED")
        assert ("duplicate_of" in each.data.tags) == (each.info.status == "KILLED")
    winners = {each.tags["training_job_name"] for each in versions}
    for name, (_, log) in ended.items():
        assert ("\ngrowing: 5 of 5 trees" in log) == (name in winners), log
        assert ("delivered again: " in log) == (name not in winners), log


def test_two_invocations_delivered_three_times_at_the_same_moment_give_two_versions(make: MakeJob) -> None:
    delivered = invocations(make, [3, 3])
    check(delivered, deliver_together([job for jobs in delivered.values() for job in jobs]))


@pytest.mark.soak
def test_twenty_invocations_delivered_two_to_four_times_at_the_same_moment_give_twenty_versions(make: MakeJob) -> None:
    chosen = random.Random(7)
    delivered = invocations(make, [chosen.randint(2, 4) for _ in range(20)])
    ended: dict[str, tuple[int, str]] = {}
    together = list(delivered.values())
    for start in range(0, len(together), 5):  # as many processes as a small machine bears
        ended |= deliver_together([job for jobs in together[start : start + 5] for job in jobs])
    check(delivered, ended)


def test_a_killed_first_job_does_not_block_the_second_and_its_restart_finds_what_stands(make: MakeJob) -> None:
    lease = {"INVOCATION_LEASE_SECONDS": "2"}
    first, second = (make(name, "2026-11-23T06:00:00Z", **lease) for name in ("job-1", "job-2"))
    first.hyperparameters["n_estimators"] = "100000"
    with subprocess.Popen(first.command(), env=first.process_environment(), stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdout is not None
        assert any(line.startswith("tracking: run ") for line in dying.stdout)
        dying.send_signal(signal.SIGKILL)

    done = second.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "training job job-1 claimed this invocation and gives no sign of life for 2 s; taking over\n" in done.stdout
    again = first.run()
    assert (again.returncode, again.stderr) == (0, "")
    assert without_reading(again.stdout) == (
        f"delivered again: version 1 of {first.environ['REGISTERED_MODEL_NAME']} by training job job-2 "
        "stands for this invocation; nothing to train\n"
    )
    runs, versions = recorded(first)
    assert sorted((each.data.tags["training_job_name"], each.info.status) for each in runs) == [
        ("job-1", "KILLED"),
        ("job-2", "FINISHED"),
    ]
    assert [each.tags["training_job_name"] for each in versions] == ["job-2"]
