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

import asking
from tracking import moving, recorded, registered

QUESTIONS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "versions": registered.versions,
    "of_jobs": registered.of_jobs,
    "runs": recorded.runs,
    "move": moving.move,
}
_ASKED: Mapping[str, str] = {
    "versions": "asked for the versions of the model",
    "of_jobs": "asked for the versions of training jobs",
    "runs": "asked for the runs",
    "move": "asked to move the alias",
}
"""How MLflow cannot be asked, in the words of a message."""


def answer(question: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Answer a question.

    Raises:
        TrainingError: MLflow does not answer, or there is no such thing.
    """
    asked = {name: value for name, value in question.items() if name != "ask"}
    with asking.client_at(asking.address(environ), _ASKED[question["ask"]], environ) as client:
        return QUESTIONS[question["ask"]](client, **asked)


def main(questions: TextIO, answers: TextIO, environ: Mapping[str, str]) -> int:
    """Answer; a failure leaves its reason on standard error, and gives 1."""
    return asking.ended(lambda given: json.dump(answer(json.load(questions), given), answers), environ)


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, os.environ))
