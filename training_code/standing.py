"""Tells of which training jobs nothing is left to register, because a version stands for their invocation: it reads.

    python standing.py < JOBS
    python standing.py --versions < JOBS

JOBS is a JSON list of objects with `model` (the registered model), `name`, `schedule_arn` and `scheduled_time`; what
comes back is the list of the names of those that are done, or with `--versions` an object of the versions that stand,
by the names of those jobs that have one. The server's address is MLFLOW_TRACKING_URI.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO, TypeVar

import packages

if __name__ == "__main__" and (missing := packages.fault(os.environ)):
    sys.exit(missing)

import asking
from scheduled_job.job import TrainingJob
from scheduled_job.tags import PROMOTION, TRAINING_JOB_NAME, same_invocation
from tracking.registered import aliases_of

Job = Mapping[str, str]
"""An object of JOBS."""
Answer = TypeVar("Answer")


def done(jobs: Sequence[Job], environ: Mapping[str, str]) -> list[str]:
    """Names of the jobs of which nothing is left to do.

    Raises:
        TrainingError: MLflow does not answer.
    """
    return _asked(environ, lambda client: [each["name"] for each in jobs if _is_done(client, each)])


def standing(jobs: Sequence[Job], environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The version that stands for the invocation of each job, by the job's name; without those that have none.

    Raises:
        TrainingError: MLflow does not answer.
    """
    return _asked(environ, lambda client: _standing(client, jobs))


def _asked(environ: Mapping[str, str], question: Callable[[Any], Answer]) -> Answer:
    with asking.client_at(environ.get("MLFLOW_TRACKING_URI", ""), "asked which versions stand", environ) as client:
        return question(client)


def _is_done(client: Any, each: Job) -> bool:  # noqa: ANN401  # MlflowClient
    """Whether another job's version stands, or this one's, and it is decided whether that is the champion."""
    versions = _versions(client, each)
    return any(found.tags.get(TRAINING_JOB_NAME) != each["name"] or PROMOTION in found.tags for found in versions)


def _versions(client: Any, each: Job) -> list[Any]:  # noqa: ANN401  # MlflowClient
    job = TrainingJob(each["name"], each["schedule_arn"], each["scheduled_time"])
    return list(client.search_model_versions(f"name = '{each['model']}' and {same_invocation(job)}"))


def _standing(client: Any, jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:  # noqa: ANN401  # MlflowClient
    found, aliases = dict[str, dict[str, Any]](), dict[str, dict[str, str]]()
    for each in jobs:
        versions = [version for version in _versions(client, each) if version.status != "FAILED_REGISTRATION"]
        if not versions:
            continue
        first = min(versions, key=lambda version: int(version.version))
        model = each["model"]
        if model not in aliases:
            aliases[model] = aliases_of(client, model)
        found[each["name"]] = {
            "model": model,
            "version": str(first.version),
            "aliases": sorted(alias for alias, number in aliases[model].items() if number == str(first.version)),
            "training_job_name": first.tags.get(TRAINING_JOB_NAME, ""),
            "promotion": first.tags.get(PROMOTION, ""),
            "run_id": str(first.run_id or ""),
        }
    return found


def main(questions: TextIO, answers: TextIO, environ: Mapping[str, str], *, versions: bool = False) -> int:
    """Answer; a failure leaves its reason on standard error, and gives 1."""
    ask = standing if versions else done
    return asking.ended(lambda given: json.dump(ask(json.load(questions), given), answers), environ)


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, os.environ, versions="--versions" in sys.argv[1:]))
