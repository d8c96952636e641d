"""Several hosts: whole jobs as processes on loopback addresses, with real Dask between them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy
import pytest

import train
from data import dataset
from failure import TrainingError
from growing import cluster, cluster_worker, forest
from growing.cluster import Cluster
from options import hosts
from options.hosts import Hosts
from options.hyperparameters import parse

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

TWO = {"SM_HOSTS": '["algo-1", "algo-2"]', "SM_CURRENT_HOST": "algo-2"}
NETWORK = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250 + 1}"
ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 300.0


def fault(environ: dict[str, str]) -> str:
    with pytest.raises(TrainingError) as caught:
        hosts.read(environ)
    return str(caught.value)


def test_the_first_host_leads_and_the_others_work() -> None:
    found = hosts.read(TWO)
    assert (found.leader, found.workers, found.is_worker) == ("algo-1", ("algo-2",), True)
    assert not hosts.read(TWO | {"SM_CURRENT_HOST": "algo-1"}).is_worker
    assert found.address == "tcp://algo-1:8786"


@pytest.mark.parametrize("environ", [{}, {"SM_HOSTS": '["algo-1"]', "SM_CURRENT_HOST": "algo-1"}])
def test_one_host_is_no_worker_and_has_nobody_to_lead(environ: dict[str, str]) -> None:
    found = hosts.read(environ)
    assert (found.are_several, found.is_worker) == (False, False)


def test_a_host_that_is_not_among_the_hosts_and_a_sharded_channel_are_reported_at_once() -> None:
    sharded = {"training": {"S3DistributionType": "ShardedByS3Key"}, "validation": {}}
    assert fault(TWO | {"SM_CURRENT_HOST": "algo-3", "SM_INPUT_DATA_CONFIG": json.dumps(sharded)}) == (
        "environment variable SM_CURRENT_HOST: got 'algo-3', allowed: one of SM_HOSTS (algo-1, algo-2); "
        "channel training: S3DataDistributionType is ShardedByS3Key, allowed with 2 hosts: FullyReplicated; the first "
        "host reads all rows and hands them on"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--estimator", "sklearn.ensemble.GradientBoostingClassifier"],
        ["--estimator", "sklearn.linear_model.SGDClassifier", "--partial_fit_epochs", "3"],
    ],
)
def test_an_estimator_that_has_nothing_to_share_is_refused(arguments: list[str]) -> None:
    settings, _, problems = parse(arguments)
    assert problems == []
    with pytest.raises(TrainingError) as caught:
        Cluster(Hosts(("algo-1", "algo-2"), "algo-1"), client=object()).growing(settings)
    assert str(caught.value) == (
        f"hyperparameter estimator: {arguments[1]} grows on one host, the other 1 would do nothing; set InstanceCount "
        "to 1, or choose an "
        "estimator with n_jobs and n_estimators, without partial_fit_epochs"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ["--accelerator", "intelex"],
            "hyperparameter accelerator: got 'intelex' on 2 hosts; it works on one: set InstanceCount to 1, or leave "
            "out accelerator",
        ),
        (
            ["--estimator", "sklearn.svm.SVC"],
            "hyperparameter estimator: sklearn.svm.SVC grows on one host, the other 1 would do nothing; set "
            "InstanceCount to 1, or choose an "
            "estimator with n_jobs and n_estimators, without partial_fit_epochs",
        ),
    ],
)
def test_what_several_hosts_cannot_share_is_refused_before_mlflow_or_data_is_asked(
    job: JobTree, arguments: list[str], reason: str
) -> None:
    shutil.rmtree(job.training)
    environ = job.environ | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with pytest.raises(TrainingError) as caught:
        train._take_part(arguments, environ | TWO | {"SM_CURRENT_HOST": "algo-1"})
    assert str(caught.value) == reason


def test_a_first_host_that_never_appears_is_a_failure_that_says_so() -> None:
    found = Hosts((f"{NETWORK}.8", f"{NETWORK}.9"), f"{NETWORK}.9")
    with pytest.raises(TrainingError) as caught:
        cluster_worker.work(found, 1, patience_seconds=0.1)
    assert str(caught.value) == (
        f"host {NETWORK}.9: nothing listens at {NETWORK}.8:8786 after 0 s; see the log of {NETWORK}.8; in a VPC, the "
        "job's security groups must let its members reach each other"
    )


@pytest.mark.slow
def test_hosts_that_do_not_come_are_named_and_not_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    found = Hosts((f"{NETWORK}.5", f"{NETWORK}.6"), f"{NETWORK}.5")
    with cluster.led(found, 1, patience_seconds=0.3) as alone, alone.growing(parse([])[0]):
        assert joblib.effective_n_jobs(1) == 1
    assert f"going on without {NETWORK}.6: no worker in 0 s\ngrowing on 1 of 2 hosts with 1 cores\n" in (
        capfd.readouterr().out
    )


WITHOUT_DASK = f"""
import os, sys
sys.path.insert(0, {str(ROOT / "training_code")!r})
sys.modules["dask"] = sys.modules["distributed"] = None
import train
sys.exit(train.main(sys.argv[1:], os.environ))
"""


@pytest.mark.slow
@pytest.mark.parametrize("several", [False, True])
def test_one_host_needs_no_dask_and_several_without_it_are_a_failure_that_says_so(
    several: bool, make: Callable[..., JobTree]
) -> None:
    job = make()
    if several:
        job.environ |= TWO | {"SM_CURRENT_HOST": "algo-1"}
    command = [sys.executable, "-c", WITHOUT_DASK, *job.arguments]
    done = subprocess.run(
        command, env=job.process_environment(), cwd=job.base, text=True, capture_output=True, check=False, timeout=300
    )
    assert done.returncode == int(several), done.stdout + done.stderr
    assert ("2 hosts need Dask, which is not installed" in done.stdout) is several


@pytest.mark.slow
def test_one_host_does_not_import_dask_where_it_is_installed_either(make: Callable[..., JobTree]) -> None:
    job = make()
    (job.base / "installed" / "dask").mkdir(parents=True)
    (job.base / "installed" / "dask" / "__init__.py").write_text("raise SystemExit('Dask is imported')\n")
    environ = job.process_environment() | {"PYTHONPATH": str(job.base / "installed")}
    done = subprocess.run(
        job.command(), env=environ, cwd=job.base, text=True, capture_output=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Running:
    """Two hosts of one job, each a process with a log of its own."""

    def __init__(self, make: Callable[..., JobTree], network: str, **hyperparameters: str) -> None:
        names = [f"{network}.1", f"{network}.2"]
        self.trees, self.logs, self.processes = [], [], []
        for number, name in enumerate(names, 1):
            tree = make(f"tree-{number}", SM_HOSTS=json.dumps(names), SM_CURRENT_HOST=name)
            tree.environ |= {"TRAINING_JOB_NAME": "several", "CHECKPOINT_LOCAL_PATH": str(tree.base / "checkpoints")}
            tree.hyperparameters |= {"n_jobs": "1"} | hyperparameters
            log = tree.base / "log"
            with log.open("wb") as output:
                self.processes.append(
                    subprocess.Popen(
                        tree.command(),
                        env=tree.process_environment(),
                        stdout=output,
                        stderr=output,
                        start_new_session=True,
                    )
                )
            self.trees.append(tree)
            self.logs.append(log)

    def wait_for_line(self, host: int, pattern: str) -> str:
        end = time.monotonic() + DEADLINE_SECONDS
        while not (found := re.search(pattern, self.logs[host].read_text())):
            assert time.monotonic() < end, [log.read_text() for log in self.logs]
            time.sleep(0.02)
        return found[1]

    def end(self) -> list[int]:
        return [process.wait(DEADLINE_SECONDS) for process in self.processes]

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def estimators_of(tree: JobTree) -> list[Any]:
    model = joblib.load(tree.model / "model.joblib")
    return list(getattr(model, "estimators_", None) or model[-1].estimators_)


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True])
def test_two_hosts_grow_the_forest_of_one_and_only_the_first_records_it(
    killed: bool, make: Callable[..., JobTree]
) -> None:
    running = Running(make, f"{NETWORK[: NETWORK.rindex('.')]}.{251 + killed}", n_estimators="150" if killed else "20")
    try:
        if killed:
            worker = int(running.wait_for_line(1, r"is process (\d+)"))
            running.wait_for_line(0, r"growing: (\d+) of")
            os.kill(worker, signal.SIGKILL)
        codes = running.end()
        leader, other = (log.read_text() for log in running.logs)
    finally:
        running.kill()
    assert codes == [0, 0], (leader, other)
    assert "growing on 2 of 2 hosts with 2 cores" in leader
    assert ("its worker ended (exit code -9)" in other) is killed
    first, second = running.trees
    assert not second.model.exists()
    assert not (second.base / "checkpoints").exists()
    assert not (second.base / "output").exists()
    assert "tracking:" not in other
    assert "Traceback" not in leader + other

    settings, _, _ = parse(first.arguments)
    alone = forest.grow(settings, dataset.read(first.training, None, settings).training)
    ours, theirs = estimators_of(first), alone.estimators_
    assert len(ours) == len(theirs) == settings.n_estimators
    for one, another in zip(ours, theirs, strict=True):
        for name in ("feature", "threshold", "value", "children_left"):
            assert numpy.array_equal(getattr(one.tree_, name), getattr(another.tree_, name))

    assert [version.version for version in first.versions] == ["1"]
    assert len(first.runs) == 1
