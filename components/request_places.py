"""What of a job follows from its spec and names alone: its image, role, and where its bundle and checkpoints are."""

from .aws_names import JobNames
from .image_fit import processor_for
from .schedule_input import EXECUTION_ID
from .source_bundle import SourceBundle
from .tracking_mode import deliveries_prefix
from .training_job_spec import TrainingJobSpec


def training_image_uri(spec: TrainingJobSpec, names: JobNames) -> str:
    """URI of the image that the job runs in."""
    image = spec.training_image
    if image.uri is not None:
        return image.uri
    published, processor = image.published, processor_for(spec.resources.instance_types[0])
    assert published is not None  # noqa: S101 - TrainingImage allows exactly one of the ways to name an image
    assert processor is not None  # noqa: S101 - image_problems refuses a machine that the image is not for
    return published.uri(names.scope.region, processor)


def source_bundle_prefix(spec: TrainingJobSpec, names: JobNames) -> str:
    """Below which all of this job's bundles are, past ones included."""
    return f"{spec.source.s3_path}{names.prefix}/"


def source_bundle_uri(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> str:
    """Where the bundle is in S3: content-addressed, so that a bundle never changes under a running job."""
    return f"{source_bundle_prefix(spec, names)}{bundle.digest}/sourcedir.tar.gz"


def checkpoint_uri(spec: TrainingJobSpec, names: JobNames) -> str | None:
    """Where one training job's checkpoints are: restarts of a spot job share it, other jobs do not."""
    return f"{spec.checkpoint.s3_path}{names.prefix}/{EXECUTION_ID}/" if spec.checkpoint else None


def deliveries_uri(spec: TrainingJobSpec, names: JobNames) -> str | None:
    """Where our own code leaves word of what it delivered, one object for each invocation, where no MLflow knows.

    None where it cannot: an isolated container reaches no S3.
    """
    if spec.tracking is not None or not spec.source.is_shipped or spec.network_isolation:
        return None
    return deliveries_prefix(spec.output.s3_path, names.prefix)


def execution_role_arn(spec: TrainingJobSpec, names: JobNames) -> str:
    """The existing role that the spec names, else the component's own."""
    return spec.execution_role_arn or names.execution_role_arn
