from typing import Any

import pytest

from rehearsal.errors import ContainerError
from rehearsal.running.container_image import image_difference, require_usual_start

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"


def request(**algorithm: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's values are of many types
    return {"AlgorithmSpecification": {"TrainingImage": SCIKIT_LEARN, "TrainingInputMode": "File", **algorithm}}


def test_the_image_whose_packages_are_here_is_no_difference() -> None:
    require_usual_start(request())
    assert image_difference(request()) == ""


def test_another_image_is_said_to_be_stood_in_for() -> None:
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-cpu-py312"

    assert image_difference(request(TrainingImage=image)) == (
        "the packages of sagemaker-scikit-learn:1.9-0-cpu-py3 stand in for those of the image "
        "pytorch-training:2.6.0-cpu-py312, which is not run"
    )


@pytest.mark.parametrize(
    ("member", "setting"), [("ContainerEntrypoint", "entrypoint"), ("ContainerArguments", "arguments")]
)
def test_a_program_inside_the_image_is_not_rehearsed_and_its_words_are_not_shown(member: str, setting: str) -> None:
    with pytest.raises(ContainerError) as refused:
        require_usual_start(request(**{member: ["secret-word"]}))

    assert str(refused.value) == (
        f"{member} of the request (training_image.{setting}) starts a program inside the image, and a rehearsal "
        "does not run the image, but what the training toolkit starts; judge the job with `training-jobs check`, or "
        "rehearse it without that setting"
    )
