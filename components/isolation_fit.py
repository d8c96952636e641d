"""What a container without a network cannot do, and what a job leaves out for that.

Sources: SageMaker API, CreateTrainingJob, EnableNetworkIsolation; SageMaker Developer Guide, "Access a training
container through AWS Systems Manager for remote debugging", considerations.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from .fitting import judged
from .package_archives import channel_names
from .tracking_spec import TrackingSpec
from .training_job_fields import CHANNELS_MAX_COUNT, TrainingJobFields

CODE_CHANNEL: Final = "code"
"""The channel by which an isolated container gets the script: it cannot fetch the bundle itself."""
_GOT: Final = "network_isolation: got true"


def tracking_inside(spec: TrainingJobFields) -> TrackingSpec | None:
    """The MLflow that the script is told of: none where it cannot reach it, and records for `training-jobs register`.

    The one place that says so: request, role and rules of isolation follow from it.
    """
    return None if spec.network_isolation else spec.tracking


def isolation_problems(spec: TrainingJobFields) -> Iterator[str]:
    """What needs a network in a job that has none."""
    if spec.network_isolation:
        yield from judged(*(partial(rule, spec) for rule in _RULES))


def _tracking_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.tracking and spec.tracking.secret_arn:
        yield (
            f"{_GOT} with tracking.secret_arn: an isolated container cannot read a secret; remove secret_arn: whoever "
            "registers the model afterwards sets MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )


def _secret_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.secrets:
        yield (
            f"{_GOT} with secrets ({', '.join(sorted(spec.secrets))}): an isolated container cannot read one; remove "
            "one of the two"
        )


def _debug_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.remote_debug:
        yield (
            f"{_GOT} with remote_debug: no session can be opened in an isolated container; allowed: one of the two; "
            "remove one"
        )


def _date_problems(spec: TrainingJobFields) -> Iterator[str]:
    for name, channel in spec.channels.items():
        if channel.has_dates:
            place = "s3_path" if channel.s3_path and channel.s3_object is None else "s3_object"
            yield (
                f"{_GOT} with channels.{name}.{place} by date, which the job fetches itself: an isolated container "
                "cannot; name a location without a date, or remove network_isolation"
            )


def _channel_count_problems(spec: TrainingJobFields) -> Iterator[str]:
    packages = len(channel_names(spec.requirements_extras)) if spec.source.brings_packages else 0
    room = CHANNELS_MAX_COUNT - packages - 1
    if len(spec.channels) > room:
        yield (
            f"channels: got {len(spec.channels)}; allowed with network_isolation: {room}, because the script comes by "
            "a channel of its own; take some together"
        )


def _channel_name_problems(spec: TrainingJobFields) -> Iterator[str]:
    if CODE_CHANNEL in spec.channels:
        yield (
            f"channels.{CODE_CHANNEL}: is the name of the channel that brings the script to an isolated container; "
            "rename it"
        )


_RULES: Final = (
    _tracking_problems,
    _secret_problems,
    _debug_problems,
    _date_problems,
    _channel_count_problems,
    _channel_name_problems,
)
