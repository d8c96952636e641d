"""The AlgorithmSpecification of a request: the image, how it is reached and started, and what is read from its log."""

from typing import Any

from .aws_names import JobNames
from .input_data_request import training_input_mode
from .request_places import training_image_uri
from .request_values import without_none
from .training_image_spec import TrainingImage
from .training_job_spec import TrainingJobSpec


def algorithm_specification(spec: TrainingJobSpec, names: JobNames) -> dict[str, Any]:
    """As the API takes it; what the settings leave out is left out."""
    image = spec.training_image
    return without_none(
        TrainingImage=training_image_uri(spec, names),
        TrainingImageConfig=_image_config(image),
        TrainingInputMode=training_input_mode(spec),
        ContainerEntrypoint=list(image.entrypoint) or None,
        ContainerArguments=list(image.arguments) or None,
        MetricDefinitions=[{"Name": k, "Regex": v} for k, v in sorted(spec.metric_definitions.items())],
        EnableSageMakerMetricsTimeSeries=spec.metrics_time_series,
    )


def _image_config(image: TrainingImage) -> dict[str, Any] | None:
    if image.repository_access_mode is None:
        return None
    arn = image.repository_credentials_provider_arn
    return without_none(
        TrainingRepositoryAccessMode=image.repository_access_mode,
        TrainingRepositoryAuthConfig={"TrainingRepositoryCredentialsProviderArn": arn} if arn else None,
    )
