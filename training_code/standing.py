"""Tells of which training jobs nothing is left to register, because a version stands for their invocation: it reads.

    python standing.py < JOBS

JOBS is a JSON list of objects with `model` (the registered model), `name`, `schedule_arn` and `scheduled_time`; what
comes back is the list of the names of those that are done. The server's address is MLFLOW_TRACKING_URI.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import packages

if __name__ == "__main__" and (missing := packages.fault(os.environ)):
    sys.exit(missing)

from failure import reason_of_failure
from scheduled_job import secret
from scheduled_job.connection import prepare, reaching
from scheduled_job.job import TrainingJob
from scheduled_job.tags import PROMOTION, TRAINING_JOB_NAME, same_invocation


def done(jobs: Sequence[Mapping[str, str]], environ: Mapping[str, str]) -> list[str]:
    """Names of the jobs of which nothing is left to do.

    Raises:
        TrainingError: MLflow does not answer.
    """
    uri = environ.get("MLFLOW_TRACKING_URI", "")
    prepare(uri)
    with reaching(uri, "asked which versions stand", environ):
        import mlflow

        mlflow.set_tracking_uri(uri)
        client = mlflow.MlflowClient()
        return [each["name"] for each in jobs if _is_done(client, each)]


def _is_done(client: Any, each: Mapping[str, str]) -> bool:  # noqa: ANN401  # MlflowClient
    """Whether another job's version stands, or this one's, and it is decided whether that is the champion."""
    job = TrainingJob(each["name"], each["schedule_arn"], each["scheduled_time"])
    versions = client.search_model_versions(f"name = '{each['model']}' and {same_invocation(job)}")
    return any(found.tags.get(TRAINING_JOB_NAME) != job.name or PROMOTION in found.tags for found in versions)


def main(questions: TextIO, answers: TextIO, environ: Mapping[str, str]) -> int:
    """Answer; a failure leaves its reason on standard error, and gives 1."""
    given = dict(environ)

    def work() -> None:
        secret.fetch_into(given)
        json.dump(done(json.load(questions), given), answers)

    reason = reason_of_failure(work, given)
    print(reason, end="\n" if reason else "", file=sys.stderr)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, os.environ))
