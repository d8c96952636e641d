from typing import Final

import pytest
from botocore.loaders import Loader

from components.image_fit import image_notes, image_problems
from components.instance_types import is_accelerated, is_arm
from components.training_image_spec import TrainingImage

UNDER: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training"
SCIKIT_LEARN: Final = TrainingImage(scikit_learn_version="1.9-0")
SHAPES: Final = Loader().load_service_model("sagemaker", "service-2")["shapes"]
TRAINING_TYPES: Final[list[str]] = SHAPES["TrainingInstanceType"]["enum"]
HOSTING_TYPES: Final[list[str]] = SHAPES["ProductionVariantInstanceType"]["enum"]


def families(types: list[str]) -> set[str]:
    return {each.split(".")[1] for each in types}


def test_the_accelerated_families_of_training_are_these() -> None:
    assert families([each for each in TRAINING_TYPES if is_accelerated(each)]) == {
        *("g4dn", "g5", "g6", "g6e", "g7", "g7e"),
        *("p2", "p3", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
        *("trn1", "trn1n", "trn2"),
    }


def test_the_one_family_of_training_with_arm_processors_is_that_of_grace() -> None:
    assert families([each for each in TRAINING_TYPES if is_arm(each)]) == {"p6e-gb200"}


def test_the_families_with_arm_processors_beyond_training_are_those_of_graviton() -> None:
    assert families([each for each in HOSTING_TYPES if is_arm(each)]) == {
        *("c6g", "c6gd", "c6gn", "c7g", "c8g", "m6g", "m6gd", "m8g", "r6g", "r6gd", "r7gd", "r8g"),
        "p6e-gb200",
    }


def test_a_processor_for_x86_is_what_the_prebuilt_image_needs() -> None:
    for name in ("ml.m7g.large", "ml.c7g.xlarge", "ml.p6e-gb200.36xlarge"):
        assert image_problems({"instance_type": name}, SCIKIT_LEARN) == [
            f"resources.instance_type: got {name!r}; allowed with training_image.scikit_learn_version: types with an "
            "x86 processor, such as ml.m5.large, because the image does not start on an Arm one"
        ]


@pytest.mark.parametrize("name", ["ml.g5.xlarge", "ml.p4d.24xlarge", "ml.trn1.2xlarge"])
def test_nothing_in_the_prebuilt_image_uses_a_gpu(name: str) -> None:
    assert image_problems({"instance_type": name}, TrainingImage(scikit_learn_version="1.2-1")) == [
        f"resources.instance_type: got {name!r}; allowed with training_image.scikit_learn_version: types without GPU "
        "or other accelerator, such as ml.m5.large, because nothing in the image can use one; or set "
        "training_image.uri to an image that can"
    ]


@pytest.mark.parametrize("name", ["ml.m5.large", "ml.c5.4xlarge", "ml.r6i.large", "ml.t3.medium", "ml.m7i-flex.large"])
def test_other_types_fit_the_prebuilt_image(name: str) -> None:
    assert image_problems({"instance_type": name}, SCIKIT_LEARN) == []


def test_machines_of_two_kinds_have_no_image_of_awss_for_both() -> None:
    of_both = TrainingImage(framework="pytorch", version="2.6")
    first, second = "instance_groups.0.instance_type", "instance_groups.1.instance_type"

    assert (
        image_problems(
            {first: "ml.m5.large", second: "ml.c5.xlarge"},
            of_both,
        )
        == []
    )
    assert image_problems({first: "ml.m5.large", second: "ml.g5.xlarge"}, of_both) == [
        "training_image.framework pytorch: got machines with and without a GPU (ml.m5.large, ml.g5.xlarge); allowed: "
        "one kind, because all run one image, and AWS has one for each; set training_image.uri to the image that all "
        "are to run"
    ]


@pytest.mark.parametrize("name", ["ml.g5.xlarge", "ml.p6e-gb200.36xlarge", "ml.m5.large"])
def test_no_image_of_ones_own_is_refused(name: str) -> None:
    assert image_problems({"instance_type": name}, TrainingImage(uri=f"{UNDER}:1.0")) == []
    assert list(image_notes("instance_type", "ml.m5.large", None)) == []


def test_an_image_that_does_not_say_arm_is_noted_on_an_arm_processor_only() -> None:
    name = "ml.p6e-gb200.36xlarge"

    assert list(image_notes("instance_type", name, f"{UNDER}:1.0")) == [
        f"resources.instance_type: got {name!r}, which has an Arm processor, and training_image.uri does not say "
        "arm64: an image for x86 does not start there; see that the image is for Arm, or choose a type with an x86 "
        "processor"
    ]
    assert list(image_notes("instance_type", name, f"{UNDER}:1.0-arm64")) == []
    assert list(image_notes("instance_type", "ml.m5.large", f"{UNDER}:1.0")) == []


@pytest.mark.parametrize(
    "tag", ["2.6.0-gpu-py312-cu126-ubuntu22.04-sagemaker", "1.0-cu126", "1.0-gpu", "gpu"], ids=lambda tag: tag[-8:]
)
def test_an_image_that_says_gpu_is_noted_on_a_type_without_one_only(tag: str) -> None:
    assert list(image_notes("instance_type", "ml.m5.large", f"{UNDER}:{tag}")) == [
        "resources.instance_type: got 'ml.m5.large' without a GPU, and training_image.uri says that the image is for "
        "one: what is written for CUDA fails or is slow there; choose a type such as ml.g5.xlarge, or the image for "
        "CPUs"
    ]
    assert list(image_notes("instance_type", "ml.g5.xlarge", f"{UNDER}:{tag}")) == []


@pytest.mark.parametrize("tag", ["2.6.0-cpu-py312", "curated", "1.0-cute1", "latest-pugpug"])
def test_a_tag_with_other_words_is_not_noted(tag: str) -> None:
    assert list(image_notes("instance_type", "ml.m5.large", f"{UNDER}:{tag}")) == []
