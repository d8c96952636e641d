"""One training job that tracks nowhere: its model and its metrics, and neither a run nor a version of a model.

MLflow is not imported. What stands for an invocation is told by S3 (tracking/deliveries.py).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from sklearn.base import BaseEstimator

from data import dataset, encoding
from data.reading import Reading
from growing import checkpoint
from growing.checkpoint import Checkpoints, Origin
from growing.cluster import Cluster
from judging import evaluation
from models import model_files
from options.environment import Environment
from options.hyperparameters import Hyperparameters
from progress import say
from tracking.data_checks import OFF
from tracking.deliveries import Deliveries


def run(
    env: Environment, settings: Hyperparameters, environ: Mapping[str, str], growers: Cluster, reading: Reading
) -> None:
    """Train on what is being read, judge, and leave the model where SageMaker takes it from.

    Raises:
        TrainingError: for everything its reader can mend.
    """
    del environ  # a tracker would take credentials from it
    started = time.perf_counter()
    deliveries = Deliveries(env.deliveries_uri, env.job)
    if other := deliveries.of_another():
        say(f"delivered again: the model of training job {other} stands for this invocation; nothing to train")
        return
    say("tracking: none: there will be no run in MLflow and no model version; what is measured is in this log")
    if settings.data_checks != OFF:
        say("data checks: off, because without MLflow there is no champion whose data could be compared")
    data = dataset.split(reading.result(), settings)
    code_digest = env.job.source_bundle_digest or checkpoint.code_digest(Path(__file__).parent)
    checkpoints = Checkpoints(env.checkpoint_directory, Origin.of(settings, data.digest, code_digest))
    saved = checkpoints.load()

    def after_batch(grown: BaseEstimator) -> None:
        checkpoints.save(grown, "")

    grown = growers.grow(settings, data.training, saved.model if saved else None, after_batch)
    verdict = evaluation.evaluate(grown, data.validation, settings.n_jobs)
    evaluation.report(verdict)
    description = model_files.describe(
        grown, settings, data, verdict, code_digest=code_digest, training_job_name=env.job.name, run_id=""
    )
    # First the model, then the word of it: should S3 refuse that, a failed job's model is uploaded all the same.
    model_files.save(env.model_directory, encoding.whole(grown, data.encoding), description)
    if other := deliveries.take():
        model_files.discard(env.model_directory)
        say(f"delivered meanwhile: the model of training job {other} stands for this invocation; this one is not kept")
    elif deliveries.uri:
        say(f"delivered: {deliveries.uri} says that this model stands for the invocation")
    say(f"done in {time.perf_counter() - started:.1f} s")
