"""The fields of a training job, each by itself. training_job_spec sees that they fit each other.

Limits: SageMaker API, CreateTrainingJob; each is declared once, on the field it limits.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from .aws_names import KmsKeyArn
from .channel import Channel
from .network_spec import NetworkSpec
from .output_spec import Checkpoint, Output
from .promotion_spec import PromotionSpec
from .resources_spec import Resources, StoppingCondition
from .script_mode import DEFAULT_METRIC_DEFINITIONS, EnvironmentVariables, Hyperparameters, MetricDefinitions
from .source_spec import Source
from .tracking_spec import TrackingSpec
from .training_image_spec import TrainingImage

CHANNELS_MAX_COUNT: Final = 20
RoleArn = Annotated[str, Field(max_length=2048, pattern=r"^arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9+=,.@_/-]+$")]


class TrainingJobFields(BaseModel):
    """One training job as the stack declares it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    training_image: TrainingImage
    """The container image."""
    resources: Resources
    """The machines that train."""
    stopping_condition: StoppingCondition = StoppingCondition()
    """How long the job may train and wait."""
    managed_spot_training: bool = False
    """Whether to train on spare machines, for less; needs `checkpoint` and `max_wait_time_in_seconds`."""
    checkpoint: Checkpoint | None = None
    """Where checkpoints go, from which an interrupted job goes on."""
    channels: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")], Channel],
        Field(min_length=1, max_length=CHANNELS_MAX_COUNT),
    ]
    """The input data, by the channel's name: `training`, and `validation` where you have it."""
    output: Output
    """Where the model goes."""
    data_kms_key_arns: Annotated[tuple[KmsKeyArn, ...], Field(max_length=10, strict=False)] = ()
    """Customer-managed keys of objects that the job reads or writes, beside `output.kms_key_arn`: a bucket's own."""
    source: Annotated[Source, Field(default_factory=dict, validate_default=True)]
    """The training code; absent, the code that comes along."""
    hyperparameters: Hyperparameters = {}
    """The training script's own, by name: text, numbers, true or false. Never a secret."""
    environment: EnvironmentVariables = {}
    """More environment variables for the container. Never a secret: whoever may read the schedule reads them."""
    metric_definitions: MetricDefinitions = DEFAULT_METRIC_DEFINITIONS
    """Name of a metric: the expression that finds its number in the log, in one group; absent, those of `train.py`."""
    metrics_time_series: bool | None = None
    """Whether SageMaker keeps the metrics as a time series; absent: as it decides, which is true where metrics are
    defined."""
    network: NetworkSpec | None = None
    """The VPC that the job joins; absent: none."""
    encrypt_inter_container_traffic: bool = False
    """Whether the machines of one job encrypt what they say to each other."""
    execution_role_arn: RoleArn | None = None
    """An existing role (such as a Studio execution role); absent: the component makes one of least privilege."""
    tracking: TrackingSpec
    """The MLflow server, experiment and registered model."""
    promotion: PromotionSpec = PromotionSpec()
    """What a new model version must reach to become `champion`."""
    accelerator: Literal["intelex"] | None = None
    """What grows a random forest instead of plain scikit-learn; the model that is saved is plain all the same."""

    @property
    def requirements_extras(self) -> tuple[str, ...]:
        """What the job needs beyond its requirements.txt: names of `source_bundle.REQUIREMENTS_EXTRAS`."""
        accelerator = ("accelerator",) if self.accelerator else ()
        return accelerator + (("cluster",) if self.resources.instance_count > 1 else ())
