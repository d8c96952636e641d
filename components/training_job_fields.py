"""The fields of a training job, each by itself. training_job_spec sees that they fit each other.

Limits: SageMaker API, CreateTrainingJob; each is declared once, on the field it limits.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from .alarm_spec import Alarms
from .aws_names import KmsKeyArn
from .channel import Channel, ChannelName
from .debugger_spec import Debugger, Profiler, TensorBoard
from .job_options_spec import ExperimentConfig, MlflowConfig, ModelPackageConfig, RetryStrategy
from .network_spec import NetworkSpec
from .output_spec import Checkpoint, Output
from .promotion_spec import PromotionSpec
from .resources_spec import Resources, StoppingCondition
from .script_mode import DEFAULT_METRIC_DEFINITIONS, EnvironmentVariables, Hyperparameters, MetricDefinitions
from .secrets_spec import Secrets
from .source_bundle import START
from .source_spec import Source
from .tracking_mode import Tracking
from .training_image_spec import TrainingImage

CHANNELS_MAX_COUNT: Final = 20
PolicyArn = Annotated[
    str, Field(max_length=2048, pattern=r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$")
]
RoleArn = Annotated[str, Field(max_length=2048, pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$")]


class TrainingJobFields(BaseModel):
    """One training job as the stack declares it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    training_image: TrainingImage
    """The container image."""
    resources: Resources
    """The machines that train."""
    stopping_condition: StoppingCondition = StoppingCondition()
    """How long the job may train and wait."""
    retry_strategy: RetryStrategy | None = None
    """How often SageMaker tries again after an error of its own; absent: not at all."""
    managed_spot_training: bool = False
    """Whether to train on spare machines, for less; needs `checkpoint` and `max_wait_time_in_seconds`."""
    checkpoint: Checkpoint | None = None
    """Where checkpoints go, from which an interrupted job goes on."""
    channels: Annotated[
        dict[ChannelName, Channel],
        Field(min_length=1, max_length=CHANNELS_MAX_COUNT),
    ]
    """The input data, by the channel's name: `training`, and `validation` where you have it."""
    output: Output
    """Where the model goes."""
    data_kms_key_arns: Annotated[tuple[KmsKeyArn, ...], Field(max_length=10, strict=False)] = ()
    """Customer-managed keys of objects that the job reads or writes, beside `output.kms_key_arn`: such as the one that
    the bucket encrypts with by itself."""
    source: Annotated[Source, Field(default_factory=dict, validate_default=True)]
    """The training code; absent, the code that comes along."""
    hyperparameters: Hyperparameters = {}
    """The training script's own, by name. Never a secret. Numbers and dates come as the engine reads them (0.10 as 0.1,
    1e-3 as 0.001, 010 as 8, 2026-01-31 with a time of day), in quotes as written; null, lists and mappings as JSON, as
    script mode reads them."""
    environment: EnvironmentVariables = {}
    """More environment variables for the container, but none that SageMaker, its toolkit or the job itself sets. Never
    a secret: whoever may read the schedule reads them."""
    secrets: Secrets = {}
    """Secrets that the script reads by itself, by the name of the variable that holds its ARN."""
    metric_definitions: MetricDefinitions = DEFAULT_METRIC_DEFINITIONS
    """Name of a metric: the expression that finds its number in the log, in its first group; absent, those of
    `train.py`."""
    metrics_time_series: bool | None = None
    """Whether SageMaker keeps the metrics as a time series; absent: as it decides, which is true where metrics are
    defined."""
    network: NetworkSpec | None = None
    """The VPC that the job joins; absent: none. Its subnets are of the stack's own account, or with an
    `execution_role_arn` that may use them shared by another."""
    network_isolation: bool = False
    """Whether the container is cut off from every network; SageMaker still brings data and takes the model."""
    encrypt_inter_container_traffic: bool = False
    """Whether the machines of one job encrypt what they say to each other."""
    execution_role_arn: RoleArn | None = None
    """An existing role of the stack's account (such as a Studio execution role); absent: the component makes one of
    least privilege."""
    permissions_boundary_arn: PolicyArn | None = None
    """A managed policy that the roles made here cannot go beyond, whatever their own policies allow (docs/delivery.md);
    absent: none."""
    tracking: Tracking
    """The MLflow server, experiment and registered model; or `none`: the model goes to S3, and nothing is recorded."""
    promotion: PromotionSpec = PromotionSpec()
    """What a new model version must reach to become `champion`."""
    alarms: Alarms | None = None
    """Who hears when the job fails, is missing or grows worse; absent: nobody, and nothing is made for it
    (docs/alarms.md)."""
    debugger: Debugger | None = None
    """What SageMaker Debugger saves and judges; absent: nothing."""
    tensorboard: TensorBoard | None = None
    """Where what the script writes for TensorBoard goes; absent: nowhere."""
    profiler: Profiler | None = None
    """How SageMaker watches the machines; absent: as SageMaker does by itself."""
    remote_debug: bool = False
    """Whether people may open a shell in the container, by AWS Systems Manager."""
    infra_check: bool = False
    """Whether SageMaker checks the machines' hardware and network before it trains."""
    session_tag_chaining: bool = False
    """Whether SageMaker hands session tags of the caller on to the execution role; EventBridge Scheduler has none."""
    experiment_config: ExperimentConfig | None = None
    """A SageMaker experiment that the job is recorded in, beside MLflow's."""
    mlflow_config: MlflowConfig | None = None
    """What SageMaker itself is told of managed MLflow; the script is told by `tracking`."""
    model_package_config: ModelPackageConfig | None = None
    """The model package group that SageMaker puts the job's output into."""
    accelerator: Literal["intelex"] | None = None
    """What grows a random forest instead of plain scikit-learn: `intelex` is scikit-learn-intelex. The model that is
    saved is plain all the same."""

    @property
    def dated_channels(self) -> dict[str, Channel]:
        """The channels that the job fetches itself, by name, in their order."""
        return {name: channel for name, channel in sorted(self.channels.items()) if channel.has_dates}

    @property
    def program(self) -> str:
        """What the toolkit starts: the entry point, or what puts its packages and its dated data in place before."""
        is_prepared = self.source.brings_packages or bool(self.dated_channels)
        return START if is_prepared and not self.source.is_shipped else self.source.entry_point

    @property
    def requirements_extras(self) -> tuple[str, ...]:
        """What the job needs beyond its requirements.txt: names of `source_bundle.REQUIREMENTS_EXTRAS`."""
        accelerator = ("accelerator",) if self.accelerator else ()
        return accelerator + (("cluster",) if self.resources.machine_count > 1 else ())
