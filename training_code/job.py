"""One training job, from what it was told to a registered model version."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import joblib
from sklearn.base import BaseEstimator

from data import dataset, encoding
from data.reading import Reading
from failure import TrainingError
from growing import checkpoint
from growing.checkpoint import Checkpoints, Origin
from growing.cluster import Cluster
from judging import evaluation
from judging.study import study
from models import model_files
from options import estimators
from options.environment import Environment
from options.hyperparameters import Hyperparameters
from progress import say
from scheduled_job.claims import AlreadyClaimedError
from scheduled_job.connection import UnreachableError
from scheduled_job.record import KEPT_MODEL, RECORD_FILE, keep
from tracking import datasets, record, system_metrics
from tracking.afterwards import LaterTracker
from tracking.data_checks import NOTHING_COMPARED, OFF
from tracking.summary import in_words
from tracking.tracker import Tracker


def run(
    env: Environment, settings: Hyperparameters, environ: Mapping[str, str], growers: Cluster, reading: Reading
) -> None:
    """Train on what is being read, and register.

    Raises:
        TrainingError: for everything its reader can mend.
    """
    started = time.perf_counter()
    tracker = _tracker(env, environ)
    if tracker.delivered_before():
        return
    try:
        _train(tracker, env, settings, growers, reading)
    except AlreadyClaimedError as claimed:
        say(str(claimed))
        return
    say(f"done in {time.perf_counter() - started:.1f} s")


def _tracker(env: Environment, environ: Mapping[str, str]) -> Tracker | LaterTracker:
    """The line to MLflow, or to the job's output where nothing is reached."""
    if env.tracks_afterwards:
        return LaterTracker(env)
    return Tracker(env, environ, has_grown=checkpoint.is_in(env.checkpoint_directory))


def _train(
    tracker: Tracker | LaterTracker, env: Environment, settings: Hyperparameters, growers: Cluster, reading: Reading
) -> None:
    data = dataset.split(reading.result(), settings)
    code_digest = env.job.source_bundle_digest or checkpoint.code_digest(Path(__file__).parent)
    checkpoints = Checkpoints(env.checkpoint_directory, Origin.of(settings, data.digest, code_digest))
    saved = checkpoints.load()
    sample = system_metrics.sampler(is_wanted=settings.system_metrics)
    with tracker.run(saved.run_id if saved else None, in_words(settings.estimator), sample) as run_id:
        tracker.claim(run_id)
        checks = NOTHING_COMPARED
        if settings.data_checks != OFF:
            checks = tracker.hold_against_champion(data.profile)
            checks.report(settings.data_checks)

        def after_batch(grown: BaseEstimator) -> None:
            checkpoints.save(grown, run_id)
            tracker.note_growth(estimators.unit(grown), estimators.size(grown))

        grown = growers.grow(settings, data.training, saved.model if saved else None, after_batch)
        model = Trained(encoding.whole(grown, data.encoding), env.model_directory / model_files.MODEL_FILE)
        del saved
        with _kept_on_failure(model, env) as record_directory:
            verdict = evaluation.evaluate(grown, data.validation, settings.n_jobs)
            evaluation.report(verdict)
            findings = study(grown, data.validation, verdict, settings.random_state)
            description = model_files.describe(
                grown, settings, data, verdict, code_digest=code_digest, training_job_name=env.job.name, run_id=run_id
            )
            del grown
            model_files.save(env.model_directory, model.estimator, description)
            record.save_model(record_directory, model.estimator, description, data.example)
            # The champion may be as large, and both at once would be twice as much.
            model.let_go()
            champion = tracker.champion_on(
                lambda each: evaluation.evaluate(each, data.raw_validation, settings.n_jobs).metrics
            )
            made = record.make(
                record_directory,
                env,
                description,
                verdict,
                findings,
                gate=env.gate,
                champion=champion,
                datasets=datasets.describe(data, settings, env),
                profile=data.profile,
                checks=checks,
                draws=settings.pictures,
            )
            ended = tracker.hand_over(made)
    say(ended)


@dataclass
class Trained:
    """A model that was trained: in memory until it is let go, and from then on in the file that has it."""

    estimator: BaseEstimator | None
    file: Path

    def let_go(self) -> None:
        """Take it out of memory; the file is there."""
        self.estimator = None
        gc.collect()

    def put(self, path: Path) -> None:
        """Write it to a file of its own."""
        if self.estimator is None:
            shutil.copyfile(self.file, path)
        else:
            joblib.dump(self.estimator, path)


@contextmanager
def _kept_on_failure(model: Trained, env: Environment) -> Iterator[Path]:
    """Yields where to make the record. Whatever fails meanwhile, the trained model goes into the output of the job.

    The failure goes on, and its notes say what is kept and how to go on with it.
    """
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary) / "record"
        try:
            yield directory
        except Exception as error:
            try:
                note = _keep(model, directory, env)
            except OSError as another:
                note = f"the model is trained, and could not be kept in {env.output_directory}: {another}"
            if isinstance(error, UnreachableError):
                raise TrainingError(f"{note}; {error}") from error
            error.add_note(note)
            raise


def _keep(model: Trained, directory: Path, env: Environment) -> str:
    """Put the record in `directory`, or without a whole one the model, into the job's output; gives what that means."""
    if not (directory / RECORD_FILE).exists():
        kept = env.output_directory / KEPT_MODEL
        kept.mkdir(parents=True, exist_ok=True)
        model.put(kept / model_files.MODEL_FILE)
        return (
            f"the model is trained but not registered, and kept without a record as "
            f"{KEPT_MODEL}/{model_files.MODEL_FILE} in output.tar.gz"
        )
    return keep(directory, env.output_directory, env.model_directory, env.job)
