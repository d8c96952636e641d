"""Whether an image can use, or run on, the machines that are asked for.

AWS's training images for SageMaker are for x86 processors, and each tag for CPUs or for GPUs (`training_images`). Of
another image nothing is known but its URI: what that suggests is a note.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from .ecr_images import image_region_fault
from .instance_types import has_gpu, is_accelerated, is_arm
from .training_image_spec import TrainingImage
from .training_images import FrameworkImage, Processor, accounts_of

_FOR_ARM: Final = re.compile(r"arm64|aarch64|graviton", re.IGNORECASE)
_FOR_GPU: Final = re.compile(r"[:/_-](gpu|cu\d{2,3})([._-]|$)", re.IGNORECASE)
"""As AWS names its images: `pytorch-training:2.6.0-gpu-py312-cu126-ubuntu22.04-sagemaker`."""


def processor_for(instance_type: str) -> Processor | None:
    """What AWS's image of a framework is to be for; None on a machine that needs another kind of image."""
    if is_arm(instance_type):
        return None
    if has_gpu(instance_type):
        return "gpu"
    return None if is_accelerated(instance_type) else "cpu"


def image_problems(types: Mapping[str, str], image: TrainingImage) -> list[str]:
    """What makes AWS's image fail, or a machine idle, on an instance type; `types` are by settings of `resources`."""
    published = image.published
    if published is None:
        return []
    problems = [problem for each in types.items() for problem in _problems_of_one(*each, image, published)]
    if not problems and len(set(map(processor_for, types.values()))) > 1:
        return [
            f"training_image.{_named(image)}: got machines with and without a GPU ({', '.join(types.values())}); "
            "allowed: one kind, because all run one image, and AWS has one for each; set training_image.uri to the "
            "image that all are to run"
        ]
    return problems


def _problems_of_one(setting: str, instance_type: str, image: TrainingImage, published: FrameworkImage) -> list[str]:
    if processor_for(instance_type) in published.tags:
        return []
    got = f"resources.{setting}: got {instance_type!r}; allowed with training_image.{_named(image)}: types "
    if is_arm(instance_type):
        return [
            f"{got}with an x86 processor, such as {_such_as(published)}, because the image does not start on an Arm one"
        ]
    return [
        f"{got}{_machines(published)}, such as {_such_as(published)}, because {_reason(instance_type, published)}; "
        "or set training_image.uri to an image that can"
    ]


def _named(image: TrainingImage) -> str:
    return "scikit_learn_version" if image.scikit_learn_version else f"framework {image.framework}"


def _machines(image: FrameworkImage) -> str:
    if set(image.tags) == {"cpu"}:
        return "without GPU or other accelerator"
    return "with a GPU" if set(image.tags) == {"gpu"} else "with a GPU, or without any accelerator"


def _such_as(image: FrameworkImage) -> str:
    return "ml.m5.large" if "cpu" in image.tags else "ml.g5.xlarge"


def _reason(instance_type: str, image: FrameworkImage) -> str:
    if not is_accelerated(instance_type):
        return "AWS publishes the image for GPUs only, and it cannot use this one"
    return "nothing in the image can use one" if set(image.tags) == {"cpu"} else "nothing in the image can use this one"


def image_region_problems(image: TrainingImage, region: str) -> Iterator[tuple[str, str]]:
    """What keeps SageMaker from pulling the image in a region: (setting, text)."""
    if (published := image.published) and region not in accounts_of(published.framework):
        yield (
            f"training_image.{image.version_setting}",
            f"no prebuilt image is known in the region {region!r}; set training_image.uri",
        )
    if image.uri and (fault := image_region_fault(image.uri, region)):
        yield "training_image.uri", fault


def image_notes(setting: str, instance_type: str, uri: str | None) -> Iterator[str]:
    """What an image's URI suggests against the instance type of a setting of `resources`, with which each begins."""
    if uri is None:
        return
    got = f"resources.{setting}: got {instance_type!r}"
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


def age_notes(image: TrainingImage, today: date) -> Iterator[str]:
    """That AWS patches a framework's image no more, beginning with its setting."""
    published = image.published
    if image.framework and published and published.patched_until and published.patched_until < today:
        yield (
            f"training_image.version: got {image.version!r}, whose image {published.version} AWS has patched until "
            f"{published.patched_until}: it still runs, and its known faults stay; choose a newer version"
        )


def start_notes(image: TrainingImage, directory: str) -> Iterator[str]:
    """What a start other than the toolkit's leaves to the image, beginning with its setting."""
    if image.entrypoint:
        yield (
            "training_image.entrypoint: is set, so that no toolkit unpacks the code in "
            f"{directory}/ or starts source.entry_point, and hyperparameters are read from "
            "/opt/ml/input/config/hyperparameters.json; see that the program in the image does what is needed"
        )
    elif image.arguments:
        yield (
            "training_image.arguments: is set without entrypoint: SageMaker documents `train` as the one argument of "
            "an image, and not whether these come beside it or in its place; set entrypoint as well, or try it"
        )
