"""Jobs that are killed at random moments while MLflow comes and goes: whole jobs as processes, a real server.

A killed job is started again as SageMaker starts a spot job: same name, same checkpoints, empty model directory.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import pytest
from sklearn.ensemble import RandomForestClassifier

from data import dataset
from models import model_digest
from options.hyperparameters import Hyperparameters, parse
from progress import say

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree, MlflowServer

MakeJob = Callable[..., "JobTree"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType"),
]
MODEL = "soak"
TREES, BATCH = 100, 5
SIDE_BY_SIDE = 3
FORESTS = 5
MOST_KILLS = 3
LONGEST = float(os.environ.get("SOAK_SECONDS") or 18 * 60)
"""Seconds after which no further job is begun; those that were are judged, and the test fails."""
AT_LINES = ("tracking: ", "growing: 10 ", "growing: 50 ", "growing: 100 ", "saving: ", "promotion: ", "registered: ")
"""Beginnings of the log lines after which a job may be killed; their windows are those of the code between them."""


@dataclass(frozen=True)
class Kill:
    """A moment: `seconds` after a line that begins with `line`, or after the start where `line` is ""."""

    line: str
    seconds: float

    @classmethod
    def at_random(cls, chosen: random.Random) -> Kill:
        if chosen.random() < 0.3:
            return cls("", chosen.uniform(0.2, 8))
        line = chosen.choice(AT_LINES)
        return cls(line, chosen.choice((0, chosen.uniform(0, 0.1), chosen.uniform(0, 2))))


@dataclass
class Story:
    """One job, the moments at which it is to be killed, and what came of it: a log for each start."""

    job: JobTree
    plan: list[Kill]
    logs: list[list[str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.job.environ["TRAINING_JOB_NAME"]

    @property
    def kills(self) -> int:
        return self.codes.count(-signal.SIGKILL)

    def tell(self) -> None:
        """Start the job until nobody kills it any more."""
        for kill in [*self.plan, None]:
            shutil.rmtree(self.job.model, ignore_errors=True)
            shutil.rmtree(self.job.base / "output", ignore_errors=True)
            self.codes.append(self._start(kill))
            if self.codes[-1] != -signal.SIGKILL:
                return

    def _start(self, kill: Kill | None) -> int:
        log: list[str] = []
        self.logs.append(log)
        process = subprocess.Popen(
            self.job.command(),
            env=self.job.process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        killing: list[threading.Timer] = []

        def kill_in(seconds: float) -> None:
            killing.append(threading.Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL)))
            killing[0].start()

        # A job that hangs is a failure to report, not one to wait for.
        guard = threading.Timer(240, process.terminate)
        guard.start()
        if kill and not kill.line:
            kill_in(kill.seconds)
        with process.stdout:
            for line in process.stdout:
                log.append(line)
                if kill and kill.line and line.startswith(kill.line) and not killing:
                    kill_in(kill.seconds)
        # Reaped only when the timer cannot fire any more: until then the number is this process's.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        for timer in (guard, *killing):
            timer.cancel()
            timer.join()
        return process.wait()

    def grown(self) -> list[list[int]]:
        """The sizes that each start told of, in trees."""
        return [[int(line.split()[1]) for line in log if line.startswith("growing: ")] for log in self.logs]

    def problems(self, runs: list[Any], versions: list[Any]) -> list[str]:
        """What is not as it should be with this job, its `runs` and its `versions`."""
        found = []
        if self.codes[-1]:
            found.append(f"ended with {self.codes[-1]}")
        if [each.info.status for each in runs] != ["FINISHED"]:
            found.append(f"runs: {[(each.info.run_id, each.info.status) for each in runs]}, wanted one FINISHED")
        if len(versions) != 1:
            found.append(f"{len(versions)} versions, wanted one")
        elif [each.info.run_id for each in runs] != [versions[0].run_id]:
            found.append(f"the version's run is {versions[0].run_id}")
        batches = sum(map(len, self.grown()))
        if not TREES // BATCH <= batches <= TREES // BATCH + self.kills:
            found.append(f"grew {batches} batches of {TREES // BATCH} in spite of {self.kills} kills: {self.grown()}")
        return found + (self._model_problems(versions[0]) if not found else [])

    def _model_problems(self, version: Any) -> list[str]:  # noqa: ANN401  # MLflow's ModelVersion
        import mlflow

        wanted = uninterrupted(self.job.training, int(self.job.hyperparameters["random_state"]))
        kept = joblib.load(self.job.model / "model.joblib")
        registered = mlflow.sklearn.load_model(f"models:/{MODEL}/{version.version}")
        description = (self.job.model / "model.json").read_text()
        found = [
            f"the {place} forest is not that of an uninterrupted fit"
            for place, forest in (("kept", kept), ("registered", registered))
            if model_digest.of_trees(forest) != model_digest.of_trees(wanted)
        ]
        if version.run_id not in description:
            found.append(f"model.json does not name run {version.run_id}: {description}")
        if description != mlflow.artifacts.load_text(f"runs:/{version.run_id}/model.json"):
            found.append("model.json is not the one of the run")
        return found

    def report(self, problems: list[str]) -> str:
        starts = [
            f"--- start {number}, ended with {code}\n{''.join(log)}"
            for number, (log, code) in enumerate(zip(self.logs, self.codes, strict=True), 1)
        ]
        return "\n".join([f"{self.name} (kills {self.plan}): {'; '.join(problems)}", *starts])


FITTED: dict[int, RandomForestClassifier] = {}


def uninterrupted(training: Path, random_state: int) -> RandomForestClassifier:
    """What scikit-learn itself fits to the job's rows; all jobs have the same."""
    if random_state not in FITTED:
        settings: Hyperparameters = parse(["--max_depth", "5", "--random_state", str(random_state)])[0]
        rows = dataset.read(training, None, settings).training
        forest = RandomForestClassifier(n_estimators=TREES, max_depth=5, random_state=random_state)
        FITTED[random_state] = forest.fit(rows.features, rows.target)
    return FITTED[random_state]


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
