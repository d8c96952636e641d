"""Where a job writes: its model and its checkpoints."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from .aws_names import KmsKeyArn
from .s3_location import S3Prefix

CHECKPOINT_LOCAL_PATH: Final = "/opt/ml/checkpoints"


class Output(BaseModel):
    """Where model.tar.gz goes: `<s3_path><training job name>/output/model.tar.gz`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that models go below; it ends with `/`."""
    kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for what the job writes there."""


class Checkpoint(BaseModel):
    """Where checkpoints go; each training job gets a prefix of its own below, so that no job reads another's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that all checkpoints go below; it ends with `/`."""
