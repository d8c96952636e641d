"""Completes a training job whose record was kept because MLflow was away: sends it, registers it, trains nothing.

    python register.py DIRECTORY

DIRECTORY holds record.json; the server's address is MLFLOW_TRACKING_URI. Done twice, it registers once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import record
import secret
from environment import TrackingSettings
from failure import TrainingError, without_secrets
from progress import say
from tracking import Tracker


def register(directory: Path, environ: Mapping[str, str]) -> None:
    """Send the record in `directory`.

    Raises:
        TrainingError: there is no record, no address, or no server there.
    """
    kept = record.load(directory)
    address = environ.get("MLFLOW_TRACKING_URI", "")
    if not address:
        raise TrainingError("environment variable MLFLOW_TRACKING_URI: not set; set it to the MLflow server's address")
    settings = TrackingSettings(
        tracking_uri=address,
        experiment_name=kept.experiment_name,
        registered_model_name=kept.registered_model_name,
        job=kept.job,
        patience_seconds=10,
    )
    standing = Tracker(settings, environ).deliver(kept)
    say(f"registered: version {standing.version} of {kept.registered_model_name} by {standing.training_job_name}")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Register; a failure leaves its reason on standard error, and gives 1."""
    if len(arguments) != 1:
        print("usage: python register.py DIRECTORY", file=sys.stderr)
        return 1
    try:
        fetched = secret.fetch(environ)
        environ = {**environ, **fetched}
        os.environ.update(fetched)
        register(Path(arguments[0]), environ)
    except TrainingError as error:
        print(without_secrets(str(error), environ), file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001  # whatever it is, no secret may be shown
        print(without_secrets(traceback.format_exc(), environ), end="", file=sys.stderr)
        print(without_secrets(f"unexpected {type(error).__name__}: {error}", environ), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
