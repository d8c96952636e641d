"""What a container without a network cannot do, and what a job leaves out for that.

Sources: SageMaker API, CreateTrainingJob, EnableNetworkIsolation; SageMaker Developer Guide, "Access a training
container through AWS Systems Manager for remote debugging", considerations.
"""

from collections.abc import Iterator
from typing import Final

from .source_spec import SHIPPED_CODE
from .training_job_fields import TrainingJobFields

CODE_CHANNEL: Final = "code"
"""The channel by which an isolated container gets the script: it cannot fetch the bundle itself."""


def tracks_inside(spec: TrainingJobFields) -> bool:
    """Whether the script is told of MLflow: not where it cannot reach it.

    The one place that says so: request, role and rules of isolation follow from it.
    """
    return not spec.network_isolation


def isolation_problems(spec: TrainingJobFields) -> Iterator[str]:
    """What needs a network in a job that has none."""
    if not spec.network_isolation:
        return
    got = "network_isolation: got true"
    if spec.source.is_shipped:
        yield (
            f"{got} with source.directory {SHIPPED_CODE}, which sends its run and its model to MLflow while it trains: "
            "an isolated container reaches no server; remove network_isolation and close the network by network "
            "(subnets without a way out), or train with code of your own"
        )
    if spec.tracking.secret_arn:
        yield f"{got} with tracking.secret_arn: an isolated container cannot read a secret; remove one of them"
    if spec.secrets:
        yield (
            f"{got} with secrets ({', '.join(sorted(spec.secrets))}): an isolated container cannot read one; remove "
            "one of the two"
        )
    if spec.remote_debug:
        yield (
            f"{got} with remote_debug: no session can be opened in an isolated container; allowed: one of the two; "
            "remove one"
        )
    if CODE_CHANNEL in spec.channels:
        yield (
            f"channels.{CODE_CHANNEL}: is the name of the channel that brings the script to an isolated container; "
            "rename it"
        )
