"""Rules that watch a job: processing jobs that SageMaker starts beside it, with the job's own role."""

from collections.abc import Iterator

from .debugger_spec import WatchingRule
from .training_job_spec import TrainingJobSpec


def watching_rules(spec: TrainingJobSpec) -> Iterator[WatchingRule]:
    """The rules of debugger and profiler."""
    for holder in (spec.debugger, spec.profiler):
        yield from holder.rules.values() if holder else ()


def is_watched(spec: TrainingJobSpec) -> bool:
    """Whether any rule watches the job."""
    return any(True for _ in watching_rules(spec))
