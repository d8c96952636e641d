"""Paths inside the training container that a setting may choose, and those that SageMaker keeps for itself.

Source: SageMaker Developer Guide, "Amazon SageMaker AI Training Storage Folders for Training Datasets, Checkpoints,
Model Artifacts, and Outputs".
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Final

from pydantic import AfterValidator, Field

PATH_MAX_LENGTH: Final = 4096
"""Source: SageMaker API, `DirectoryPath`."""

OF_SAGEMAKER: Final = {
    "/opt/ml/input": "SageMaker puts configuration and channels there",
    "/opt/ml/model": "what is there becomes the model",
    "/opt/ml/code": "the training toolkit unpacks the script there",
    "/opt/ml/output/data": "what is there becomes the job's output",
    "/opt/ml/output/failure": "it is the file in which a job says why it failed",
}
"""Directory -> what happens to what lies there."""


def _check_path(path: str) -> str:
    pure = PurePosixPath(path)
    if not pure.is_absolute() or ".." in pure.parts or path.startswith("//") or not path.isprintable():
        raise ValueError("allowed: an absolute path in the container without '..', such as /opt/ml/checkpoints")
    for kept, why in OF_SAGEMAKER.items():
        if pure.is_relative_to(kept) or PurePosixPath(kept).is_relative_to(pure):
            raise ValueError(
                f"allowed: a directory beside {kept}, because {why}; choose one such as /opt/ml/checkpoints"
            )
    return path


ContainerPath = Annotated[str, Field(max_length=PATH_MAX_LENGTH), AfterValidator(_check_path)]
"""A directory of the container that SageMaker copies to S3 while the job trains."""


def shared_places(paths: Mapping[str, str]) -> Iterator[str]:
    """Settings (name -> path) whose directories lie one inside another: files there would go to two places."""
    named = list(paths.items())
    for place, (setting, path) in enumerate(named):
        for other, its in named[:place]:
            if PurePosixPath(path).is_relative_to(its) or PurePosixPath(its).is_relative_to(path):
                yield (
                    f"{setting}: got {path!r}, and {other} is {its!r}: SageMaker would copy one's files for the other "
                    "as well; allowed: directories of which none lies inside another; choose another"
                )
