"""What a rehearsal cannot have of a request's image: the image itself, and a start that is not the toolkit's."""

from components.package_archives import OF_IMAGE_LOCK
from components.training_images import framework_image
from rehearsal.errors import ContainerError
from rehearsal.running.container_files import Request


def require_usual_start(request: Request) -> None:
    """See that the image is started as SageMaker starts one by itself, with `train`.

    Raises:
        ContainerError: it has an entrypoint or arguments, whose program is in the image, which is not here.
    """
    algorithm = request["AlgorithmSpecification"]
    for member, setting in (("ContainerEntrypoint", "entrypoint"), ("ContainerArguments", "arguments")):
        if algorithm.get(member):
            raise ContainerError(
                f"{member} of the request (training_image.{setting}) starts a program inside the image, and a "
                "rehearsal does not run the image, but what the training toolkit starts; judge the job with "
                "`training-jobs check`, or rehearse it without that setting"
            )


def image_difference(request: Request) -> str:
    """Which packages stand in for another image's than AWS's scikit-learn image; "" for that one."""
    known = framework_image(*OF_IMAGE_LOCK)
    assert known is not None  # noqa: S101 - the table has the image whose packages are known
    image = str(request["AlgorithmSpecification"].get("TrainingImage", ""))
    stand_in = f"{known.repository}:{known.tags['cpu']}"
    if not image or image.endswith(f"/{stand_in}"):
        return ""
    return f"the packages of {stand_in} stand in for those of the image {image.partition('/')[2]}, which is not run"
