"""`training-jobs rehearse`: run a rehearsal and print what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from operations.console import ConsoleReporter, facts_table
from rehearsal.errors import RehearsalError
from rehearsal.local_servers.servers import stop_kept
from rehearsal.rehearse import STATE_DIRECTORY, RehearsalOptions, RehearsedJob, rehearse


def print_rehearsal(options: RehearsalOptions, console: Console) -> int:
    """Rehearse and print; 0 where every training job ended with a registered model."""
    started = time.perf_counter()
    console.print(
        f"Rehearsing stack [bold]{options.stack}[/bold]. In place of S3, IAM, Scheduler and SageMaker: an embedded "
        "AWS; of the tracking server: a local MLflow; of the image: a virtual environment. Nothing leaves this "
        "machine.",
        highlight=False,
    )
    done = rehearse(options, ConsoleReporter(console))
    for job in done.jobs:
        console.print()
        console.print(facts_table("", _facts(job, done.tracking_uri)))
    console.print()
    seconds = time.perf_counter() - started
    if options.keep:
        console.print(f"MLflow       {done.tracking_uri}", highlight=False, soft_wrap=True)
        console.print(f"embedded AWS {done.endpoint_url}", highlight=False, soft_wrap=True)
        console.print(f"Done in {seconds:.1f} s; the servers run until [bold]training-jobs rehearse --stop[/bold].")
    else:
        console.print(
            f"Done in {seconds:.1f} s; everything that was started is stopped again. "
            "To look at it in MLflow: [bold]training-jobs rehearse --keep[/bold]",
            highlight=False,
        )
    return 0


def stop_kept_servers(project_dir: Path, console: Console) -> int:
    """Stop what `--keep` left running, for every stack."""
    stopped = [name for state in sorted((project_dir / STATE_DIRECTORY).glob("*")) for name in stop_kept(state)]
    console.print(f"stopped: {', '.join(stopped)}" if stopped else "no server was running")
    return 0


def own_data(texts: Sequence[str]) -> dict[str, Path]:
    """Read `CHANNEL=PATH` texts.

    Raises:
        RehearsalError: a text is of another form.
    """
    return dict(_channel_and_path(text) for text in texts)


def run_page(tracking_uri: str, run_id: str) -> str:
    """Address of a run in MLflow's pages; MLflow itself finds the experiment."""
    return f"{tracking_uri}/#/runs/{run_id}"


def _channel_and_path(text: str) -> tuple[str, Path]:
    channel, equals, path = text.partition("=")
    if not (channel and equals and path):
        raise RehearsalError(f"--data got {text!r}; allowed: CHANNEL=PATH, such as training=data/training.csv")
    return channel, Path(path)


def _facts(job: RehearsedJob, tracking_uri: str) -> list[tuple[str, str]]:
    version = job.version
    stands = "" if job.registered else f" (stands: of {version.tags.get('training_job_name', 'an earlier job')})"
    metrics = ", ".join(f"{metric.name} {metric.value:g}" for metric in job.result.metrics)
    return [
        ("training job", job.invocation.training_job_name),
        ("status", job.result.status),
        ("metrics", metrics or "none: trained nothing"),
        ("model version", f"{version.name} version {version.version}{stands}"),
        ("S3 artifact", job.result.model_artifact_uri or "none"),
        ("MLflow", run_page(tracking_uri, version.run_id)),
    ]
