"""Code of one's own under AWS's toolkit, with data of two dates in S3: it sees the one that its job was started for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from components.aws_names import AwsScope, JobNames
from components.channel import Channel
from components.job_code import job_code
from components.s3_location import bucket_of, key_of
from components.schedule_input import InvocationContext, render, target_input
from components.shipped_code import shipped_code_directory
from components.source_bundle import read_source_files
from components.training_job_request import create_training_job_request
from rehearsal.aws_clients import AwsClients
from rehearsal.container.result import ContainerResult
from tests.components.conftest import settings_of
from tests.rehearsal.container.containers import run
from tests.rehearsal.embedded_server import serve_embedded_aws

pytestmark = pytest.mark.slow

BUCKET = "ml-platform-staging-ml-bucket"
NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
MINE = b"""
import os, pathlib, sys
print("own modules:", [name for name in ("failure", "progress", "dated_channels", "packages") if name in sys.modules])
print("arguments:", sys.argv)
for path in sorted(pathlib.Path(os.environ["SM_CHANNEL_TRAINING"]).rglob("*.csv")):
    print("saw", path.name, path.read_text().strip())
"""


@pytest.fixture(scope="module")
def clients() -> Iterator[AwsClients]:
    with serve_embedded_aws() as clients:
        clients.s3.create_bucket(Bucket=BUCKET)
        for day in ("25", "26"):
            clients.s3.put_object(Bucket=BUCKET, Key=f"datasets/dt=2026-11-{day}/{day}.csv", Body=f"of {day}".encode())
        yield clients


def started(clients: AwsClients, due: str) -> tuple[ContainerResult, list[str]]:
    """A job of code that knows nothing of dates, from the target input that the Scheduler would fill in."""
    job = settings_of("staging").training_jobs["breast-cancer"]
    source = job.source.model_copy(update={"directory": "mine", "entry_point": "fit.py"})
    channel = Channel(s3_path=f"s3://{BUCKET}/datasets/dt={{scheduled_date-1d}}/")
    spec = job.model_copy(update={"source": source, "channels": {"training": channel}, "hyperparameters": {"depth": 3}})
    sources = {"mine": {"fit.py": MINE}, "training_code": read_source_files(shipped_code_directory())}
    bundle = job_code(spec, sources).bundle
    request = create_training_job_request(spec, NAMES, bundle, {}, time_zone="Europe/Berlin")
    context = InvocationContext("arn:aws:scheduler:::schedule/g/s", datetime.fromisoformat(due), "1-2-3", 1)
    rendered = render(target_input(request), context)
    uri = rendered["HyperParameters"]["sagemaker_submit_directory"]
    clients.s3.put_object(Bucket=bucket_of(uri), Key=key_of(uri), Body=bundle.content)
    lines: list[str] = []
    return run(clients, rendered, on_line=lines.append), lines


def test_the_script_sees_the_data_of_its_date_and_nothing_of_ours(clients: AwsClients) -> None:
    result, lines = started(clients, "2026-11-25T23:30:00+00:00")  # the 26th in Berlin

    assert (result.status, result.failure_reason) == ("Completed", None)
    assert [line for line in lines if line.startswith("saw ")] == ["saw 25.csv of 25"]
    assert "own modules: []" in lines
    (arguments,) = (line for line in lines if line.startswith("arguments:"))
    assert arguments.endswith("fit.py', '--depth', '3']")


def test_a_date_without_data_is_the_reason_that_sagemaker_shows(clients: AwsClients) -> None:
    result, lines = started(clients, datetime(2026, 12, 24, 3, tzinfo=UTC).isoformat())

    assert result.status == "Failed"
    assert f"no S3 objects found under s3://{BUCKET}/datasets/dt=2026-12-23/" in (result.failure_reason or "")
    assert not [line for line in lines if line.startswith("saw ")]
