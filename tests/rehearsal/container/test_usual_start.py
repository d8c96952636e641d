from typing import Any

import pytest

from rehearsal.container.usual_start import require_usual_start
from rehearsal.errors import ContainerError

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"


def request(**algorithm: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's values are of many types
    return {"AlgorithmSpecification": {"TrainingImage": SCIKIT_LEARN, "TrainingInputMode": "File", **algorithm}}


def test_an_image_that_starts_by_itself_is_rehearsed() -> None:
    require_usual_start(request())


@pytest.mark.parametrize(
    ("member", "setting"), [("ContainerEntrypoint", "entrypoint"), ("ContainerArguments", "arguments")]
)
def test_a_program_inside_the_image_is_not_rehearsed_and_its_words_are_not_shown(member: str, setting: str) -> None:
    with pytest.raises(ContainerError) as refused:
        require_usual_start(request(**{member: ["secret-word"]}))

    assert str(refused.value) == (
        f"{member} of the request (training_image.{setting}) starts a program inside the image, and a rehearsal "
        "does not run the image, but what the training toolkit starts; have it started by `--container docker` (or "
        "podman), judge the job with `training-jobs check`, or rehearse it without that setting"
    )
