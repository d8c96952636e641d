"""A run's sign of life while the model grows, and what is logged on the way: sent from a thread, kept while it cannot.

An outage of MLflow neither slows training down nor ends it; what could not be sent goes out with the next beat.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any
from uuid import uuid4

from .connection import cause
from .log import say
from .tags import HEARTBEAT

SYSTEM_PREFIX = "system/"
"""Beginning of the names that MLflow's pages show as system metrics."""

Sampler = Callable[[], Mapping[str, float]]
"""Measures now: name -> value. Nothing, where nothing is wanted."""


def nothing() -> Mapping[str, float]:
    """What is measured where nothing is asked for."""
    return {}


class Pulse:
    """Beats every `seconds` for the run `run_id`, from entering to leaving; each beat logs what `sample` measures."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # MlflowClient
        run_id: str,
        seconds: float,
        environ: Mapping[str, str],
        sample: Sampler = nothing,
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._seconds = seconds
        self._environ = environ
        self._sample = sample
        self._start = uuid4().hex[:8]
        self._beats = 0
        self._kept: list[Any] = []
        self._away = False
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        # A request that hangs ends with its own time limit; the thread does not hold the process.
        self._thread.join(timeout=1)

    def note(self, name: str, value: float, step: int, timestamp: int | None = None) -> None:
        """Log a metric with the next beat, at a time in milliseconds since 1970, else that of this call."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        with self._lock:
            self._kept.append(Metric(name, value, now if timestamp is None else timestamp, step))

    def unsent(self) -> list[dict[str, Any]]:
        """What has been noted and not arrived: name, value, timestamp in milliseconds, step."""
        with self._lock:
            return [
                {"name": each.key, "value": each.value, "timestamp": each.timestamp, "step": each.step}
                for each in self._kept
            ]

    def _run(self) -> None:
        while True:
            self._beat()
            if self._ended.wait(self._seconds):
                return

    def _beat(self) -> None:
        from mlflow.entities import RunTag

        self._measure()
        with self._lock:
            sending = list(self._kept)
        self._beats += 1
        try:
            self._client.log_batch(
                self._run_id, metrics=sending[:500], tags=[RunTag(HEARTBEAT, f"{self._start}-{self._beats}")]
            )
        except Exception as error:  # noqa: BLE001  # training goes on, whatever it is
            if not self._away:
                say(f"tracking: MLflow is away: {cause(error, self._environ)}; training goes on")
            self._away = True
            return
        with self._lock:
            del self._kept[: len(sending[:500])]
        if self._away:
            say(f"tracking: MLflow is back; {len(sending)} kept values are sent")
        self._away = False

    def _measure(self) -> None:
        try:
            for name, value in self._sample().items():
                self.note(name, value, self._beats)
        except Exception as error:  # noqa: BLE001  # without it the run would give no sign of life
            say(f"note: system_metrics: nothing more is measured: {cause(error, self._environ)}")
            self._sample = nothing
