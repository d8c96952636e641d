"""The embedded AWS with a history: training jobs that have succeeded, one each hour, and as many of a longer prefix.

    python benchmarks/scripts/long_history.py COUNT PREFIX ACCOUNT READY_FILE

It serves until its standard input is closed. The jobs are put where it keeps them: creating each by a call would take
minutes.
"""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from rehearsal.local_servers import embedded_aws, embedded_training_jobs
from rehearsal.local_servers.training_job_state import TrainingJob

FIRST: Final = datetime(2025, 1, 1, tzinfo=UTC)
REGION: Final = "us-east-1"


def put_history(prefix: str, account: str, count: int, first: datetime) -> None:
    """As many jobs of a prefix."""
    from moto.sagemaker.models import sagemaker_backends

    jobs: dict[str, Any] = sagemaker_backends[account][REGION].training_jobs
    for number in range(count):
        name, created = f"{prefix}-{uuid.UUID(int=number, version=4)}", first + timedelta(hours=number)
        job = TrainingJob.create(f"arn:aws:sagemaker:{REGION}:{account}:training-job/{name}", _request(name, created))
        job.created = created
        job.reported |= {
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "LastModifiedTime": created,
            "TrainingStartTime": created,
            "TrainingEndTime": created + timedelta(seconds=60),
            "TrainingTimeInSeconds": 60,
            "BillableTimeInSeconds": 60,
        }
        jobs[name] = job


def _request(name: str, created: datetime) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Environment": {"SCHEDULED_TIME": f"{created:%Y-%m-%dT%H:%M:%SZ}", "TRACKING": "none"},
    }


def main(count: int, prefix: str, account: str, ready_file: str) -> None:
    """Serve."""
    embedded_training_jobs.install()
    put_history(prefix, account, count, FIRST)
    put_history(f"{prefix}-weekly", account, count, FIRST + timedelta(minutes=30))
    embedded_aws.main(["--ready-file", ready_file, "--stop-when-stdin-closes"])


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
