"""Which container image a job runs in."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .training_images import ScikitLearnVersion


class TrainingImage(BaseModel):
    """The container image: AWS's prebuilt scikit-learn image by version, or your own by URI."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    scikit_learn_version: ScikitLearnVersion | None = None
    """AWS's scikit-learn image; the training code here runs on 1.9-0."""
    uri: (
        Annotated[str, Field(max_length=255, pattern=r"^[^\s/]+(/[^\s:@]+)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$")]
        | None
    ) = None
    """Your own image, with its tag or digest: an image that moves by itself cannot be reproduced."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.scikit_learn_version is None) == (self.uri is None):
            raise ValueError("allowed: either scikit_learn_version (such as 1.9-0) or uri, and not both")
        return self
