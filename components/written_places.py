"""The S3 prefixes of the settings below which a job writes, each by its setting."""

from collections.abc import Callable, Mapping
from typing import Final

from .debugger_spec import WatchingRule
from .training_job_fields import TrainingJobFields

Places = Mapping[str, str]
"""Setting -> S3 prefix."""


def written_prefixes(spec: TrainingJobFields) -> dict[str, str]:
    """Where something is written while the job runs, beside model, code and checkpoints."""
    return {**_of_debugger(spec), **_of_tensorboard(spec), **_of_profiler(spec)}


def _of_debugger(spec: TrainingJobFields) -> Places:
    if spec.debugger is None:
        return {}
    return {"debugger.s3_path": spec.debugger.s3_path} | _of_rules("debugger", spec.debugger.rules)


def _of_tensorboard(spec: TrainingJobFields) -> Places:
    return {"tensorboard.s3_path": spec.tensorboard.s3_path} if spec.tensorboard else {}


def _of_profiler(spec: TrainingJobFields) -> Places:
    if spec.profiler is None:
        return {}
    own = {"profiler.s3_path": spec.profiler.s3_path} if spec.profiler.s3_path else {}
    return own | _of_rules("profiler", spec.profiler.rules)


def _of_rules(holder: str, rules: Mapping[str, WatchingRule]) -> dict[str, str]:
    return {f"{holder}.rules.{name}.s3_path": rule.s3_path for name, rule in rules.items() if rule.s3_path}


def _of_checkpoint(spec: TrainingJobFields) -> Places:
    return {"checkpoint.s3_path": spec.checkpoint.s3_path} if spec.checkpoint else {}


def _of_tracking(spec: TrainingJobFields) -> Places:
    store = spec.tracking.artifact_store if spec.tracking else None
    return {"tracking.artifact_store": store} if store else {}


WRITTEN_PLACES: Final[tuple[Callable[[TrainingJobFields], Places], ...]] = (
    lambda spec: {"output.s3_path": spec.output.s3_path},
    lambda spec: {"source.s3_path": spec.source.s3_path},
    _of_debugger,
    _of_tensorboard,
    _of_profiler,
    _of_checkpoint,
    _of_tracking,
)
"""Everything that a job writes, a part of the settings each."""
