"""Where a job writes: its model and its checkpoints."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from .aws_names import KmsKeyArn
from .container_paths import ContainerPath
from .s3_location import S3Prefix
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH

CHECKPOINT_LOCAL_PATH: Final = "/opt/ml/checkpoints"


def _check_length(path: str) -> str:
    if len(path) > ENVIRONMENT_VALUE_MAX_LENGTH:
        raise ValueError(
            f"allowed: at most {ENVIRONMENT_VALUE_MAX_LENGTH} characters, because the script is told it by a variable; "
            f"choose a shorter one such as {CHECKPOINT_LOCAL_PATH}"
        )
    return path


class Output(BaseModel):
    """Where the model goes: `<s3_path><training job name>/output/model.tar.gz`, or files below `…/output/model/`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that models go below; it ends with `/`."""
    kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for what the job writes there."""
    compression: Literal["GZIP", "NONE"] = "GZIP"
    """Whether model and output are packed (GZIP) or uploaded file by file (NONE), which saves time where they are
    large."""


class Checkpoint(BaseModel):
    """Where checkpoints go; each training job gets a prefix of its own below, so that no job reads another's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that all checkpoints go below; it ends with `/`."""
    local_path: Annotated[ContainerPath, AfterValidator(_check_length)] = CHECKPOINT_LOCAL_PATH
    """The directory of the container that SageMaker mirrors there; a script reads it from CHECKPOINT_LOCAL_PATH."""
