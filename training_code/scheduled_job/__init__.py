"""What a training script of any framework gets from its schedule: six functions, which travel with code of one's own.

    import scheduled_job

    scheduled_job.claim()                                # ends here, and well, if another job has this invocation
    points = scheduled_job.checkpoints(keep=2)
    if found := points.latest():
        booster.load_model(found.directory / "booster.ubj")
    ...
    with points.save(step) as directory:                 # whole or not at all
        booster.save_model(directory / "booster.ubj")
    scheduled_job.report(rmse=0.31)                      # the log, SageMaker's metrics, the MLflow run
    scheduled_job.register_once(model_directory)         # one model version per invocation

The standard library is enough for all of it; where the job tracks, `mlflow-skinny` has to be among the script's
packages. On the second and further hosts or processes of one job, `claim`, `report` and `register_once` leave MLflow
to the first. docs/own-code.md says more.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

    from .checkpoints import Checkpoints
    from .invocation import Invocation
    from .registry import StandingVersion

__all__ = ["checkpoints", "claim", "fail", "invocation", "register_once", "report"]


def invocation() -> Invocation:
    """Which invocation of which schedule this job is for; of a job started by hand, its name alone."""
    from .invocation import read

    return read(os.environ)


def claim() -> None:
    """Return when it is this job's turn to train for its invocation; for almost every job that is at once.

    Where another job's result stands, or another job is alive and came first, the process ends here, with exit code 0
    and a line that names that job. From here on the MLflow run is open, shows that the job is alive, and an exception
    that nobody catches closes it and is told to SageMaker. Without tracking nothing is asked.
    """
    from .script import the_script

    the_script().claim()


def checkpoints(keep: int = 2, directory: str | os.PathLike[str] | None = None) -> Checkpoints:
    """The job's checkpoints, of which the newest `keep` are kept.

    They are below `directory`, else below the local path of the stack's `checkpoint`; where that is not set, nothing is
    saved and nothing found, and the script need not care.
    """
    from .checkpoints import Checkpoints

    place = directory or os.environ.get("CHECKPOINT_LOCAL_PATH")
    return Checkpoints(Path(place) if place else None, keep)


def report(values: Mapping[str, float] | None = None, /, *, step: int | None = None, **metrics: float) -> None:
    """Log metrics, by keyword or as a mapping of names to numbers.

    `accuracy`, `rmse` and the others of the default metric definitions are printed and recorded as
    `validation:accuracy` and so on; any other name as it is, for a metric definition of one's own. With a `step`, the
    axis of MLflow's charts, values are sent as training goes on, and without one at its end. The last value of each is
    what the version is judged by.
    """
    from .script import the_script

    the_script().report({**(values or {}), **metrics}, step)


def register_once(
    model: str | os.PathLike[str],
    *,
    parameters: Mapping[str, object] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str = "",
) -> StandingVersion | None:
    """Make `model` the one model version of this invocation, and close the run; gives the version that stands.

    `model` is a directory or a file, or a URI of MLflow (`models:/m-…`, `runs:/…`) that the script has logged. A
    directory that MLflow wrote (`mlflow.xgboost.save_model(…)`) is taken as it is and can be loaded again as that; any
    other one is kept as files. Done again, by a job that was started or delivered again, it registers nothing again.
    The stack's `promotion` decides whether the version becomes `champion`. Without tracking it does nothing and gives
    None: the model in SM_MODEL_DIR is the result. Where MLflow stays away, the model is kept in the job's output, and
    the job fails with the line that completes it later.
    """
    from .script import the_script

    return the_script().register_once(model, parameters or {}, tags or {}, description)


def fail(reason: object) -> NoReturn:
    """End the job as failed, from any thread: SageMaker shows `reason`, a text or an exception, as FailureReason.

    Of more than 1024 characters the beginning is shown, and of several failures the first.
    """
    from .script import the_script

    the_script().fail(reason)
