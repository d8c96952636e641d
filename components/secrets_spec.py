"""Secrets that a script reads by itself: it is told their ARNs, and its role may read exactly these."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .aws_names import KmsKeyArn
from .tracking_spec import SecretArn


class Secret(BaseModel):
    """A secret in AWS Secrets Manager."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    arn: SecretArn
    """Its whole ARN, with the six characters at the end; the variable of the secret's name holds it."""
    kms_key_arn: KmsKeyArn | None = None
    """The customer-managed key that it is encrypted with; absent: Secrets Manager's own."""


Secrets = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,511}$")], Secret], Field(max_length=20)
]
"""Name of a variable of the container -> the secret whose ARN it holds."""


def secret_problems(secrets: Mapping[str, Secret], environment: Mapping[str, str]) -> Iterator[str]:
    """Names that stand twice."""
    yield from (
        f"secrets.{name}: is a variable of environment as well; allowed: one of the two; remove one"
        for name in secrets
        if name in environment
    )
