"""`training-jobs rehearse`: run a rehearsal and print what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from operations.console import ConsoleReporter, print_facts, print_hanging
from rehearsal.errors import OptionError
from rehearsal.local_servers.servers import stop_kept
from rehearsal.rehearse import STATE_DIRECTORY, RehearsalOptions, RehearsedJob, rehearse

_IN_PLACE: Final = (
    "In place of S3, IAM, Scheduler and SageMaker: an embedded AWS; of the MLflow that a job tracks to: a local one; "
)
_ENVIRONMENT: Final = "of the image: a virtual environment. Nothing leaves this machine."


def print_rehearsal(options: RehearsalOptions, console: Console) -> int:
    """Rehearse and print; 0 where every training job ended with a model, registered where it tracks."""
    started = time.perf_counter()
    by_engine = f"the image itself is started by {options.container}, with this machine's network."
    in_place = _IN_PLACE + (by_engine if options.container else _ENVIRONMENT)
    _print(console, Text.assemble("Rehearsing stack ", (options.stack, "bold"), f". {in_place}"))
    done = rehearse(options, ConsoleReporter(console))
    for job in done.jobs:
        console.print()
        print_facts(console, _facts(job, done.tracking_uri, is_up=options.keep))
    console.print()
    seconds = f"Done in {time.perf_counter() - started:.1f} s; "
    if options.keep:
        addresses = [("MLflow", done.tracking_uri), ("embedded AWS", done.endpoint_url)]
        print_facts(console, [(name, address) for name, address in addresses if address])
        stop = ("training-jobs rehearse --stop", "bold")
        _print(console, Text.assemble(seconds, "the servers run until ", stop, f"{_not_the_images(done.jobs)}."))
    else:
        keep = ("training-jobs rehearse --keep", "bold")
        cure = f" leaves the servers up to look at{_not_the_images(done.jobs)}."
        _print(console, Text.assemble(seconds, "everything that was started is stopped again; ", keep, cure))
    return 0


def _not_the_images(jobs: Sequence[RehearsedJob]) -> str:
    """What the jobs ran on instead of the image's Python, for the last line; "" where it was that."""
    told = dict.fromkeys(each for job in jobs for each in job.result.differences if "not the image's Python" in each)
    return "".join(f"; rehearsed with {each}" for each in told)


def stop_kept_servers(project_dir: Path, console: Console, stack: str | None = None) -> int:
    """Stop what `--keep` left running, for one stack, or where none is named for every one."""
    kept = project_dir / STATE_DIRECTORY
    states = sorted(kept.glob("*")) if stack is None else [kept / stack]
    stopped = [name for state in states for name in stop_kept(state)]
    _print(console, Text(f"stopped: {', '.join(stopped)}" if stopped else "no server was running"))
    return 0


def own_data(texts: Sequence[str]) -> dict[str, Path]:
    """Read `CHANNEL=PATH` texts.

    Raises:
        OptionError: a text is of another form, or a channel is named twice.
    """
    data: dict[str, Path] = {}
    for channel, path in map(_channel_and_path, texts):
        if channel in data:
            raise OptionError(
                f"--data names the channel {channel} twice; put the files into one directory: {channel}=DIRECTORY"
            )
        data[channel] = path
    return data


def run_page(tracking_uri: str, experiment_id: str, run_id: str) -> str:
    """Address of a run in MLflow's pages, beside the menu of training runs: the other one is of language models."""
    return f"{tracking_uri}/#/experiments/{experiment_id}/runs/{run_id}?workflowType=machine_learning"


def _channel_and_path(text: str) -> tuple[str, Path]:
    channel, equals, path = text.partition("=")
    if not (channel and equals and path):
        raise OptionError(f"--data got {text!r}; allowed: CHANNEL=PATH, such as training=data/training.csv")
    return channel, Path(path)


def _facts(job: RehearsedJob, tracking_uri: str, *, is_up: bool) -> list[tuple[str, str]]:
    stands = "" if job.delivered else f" (stands: of {job.stands_of})"
    metrics = ", ".join(f"{metric.name} {metric.value:g}" for metric in job.result.metrics)
    version, mlflow = "none: tracking is none", "none"
    if job.version:
        version = f"{job.version.name} version {job.version.version}{stands}"
        mlflow = f"{run_page(tracking_uri, job.experiment_id, job.version.run_id)}{'' if is_up else ' (stopped)'}"
    artifact = job.result.model_artifact_uri or "none"
    return [
        ("training job", job.invocation.training_job_name),
        ("status", job.result.status),
        ("metrics", metrics or "none: trained nothing"),
        ("model version", version),
        ("S3 artifact", artifact if job.version else f"{artifact}{stands}"),
        ("MLflow", mlflow),
    ]


def _print(console: Console, text: Text) -> None:
    print_hanging(console, Text(), text)
