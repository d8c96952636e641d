"""Where an image is kept, and what a role needs there to pull it."""

from typing import Final

PULL_ACTIONS: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def repository_arn(image: str, partition: str) -> str | None:
    """ARN of the repository in ECR that an image's URI names; None for an image of another registry."""
    registry, _, repository = image.partition("/")
    parts = registry.split(".")
    if parts[1:3] != ["dkr", "ecr"]:
        return None
    name = repository.partition("@")[0].partition(":")[0]
    return f"arn:{partition}:ecr:{parts[3]}:{parts[0]}:repository/{name}"
