"""What a rehearsal cannot have of a request's image, unless Docker or Podman starts it: a start of its own."""

from rehearsal.container.files import Request
from rehearsal.errors import ContainerError


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
                "rehearsal does not run the image, but what the training toolkit starts; have it started by "
                "`--container docker` (or podman), judge the job with `training-jobs check`, or rehearse it without "
                "that setting"
            )
