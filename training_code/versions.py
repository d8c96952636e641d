"""Tells of a registered model's versions and of runs, and moves its alias: asked by `training-jobs`, not by a job.

    python versions.py < QUESTION

QUESTION is a JSON object whose `ask` is `versions`, `of_jobs`, `runs` or `move`, with the members that the functions of
`tracking.registered`, `tracking.recorded` and `tracking.moving` take; the answer is a JSON object. The server's address
is MLFLOW_TRACKING_URI. Only `move` changes anything.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import packages

if __name__ == "__main__" and (missing := packages.fault(os.environ)):
    sys.exit(missing)

from failure import TrainingError, reason_of_failure
from scheduled_job import secret
from scheduled_job.connection import prepare, reaching
from tracking import moving, recorded, registered

QUESTIONS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "versions": registered.versions,
    "of_jobs": registered.of_jobs,
    "runs": recorded.runs,
    "move": moving.move,
}


def answer(question: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Answer a question.

    Raises:
        TrainingError: MLflow does not answer, or there is no such thing.
    """
    uri = environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        raise TrainingError("environment variable MLFLOW_TRACKING_URI: not set; set it to the MLflow server's address")
    prepare(uri)
    asked = {name: value for name, value in question.items() if name != "ask"}
    with reaching(uri, f"asked: {question['ask']}", environ):
        import mlflow

        mlflow.set_tracking_uri(uri)
        return QUESTIONS[question["ask"]](mlflow.MlflowClient(), **asked)


def main(questions: TextIO, answers: TextIO, environ: Mapping[str, str]) -> int:
    """Answer; a failure leaves its reason on standard error, and gives 1."""
    given = dict(environ)

    def work() -> None:
        secret.fetch_into(given)
        json.dump(answer(json.load(questions), given), answers)

    reason = reason_of_failure(work, given)
    print(reason, end="\n" if reason else "", file=sys.stderr)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, os.environ))
