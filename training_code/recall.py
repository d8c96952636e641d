"""Fetches what a run recorded of its model: reads, and changes nothing.

    python recall.py RUN_ID DIRECTORY

Puts the run's model.json into DIRECTORY; the server's address is MLFLOW_TRACKING_URI.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import packages

if __name__ == "__main__" and (missing := packages.fault(os.environ)):
    sys.exit(missing)

import asking
from failure import TrainingError
from models.model_files import DESCRIPTION_FILE
from scheduled_job.connection import if_there
from scheduled_job.tags import MODEL_VERSION


def recall(run_id: str, directory: Path, environ: Mapping[str, str]) -> None:
    """Fetch the description of a run's model.

    Raises:
        TrainingError: there is no such run, it has no model, or MLflow does not answer.
    """
    uri = asking.address(environ)
    with asking.client_at(uri, f"asked for run {run_id}", environ) as client:
        run = if_there(lambda: client.get_run(run_id))
        if run is None:
            raise TrainingError(
                f"run {run_id} is not in MLflow at {uri}; a version of a registered model names its run as run_id"
            )
        if not any(each.path == DESCRIPTION_FILE for each in client.list_artifacts(run_id)):
            why = "it did not come to a model; name the run of a model version"
            if MODEL_VERSION in run.data.tags:
                why = (
                    "it is of a script of a team's own, and only the training code here records by what two models can "
                    "be told to be the same; training-jobs compare shows what two runs recorded"
                )
            raise TrainingError(f"run {run_id} ({run.info.status}) has no {DESCRIPTION_FILE}: {why}")
        client.download_artifacts(run_id, DESCRIPTION_FILE, str(directory))


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Fetch; a failure leaves its reason on standard error, and gives 1."""
    if len(arguments) != 2:
        print("usage: python recall.py RUN_ID DIRECTORY", file=sys.stderr)
        return 1
    return asking.ended(lambda given: recall(arguments[0], Path(arguments[1]), given), environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
