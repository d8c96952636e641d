"""Directories of the container that SageMaker copies to S3, one against the other; and what they would copy over."""

from collections.abc import Iterator

from .container_paths import shared_places
from .training_job_fields import TrainingJobFields


def local_path_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Directories that lie one inside another."""
    parts = {"checkpoint": spec.checkpoint, "debugger": spec.debugger, "tensorboard": spec.tensorboard}
    yield from shared_places({f"{name}.local_path": part.local_path for name, part in parts.items() if part})


def written_prefixes(spec: TrainingJobFields) -> dict[str, str]:
    """Setting -> S3 prefix below which something is written while the job runs, beside model, code and checkpoints."""
    found: dict[str, str] = {}
    if spec.debugger:
        found["debugger.s3_path"] = spec.debugger.s3_path
    if spec.tensorboard:
        found["tensorboard.s3_path"] = spec.tensorboard.s3_path
    if spec.profiler and spec.profiler.s3_path:
        found["profiler.s3_path"] = spec.profiler.s3_path
    for part, holder in (("debugger", spec.debugger), ("profiler", spec.profiler)):
        for name, rule in (holder.rules if holder else {}).items():
            if rule.s3_path:
                found[f"{part}.rules.{name}.s3_path"] = rule.s3_path
    return found
