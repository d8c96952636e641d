"""What `training-jobs status` and `report` take of a stack with a long history.

A stack has one job, and another stack a job whose longer prefix has as many training jobs between them. The command is
a process of its own, from its start to its end, and asks the embedded AWS, in another process, as it asks AWS; MLflow
is not asked. Calls are counted in a process that asks the same. The figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Table
from operations.deployed_jobs import read_jobs
from operations.jobs.operated_stack import OperatedStack
from operations.jobs.status_asking import Wanted, read_status
from operations.named_stack import Named
from operations.places import Place
from operations.report.asking import read_report
from rehearsal.aws_clients import AwsClients
from rehearsal.sealed_environment import ACCESS_KEY_ID, ACCOUNT_ID, SECRET_ACCESS_KEY

ROUNDS: Final = 5
COUNTS: Final = (10, 1_000, 10_000)
PROJECT: Final = Path(__file__).parent.parent
PREFIX: Final = "breast-cancer-staging"
REGION: Final = "us-east-1"
_DESCRIBED: Final = 100
"""Runs that a report describes, unless told otherwise."""
_SERVER: Final = Path(__file__).parent / "scripts" / "long_history.py"
_PROGRAM: Final = Path(sys.executable).with_name("training-jobs")
_ROLE: Final = f"arn:aws:iam::{ACCOUNT_ID}:role/{PREFIX}"
_TARGET: Final = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
_INPUT: Final = json.dumps({"TrainingJobName": f"{PREFIX}-<aws.scheduler.execution-id>"})
OUTPUTS: Final[dict[str, Any]] = {
    "breast-cancer": {
        "schedule_name": PREFIX,
        "schedule_arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT_ID}:schedule/{PREFIX}/{PREFIX}",
        "schedule_state": "ENABLED",
        "target_input": _INPUT,
        "scheduler_role_arn": f"{_ROLE}-scheduler",
        "execution_role_arn": f"{_ROLE}-execution",
        "training_job_name_prefix": PREFIX,
        "s3_output_path": "s3://bucket/training-outputs/",
    }
}


def table(rounds: int = ROUNDS) -> Table:
    """Measure histories of several lengths."""
    return Table(
        "Long histories",
        "python -m benchmarks.history",
        __doc__ or "",
        ("training jobs", "status, s", "calls", "report, s", "calls", "page, kB"),
        [_row(count, rounds) for count in COUNTS],
    )


def _row(count: int, rounds: int) -> Sequence[str]:
    with tempfile.TemporaryDirectory() as temporary, _history(count, Path(temporary)) as endpoint:
        directory = Path(temporary)
        (directory / "outputs.json").write_text(json.dumps(OUTPUTS))
        page = directory / "report.html"
        status = ["status", "--no-models"]
        report = ["report", "--output", str(page)]
        seconds = [_seconds(command, directory, endpoint, rounds) for command in (status, report)]
        calls = _calls(endpoint)
        size = page.stat().st_size / 1000
    return (
        f"{count:,}",
        f"{seconds[0]:.2f}",
        str(calls[0]),
        f"{seconds[1]:.2f}",
        str(calls[1]),
        f"{size:,.0f}",
    )


@contextmanager
def _history(count: int, directory: Path) -> Iterator[str]:
    """The address of an embedded AWS with so many training jobs, and the schedule that they are of."""
    ready = directory / "ready.json"
    arguments = [sys.executable, str(_SERVER), str(count), PREFIX, ACCOUNT_ID, str(ready)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE) as server:
        while not ready.exists():
            if server.poll() is not None:
                raise SystemExit(f"{_SERVER} ended with {server.returncode}")
            time.sleep(0.1)
        endpoint = f"http://127.0.0.1:{json.loads(ready.read_text())['port']}"
        scheduler = AwsClients(endpoint, REGION).scheduler
        scheduler.create_schedule_group(Name=PREFIX)
        scheduler.create_schedule(
            Name=PREFIX,
            GroupName=PREFIX,
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": _TARGET, "RoleArn": f"{_ROLE}-scheduler", "Input": _INPUT},
        )
        yield endpoint  # and then its input is closed, with which it ends


def _seconds(command: Sequence[str], directory: Path, endpoint: str, rounds: int) -> float:
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    }
    arguments = [str(_PROGRAM), *command, "--outputs", str(directory / "outputs.json")]
    taken = []
    for _ in range(rounds + 1):  # the first one fills caches
        started = time.perf_counter()
        done = subprocess.run(arguments, cwd=PROJECT, env=environment, check=False, capture_output=True, text=True)
        taken.append(time.perf_counter() - started)
        if done.stderr or not done.stdout:
            raise SystemExit(f"{' '.join(command)} said:\n{done.stderr[-3000:]}")
    return statistics.median(taken[1:])


def _calls(endpoint: str) -> tuple[int, int]:
    """Of a status and of a report."""
    counted = Counter[str]()
    clients = AwsClients(endpoint, REGION)

    def make_client(service: str) -> Any:  # noqa: ANN401 - as MakeClient
        client = clients.client(service)
        client.meta.events.register("before-call", lambda model, **_: counted.update([model.name]))
        return client

    place = Place(make_client, REGION, {}, is_rehearsal=True)
    jobs = read_jobs("staging", OUTPUTS)
    read_status(PROJECT, "staging", place, jobs.values(), Wanted(with_models=False))
    of_status = counted.total()
    read_report(OperatedStack(PROJECT, Named(), place, jobs), _DESCRIBED)
    return of_status, counted.total() - of_status


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measurements per row ({ROUNDS})")
    print(table(parser.parse_args().rounds).text())


if __name__ == "__main__":
    main()
