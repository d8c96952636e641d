"""Directories of the container that SageMaker copies to S3, one against the other."""

from collections.abc import Iterator

from .container_paths import shared_places
from .training_job_fields import TrainingJobFields


def local_path_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Directories that lie one inside another."""
    parts = {"checkpoint": spec.checkpoint, "debugger": spec.debugger, "tensorboard": spec.tensorboard}
    yield from shared_places({f"{name}.local_path": part.local_path for name, part in parts.items() if part})
