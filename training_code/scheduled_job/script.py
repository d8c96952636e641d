"""A script's run in MLflow, from its first call to its end: one for each process, opened where it is first needed."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from . import afterwards, promotion, secret, told
from .claims import AlreadyClaimedError
from .connection import UnreachableError
from .ending import end_process
from .failure import TrainingError, reason_of, shown, without_secrets, write_failure
from .job import TrackingSettings
from .log import metric_line, say
from .models import copy, logged_model_id, path_of, put
from .record import FILES, MODEL, Record, keep
from .registry import StandingVersion
from .reports import Reports, parameters_of
from .run_names import origin, script_name
from .tracker import JobTracker

_RUN_ID = "MLFLOW_RUN_ID"
"""What MLflow's own functions (`mlflow.log_param`, `mlflow.xgboost.log_model`) take the run from."""


class Script:
    """The training script that runs in this process."""

    def __init__(self) -> None:
        self._environ = dict(os.environ)
        self._base = Path(self._environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml")
        self._tracker: JobTracker | None = None
        self._run: AbstractContextManager[str] | None = None
        self._run_id = ""
        self._settings: tuple[TrackingSettings, promotion.Gate] | None = None
        self._reports = Reports()
        self._standing: StandingVersion | None = None
        self._is_done = False
        """Whether the model is registered, or left to be, or another job's."""
        self._told: set[str] = set()
        self._failing = threading.RLock()
        self._is_failed = False
        self._process = os.getpid()
        self._hook = sys.excepthook
        sys.excepthook = self._on_exception
        atexit.register(self._at_exit)

    def claim(self) -> None:
        """As the package's function."""
        if self._settings is not None or not told.is_tracked(self._environ):
            return
        if afterwards.is_told(self._environ):
            self._settings = told.read(self._environ)
            say(afterwards.announcement())
            return
        secret.fetch_into(self._environ)
        read = told.read(self._environ)
        if find_spec("mlflow") is None:
            raise TrainingError(
                "scheduled_job: the job tracks to MLflow (MLFLOW_TRACKING_URI), and there is no package mlflow; add "
                "mlflow-skinny to the requirements.txt of the source directory, or to the image"
            )
        checkpoints = Path(self._environ.get("CHECKPOINT_LOCAL_PATH") or os.devnull)
        has_grown = checkpoints.is_dir() and any(checkpoints.iterdir())
        tracker = self._tracker = JobTracker(read[0], self._environ, has_grown=has_grown)
        if tracker.delivered_before():
            self._is_done = True
            end_process(0)
        script = script_name()
        run = tracker.run(None, Path(script).stem, script=script)
        self._run_id, self._run, self._settings = run.__enter__(), run, read
        os.environ[_RUN_ID] = self._run_id
        try:
            tracker.claim(self._run_id)
        except AlreadyClaimedError as claimed:
            self._close(claimed)
            self._is_done = True
            say(str(claimed))
            end_process(0)
        for value in self._reports.early:
            tracker.note(value.name, value.number, value.step or 0, value.timestamp)
        self._reports.early.clear()

    def report(self, values: Mapping[str, object], step: object) -> None:
        """As the package's function."""
        for each in self._reports.take(values, step):
            say(metric_line(each.name, each.number))
            if self._is_done:
                self._say_once("report: the model is registered already: only the log has what is reported after it")
            elif told.is_tracked(self._environ) and os.getpid() != self._process:
                self._say_once("report: only the log has what a process reports that was forked off after claim()")
            if each.step is not None and self._tracker and self._run:
                self._tracker.note(each.name, each.number, each.step, each.timestamp)
            elif each.step is not None:
                self._reports.early.append(each)

    def _say_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            say(line)

    def register_once(
        self, given: object, parameters: object, tags: Mapping[str, str], description: str
    ) -> StandingVersion | None:
        """As the package's function."""
        if not told.is_tracked(self._environ):
            say("registering: nothing here, because this process does not track")
            return None
        if self._is_done:
            say("registering: not again: one invocation has one model version; put several models into one directory")
            return self._standing
        model, (parameters, notes) = path_of(given), parameters_of(parameters)
        model_id = logged_model_id(model)
        self.claim()
        if notes:
            say(f"registering: parameters: {', '.join(notes)}, as MLflow takes names")
        if afterwards.is_told(self._environ):
            if model_id:
                raise TrainingError(
                    f"register_once: got {shown(model, 80)}; allowed where no MLflow is reached: a directory or a file"
                )
            self._leave(model, parameters, tags, description)
            self._is_done = True
            return None
        assert self._tracker is not None  # noqa: S101 - claim has made it, or ended the process
        assert self._settings is not None  # noqa: S101 - as above
        settings, _ = self._settings
        # Beside the model, where there is as much room as for it; a container's own disk may be small.
        beside = self._base / "output"
        with tempfile.TemporaryDirectory(dir=beside if os.access(beside, os.W_OK) else None) as temporary:
            directory = Path(temporary) / "record"
            (directory / FILES).mkdir(parents=True)
            if not model_id:
                put(Path(model), directory / MODEL, self._run_id)
            record = replace(
                self._record(directory, parameters, tags, description),
                champion=self._tracker.recorded_champion(),
                model_id=model_id,
            )
            record.save()
            standing = self._standing = self._deliver(record)
        self._is_done = True
        self._close()
        name, job_name = settings.registered_model_name, standing.training_job_name
        say(f"registered: version {standing.version} of {name} by {job_name}")
        return standing

    def _record(self, directory: Path, parameters: dict[str, str], tags: Mapping[str, str], description: str) -> Record:
        """What was reported and what the script says of its model; as yet without champion."""
        assert self._settings is not None  # noqa: S101 - claim has read them
        settings, gate = self._settings
        return Record(
            directory,
            self._run_id,
            settings.experiment_name,
            settings.registered_model_name,
            settings.job,
            parameters=parameters,
            metrics=self._reports.as_metrics(),
            tags=dict(tags),
            version_tags={**tags, **{name: f"{value:.6f}" for name, value in self._reports.last.items()}},
            evaluation=dict(self._reports.last),
            gate=gate,
            summary="\n\n".join(filter(None, [description, *origin(settings.job)])),
        )

    def _leave(self, model: str, parameters: dict[str, str], tags: Mapping[str, str], description: str) -> None:
        """Leave the record in the job's output, once; made there, so that a large model is copied once."""
        self._output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._output, prefix=".record-") as temporary:
            directory = Path(temporary) / "record"
            (directory / FILES).mkdir(parents=True)
            copy(Path(model), directory / MODEL)
            record = self._record(directory, parameters, tags, description)
            name = script_name()
            say(afterwards.leave(replace(record, title=Path(name).stem, script=name), self._output))

    @property
    def _output(self) -> Path:
        return Path(self._environ.get("SM_OUTPUT_DATA_DIR") or self._base / "output" / "data")

    def _deliver(self, record: Record) -> StandingVersion:
        assert self._tracker is not None  # noqa: S101 - who has a record has claimed
        try:
            return self._tracker.deliver(record)
        except UnreachableError as error:
            model = Path(self._environ.get("SM_MODEL_DIR") or self._base / "model")
            model.mkdir(parents=True, exist_ok=True)
            raise TrainingError(f"{keep(record.directory, self._output, model, record.job)}; {error}") from error

    def fail(self, given: object) -> NoReturn:
        """As the package's function."""
        reason = str(given) or (type(given).__name__ if isinstance(given, BaseException) else "no reason was given")
        self._end_as_failed(RuntimeError(reason), without_secrets(reason, self._environ))
        end_process(1)

    def _end_as_failed(self, error: BaseException, reason: str) -> None:
        """Tell of a failure; of several, such as in threads at one moment, the first is the reason."""
        with self._failing:
            if self._is_failed:
                return
            self._is_failed = True
            say(f"training failed: {reason}")
            try:
                write_failure(reason, self._environ)
            except OSError as unwritten:
                say(f"the reason cannot be left for SageMaker: {unwritten}")
            self._close(error)

    def _close(self, error: BaseException | None = None) -> None:
        """Leave the run: as failed, or as another job's, where an error says so."""
        run, self._run = self._run, None
        if run is not None and os.getpid() == self._process:
            with suppress(BaseException):  # it is raised anew once the run is closed
                run.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Tell SageMaker, MLflow and the log of an exception that nobody caught, without secrets."""
        if not isinstance(error, Exception) or os.getpid() != self._process:
            self._hook(kind, error, trace)
            return
        self._end_as_failed(error, reason_of(error, self._environ))

    def _at_exit(self) -> None:
        """Close the run of a script that ends well and registers nothing; say where what it reported is."""
        if os.getpid() != self._process or self._is_failed or self._is_done:
            return
        if self._run is not None and self._tracker is not None:
            self._tracker.finish(self._run_id, self._reports.as_metrics())
            self._close()
        elif self._reports.last and told.is_tracked(self._environ):
            call = "register_once()" if afterwards.is_told(self._environ) else "claim()"
            say(f"report: only the log has what was reported: {call} was not called")


@lru_cache(maxsize=1)
def the_script() -> Script:
    """The one of this process."""
    return Script()
