"""How busy the container is while a model grows, measured by MLflow's own monitors and under its names.

MLflow's `SystemMetricsMonitor` reads the run before each sample, and sends each in a request of its own. Here the
values go out with the pulse, which sends a request anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from progress import say
from scheduled_job.pulse import SYSTEM_PREFIX, Sampler, nothing

_CPU = "cpu_utilization_percentage"


def sampler(*, is_wanted: bool) -> Sampler:
    """What measures CPU and memory (shares and megabytes), disk and network of the container, if that is wanted.

    An image without psutil, which AWS's has, gets a note in the log instead.
    """
    if not is_wanted:
        return nothing
    try:
        return _Monitors()
    except ImportError as error:
        say(f"note: system_metrics: nothing is measured, the image lacks psutil ({error})")
        return nothing


class _Monitors:
    """The state between two samples; to be called from one thread, because psutil keeps CPU times for each."""

    def __init__(self) -> None:
        from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
        from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
        from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

        kinds: tuple[Any, ...] = (CPUMonitor, DiskMonitor, NetworkMonitor)  # MLflow gives them no types
        self._monitors = [kind() for kind in kinds]
        self._is_first = True

    def __call__(self) -> Mapping[str, float]:
        values: dict[str, float] = {}
        for monitor in self._monitors:
            monitor.collect_metrics()
            values |= monitor.aggregate_metrics()
            monitor.clear_metrics()
        if self._is_first:
            del values[_CPU]  # a share of the time since the last call
        self._is_first = False
        return {SYSTEM_PREFIX + name: value for name, value in values.items()}
