"""What a role needs of a Pulumi state that is kept in S3: the objects of its own stack, and of no other.

Source: pulumi/pulumi, `pkg/backend/diy` (store.go, state.go, lock.go, meta.go), of project-scoped stacks: the only
layout that the CLI still writes. A state in Pulumi Cloud needs no permission of AWS.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Self

from components.aws_names import AwsScope
from components.iam_policies import allow
from components.statement_union import Statement
from operations.delivery.grants import Phase
from rehearsal.errors import OptionError

_ADDRESS: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^?*]*))?(?:\?.*)?")
_KEY: Final = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")


class StateAddressError(OptionError):
    """The address of a state is none in S3, or the key is none."""


@dataclass(frozen=True)
class StateBackend:
    """A state in S3: its bucket, a prefix in it that is empty or ends with `/`, and the key that protects it."""

    bucket: str
    prefix: str = ""
    key: str = ""

    @classmethod
    def parse(cls, address: str, key: str | None = None) -> Self:
        """Read what `pulumi login` was given, and the ARN of a KMS key.

        Raises:
            StateAddressError: it is another one.
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise StateAddressError(
                f"--state: got {address!r}; allowed: what pulumi login was given, such as s3://team-pulumi-state or "
                "s3://team-pulumi-state/training; with Pulumi Cloud leave it out"
            )
        prefix = (found["prefix"] or "").strip("/")
        return cls(found["bucket"], f"{prefix}/" if prefix else "", key_arn("--state-key", key) if key else "")


def key_arn(option: str, text: str) -> str:
    """The ARN of a KMS key, as it is.

    Raises:
        StateAddressError: it is none.
    """
    if _KEY.fullmatch(text) is None:
        raise StateAddressError(
            f"{option}: got {text!r}; allowed: the ARN of a KMS key, such as "
            "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d; an alias can come to mean "
            "another key"
        )
    return text


def state_statements(
    state: StateBackend | None, scope: AwsScope, project: str, stack: str, phases: Collection[Phase]
) -> list[Statement]:
    """Read the stack's state, and where something is to be changed lock it and write it."""
    if state is None:
        return []
    bucket = f"arn:{scope.partition}:s3:::{state.bucket}"
    root = f"{bucket}/{state.prefix}.pulumi"
    own = [
        f"{root}/stacks/{project}/{stack}.json*",  # also packed, and its copy while it is written
        f"{root}/stacks/{project}/{stack}.pulumi-tags",
        f"{root}/history/{project}/{stack}/*",
        f"{root}/backups/{project}/{stack}/*",
        f"{root}/locks/organization/{project}/{stack}/*",
    ]
    changes = any(phase is not Phase.READ for phase in phases)
    statements = [
        # Of the names of all objects: the CLI lists stacks and locks, and asks whether files exist that may not.
        allow("ListState", ["s3:ListBucket"], bucket),
        allow("ReadState", ["s3:GetObject"], [f"{root}/meta.yaml", *own]),
    ]
    if changes:
        statements.append(allow("WriteState", ["s3:DeleteObject", "s3:PutObject"], own))
    if state.key:
        # Of the bucket, or of the stack's secrets (secretsprovider: awskms://…).
        encrypts = ["kms:Encrypt", "kms:GenerateDataKey"] if changes else []
        statements.append(allow("UseStateKey", ["kms:Decrypt", *encrypts], state.key))
    return statements


def via_s3(scope: AwsScope) -> dict[str, Any]:
    """A condition for keys: only by way of S3 in the stack's region."""
    return {"StringEquals": {"kms:ViaService": scope.kms_via("s3")}}
