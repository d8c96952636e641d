"""How each type of resource is created on the embedded AWS: one module per service, one function per type.

A function takes the clients and the resource's `Inputs`, and takes from these every property that it can honour; one
that is left over is an error. A new type is a function in its service's module and a line in that module's `ADAPTERS`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters import (
    budgets,
    chatbot,
    cloudwatch,
    events,
    iam,
    kms,
    s3,
    scheduler,
    sns,
    sqs,
    stepfunctions,
)
from rehearsal.deploying.adapters.inputs import Created, Inputs, UnsupportedPropertyError

__all__ = ["ADAPTERS", "Adapter", "Created", "Inputs", "UnsupportedPropertyError"]

Adapter = Callable[[AwsClients, Inputs], Created]

ADAPTERS: Final[Mapping[str, Adapter]] = {
    **budgets.ADAPTERS,
    **chatbot.ADAPTERS,
    **cloudwatch.ADAPTERS,
    **events.ADAPTERS,
    **iam.ADAPTERS,
    **kms.ADAPTERS,
    **s3.ADAPTERS,
    **scheduler.ADAPTERS,
    **sns.ADAPTERS,
    **sqs.ADAPTERS,
    **stepfunctions.ADAPTERS,
}
"""Type token -> the function that creates a resource of the type."""
