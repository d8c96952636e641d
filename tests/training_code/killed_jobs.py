"""A job that is killed at given moments, started until nobody kills it, and what is wrong with what it left."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
from sklearn.ensemble import RandomForestClassifier

from data import dataset
from models import model_digest
from options.hyperparameters import Hyperparameters, parse

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

MODEL = "soak"
TREES, BATCH = 100, 5
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
