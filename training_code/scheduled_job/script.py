"""A script's run in MLflow, from its first call to its end: one for each process, opened where it is first needed."""

from __future__ import annotations

import atexit
import json
import os
import re
import sys
import tempfile
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
from .failure import TrainingError, reason_of, shown, without_secrets, write_failure
from .job import TrackingSettings
from .log import METRIC_NAMES, REGRESSION_METRIC_NAMES, metric_line, number_of, say
from .models import copy, logged_model_id, put
from .record import FILES, MODEL, Record, keep, metrics_now
from .registry import StandingVersion
from .run_names import origin
from .tracker import JobTracker

_KNOWN = {name.partition(":")[2]: name for name in (*METRIC_NAMES, *REGRESSION_METRIC_NAMES)}
"""`accuracy` -> the name by which the default metric definitions look for it."""
_NAME = re.compile(r"[\w./:-]{1,250}")
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
        self._last: dict[str, float] = {}
        """Metric -> its last value, by which the version is judged."""
        self._at_end: dict[str, float] = {}
        """Those without a step, which are told with the model."""
        self._early: list[tuple[str, float, int]] = []
        """Those with a step, from before there is a run."""
        self._process = os.getpid()
        self._hook = sys.excepthook
        sys.excepthook = self._on_exception
        atexit.register(self._at_exit)

    @property
    def _tracks(self) -> bool:
        """Whether there is a tracking server, and this is the job's first process on its first host."""
        hosts = sorted(json.loads(self._environ.get("SM_HOSTS") or "[]"))
        is_first_host = not hosts or self._environ.get("SM_CURRENT_HOST") == hosts[0]
        is_told = bool(self._environ.get("MLFLOW_TRACKING_URI")) or self._is_later
        return is_told and is_first_host and self._is_first_process

    @property
    def _is_later(self) -> bool:
        """Whether nothing is reached from here, and the record goes into the job's output."""
        return afterwards.is_told(self._environ)

    @property
    def _is_first_process(self) -> bool:
        return self._environ.get("RANK", "0") == "0"  # as torchrun and its like number them

    def claim(self) -> None:
        """As the package's function."""
        if self._run is not None or self._settings is not None or not self._tracks:
            return
        if self._is_later:
            self._settings = told.read(self._environ)
            say(afterwards.announcement())
            return
        secret.fetch_into(self._environ)
        settings, _ = self._settings = told.read(self._environ)
        if find_spec("mlflow") is None:
            raise TrainingError(
                "scheduled_job: the job tracks to MLflow (MLFLOW_TRACKING_URI), and there is no package mlflow; add "
                "mlflow-skinny to the requirements.txt of the source directory, or to the image"
            )
        checkpoints = Path(self._environ.get("CHECKPOINT_LOCAL_PATH") or os.devnull)
        has_grown = checkpoints.is_dir() and any(checkpoints.iterdir())
        tracker = self._tracker = JobTracker(settings, self._environ, has_grown=has_grown)
        if tracker.delivered_before():
            sys.exit(0)
        script = _script_name()
        run = tracker.run(None, Path(script).stem, script=script)
        self._run_id, self._run = run.__enter__(), run
        os.environ[_RUN_ID] = self._run_id
        try:
            tracker.claim(self._run_id)
        except AlreadyClaimedError as claimed:
            self._close(claimed)
            say(str(claimed))
            sys.exit(0)
        for value in self._early:
            tracker.note(*value)

    def report(self, values: Mapping[str, float], step: int | None) -> None:
        """As the package's function."""
        for given, value in values.items():
            name = _KNOWN.get(given, given)
            number = value if isinstance(value, int) else number_of(given, value)
            if not _NAME.fullmatch(name):
                raise TrainingError(
                    f"report: got the metric {shown(name)}; allowed: letters, digits and _ . / : -, as the log's lines "
                    f"are read by it"
                )
            say(metric_line(name, number))
            self._last[name] = number
            if step is None:
                self._at_end[name] = number
            elif self._tracker and self._run:
                self._tracker.note(name, number, step)
            else:
                self._early.append((name, number, step))

    def register_once(
        self, model: str, parameters: Mapping[str, object], tags: Mapping[str, str], description: str
    ) -> StandingVersion | None:
        """As the package's function."""
        if not self._tracks:
            say("registering: nothing here, because this process does not track")
            return None
        model_id = logged_model_id(model)
        self.claim()
        if self._is_later:
            if model_id:
                raise TrainingError(
                    f"register_once: got {shown(model, 80)}; allowed where no MLflow is reached: a directory or a file"
                )
            self._leave(model, parameters, tags, description)
            return None
        assert self._tracker is not None  # noqa: S101 - claim has made it, or ended the process
        assert self._settings is not None  # noqa: S101 - as above
        settings, _ = self._settings
        with tempfile.TemporaryDirectory() as temporary:
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
            standing = self._deliver(record)
        self._close()
        name, job_name = settings.registered_model_name, standing.training_job_name
        say(f"registered: version {standing.version} of {name} by {job_name}")
        return standing

    def _record(
        self, directory: Path, parameters: Mapping[str, object], tags: Mapping[str, str], description: str
    ) -> Record:
        """What was reported and what the script says of its model; as yet without champion."""
        assert self._settings is not None  # noqa: S101 - claim has read them
        settings, gate = self._settings
        return Record(
            directory,
            self._run_id,
            settings.experiment_name,
            settings.registered_model_name,
            settings.job,
            parameters={name: str(value) for name, value in parameters.items()},
            metrics=metrics_now(self._at_end),
            tags=dict(tags),
            version_tags={**tags, **{name: f"{value:.6f}" for name, value in self._last.items()}},
            evaluation=dict(self._last),
            gate=gate,
            summary="\n\n".join(filter(None, [description, *origin(settings.job)])),
        )

    def _leave(self, model: str, parameters: Mapping[str, object], tags: Mapping[str, str], description: str) -> None:
        """Leave the record in the job's output, once."""
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary) / "record"
            (directory / FILES).mkdir(parents=True)
            copy(Path(model), directory / MODEL)
            record = self._record(directory, parameters, tags, description)
            steps = [{**each, "step": step} for name, value, step in self._early for each in metrics_now({name: value})]
            name = _script_name()
            record = replace(record, metrics=[*record.metrics, *steps], title=Path(name).stem, script=name)
            say(afterwards.leave(record, self._output))

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

    def fail(self, reason: str) -> NoReturn:
        """As the package's function."""
        self._end_as_failed(RuntimeError(reason), without_secrets(reason, self._environ))
        sys.exit(1)

    def _end_as_failed(self, error: BaseException, reason: str) -> None:
        say(f"training failed: {reason}")
        write_failure(reason, self._environ)
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
        """Close the run of a script that ends well and registers nothing."""
        if self._run is not None and self._tracker is not None and os.getpid() == self._process:
            self._tracker.finish(self._run_id, self._at_end)
            self._close()


@lru_cache(maxsize=1)
def the_script() -> Script:
    """The one of this process."""
    return Script()


def _script_name() -> str:
    """What runs in this process."""
    return Path(sys.argv[0]).name or "a script"
