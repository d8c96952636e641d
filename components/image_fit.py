"""Whether an image can use, or run on, the machines that are asked for.

AWS's scikit-learn image is for x86 processors and has nothing that computes on a GPU (its Dockerfile in
aws/deep-learning-containers). Of another image nothing is known but its URI: what that suggests is a note.
"""

import re
from collections.abc import Iterator
from typing import Final

from .instance_types import is_accelerated, is_arm

_FOR_ARM: Final = re.compile(r"arm64|aarch64|graviton", re.IGNORECASE)
_FOR_GPU: Final = re.compile(r"[:/_-](gpu|cu\d{2,3})([._-]|$)", re.IGNORECASE)
"""As AWS names its images: `pytorch-training:2.6.0-gpu-py312-cu126-ubuntu22.04-sagemaker`."""


def image_problems(instance_type: str, scikit_learn_version: str | None) -> list[str]:
    """What makes the prebuilt image fail, or a machine idle, on this instance type."""
    if scikit_learn_version is None:
        return []
    got = f"resources.instance_type: got {instance_type!r}; allowed with training_image.scikit_learn_version: types "
    if is_arm(instance_type):
        return [f"{got}with an x86 processor, such as ml.m5.large, because the image does not start on an Arm one"]
    if is_accelerated(instance_type):
        return [
            f"{got}without GPU or other accelerator, such as ml.m5.large, because nothing in the image can use one; "
            "or set training_image.uri to an image that can"
        ]
    return []


def image_notes(instance_type: str, uri: str | None) -> Iterator[str]:
    """What the URI of an image suggests against the instance type, each beginning with its setting."""
    if uri is None:
        return
    got = f"resources.instance_type: got {instance_type!r}"
    if is_arm(instance_type) and not _FOR_ARM.search(uri):
        yield (
            f"{got}, which has an Arm processor, and training_image.uri does not say arm64: an image for x86 does not "
            "start there; see that the image is for Arm, or choose a type with an x86 processor"
        )
    if _FOR_GPU.search(uri) and not is_accelerated(instance_type):
        yield (
            f"{got} without a GPU, and training_image.uri says that the image is for one: what is written for CUDA "
            "fails or is slow there; choose a type such as ml.g5.xlarge, or the image for CPUs"
        )
