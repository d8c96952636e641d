"""What SageMaker is asked to train: a validated spec. training_job_request makes the API's request of it.

Limits: SageMaker API, CreateTrainingJob; each is declared once, on the field it limits.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .aws_names import KmsKeyArn
from .channel import Channel
from .image_fit import image_problems
from .instance_types import has_local_storage
from .network_spec import NetworkSpec
from .package_archives import IMAGE_TARGET, channel_names, is_packages_channel
from .promotion_spec import PromotionSpec
from .reserved_names import RESERVED_HYPERPARAMETERS, environment_problems
from .s3_location import S3Prefix
from .script_mode import (
    DEFAULT_METRIC_DEFINITIONS,
    HYPERPARAMETERS_MAX_COUNT,
    EnvironmentVariables,
    Hyperparameters,
    MetricDefinitions,
    hyperparameter_problems,
)
from .source_spec import SHIPPED_CODE, Source
from .tracking_spec import TrackingSpec
from .training_images import SHIPPED_CODE_VERSIONS, ScikitLearnVersion

CHANNELS_MAX_COUNT: Final = 20
CHECKPOINT_LOCAL_PATH: Final = "/opt/ml/checkpoints"
RoleArn = Annotated[str, Field(max_length=2048, pattern=r"^arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9+=,.@_/-]+$")]


class _Spec(BaseModel):
    """Frozen, strict about types, and with no settings it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TrainingImage(_Spec):
    """The container image: AWS's prebuilt scikit-learn image by version, or your own by URI."""

    scikit_learn_version: ScikitLearnVersion | None = None
    """AWS's scikit-learn image; the training code that comes along runs on 1.9-0, code of your own on all of them. This
    or `uri`."""
    uri: (
        Annotated[str, Field(max_length=255, pattern=r"^[^\s/]+(/[^\s:@]+)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$")]
        | None
    ) = None
    """Your own image, with its tag or digest: an image that moves by itself cannot be reproduced. This or
    `scikit_learn_version`. For the training code that comes along it holds Python 3.12 (with `source.packages: pip`
    3.11 or later), scikit-learn 1.9, pandas 2.2, pyarrow 25 and SageMaker's training toolkit."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.scikit_learn_version is None) == (self.uri is None):
            raise ValueError("allowed: either scikit_learn_version (such as 1.9-0) or uri, and not both")
        return self


class Resources(_Spec):
    """The machines of one training job."""

    instance_type: Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
    """SageMaker's name for the kind of machine, such as ml.m5.large."""
    instance_count: Annotated[int, Field(ge=1, le=100)] = 1
    """How many machines; several grow one forest together, with Dask (docs/adr/0018). `maxInstanceCount` of the
    policies caps it."""
    volume_size_in_gb: Annotated[int, Field(ge=1, le=16384)] = 30
    """The storage of each machine."""
    volume_kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for that storage."""


class StoppingCondition(_Spec):
    """When SageMaker stops a job that has not ended by itself."""

    max_runtime_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] = 3600
    """How long it may train."""
    max_wait_time_in_seconds: Annotated[int, Field(ge=1, le=28 * 86400)] | None = None
    """Only with managed spot training: waiting for a machine and training together."""


class Output(_Spec):
    """Where model.tar.gz goes: `<s3_path><training job name>/output/model.tar.gz`."""

    s3_path: S3Prefix
    """The prefix in the bucket that models go below; it ends with `/`."""
    kms_key_arn: KmsKeyArn | None = None
    """A customer-managed key for what the job writes there."""


class Checkpoint(_Spec):
    """Where checkpoints go; each training job gets a prefix of its own below, so that no job reads another's."""

    s3_path: S3Prefix
    """The prefix in the bucket that all checkpoints go below; it ends with `/`."""


class TrainingJobSpec(_Spec):
    """One training job as the stack declares it."""

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
    """Customer-managed keys of objects that the job reads or writes, beside `output.kms_key_arn`: such as the one that
    the bucket encrypts with by itself."""
    source: Annotated[Source, Field(default_factory=dict, validate_default=True)]
    """The training code; absent, the code that comes along."""
    hyperparameters: Hyperparameters = {}
    """The training script's own, by name. Never a secret. Numbers come as the engine reads them (0.10 as 0.1, 1e-3 as
    0.001), in quotes as written; null, lists and mappings as JSON, as script mode reads them."""
    environment: EnvironmentVariables = {}
    """More environment variables for the container, but none that SageMaker, its toolkit or the job itself sets. Never
    a secret: whoever may read the schedule reads them."""
    metric_definitions: MetricDefinitions = DEFAULT_METRIC_DEFINITIONS
    """Name of a metric: the expression that finds its number in the log, in one group; absent, those of `train.py`."""
    network: NetworkSpec | None = None
    """The VPC that the job joins; absent: none. Its subnets are of the stack's own account, or with an
    `execution_role_arn` that may use them shared by another."""
    encrypt_inter_container_traffic: bool = False
    """Whether the machines of one job encrypt what they say to each other."""
    execution_role_arn: RoleArn | None = None
    """An existing role of the stack's account (such as a Studio execution role); absent: the component makes one of
    least privilege."""
    tracking: TrackingSpec
    """The MLflow server, experiment and registered model."""
    promotion: PromotionSpec = PromotionSpec()
    """What a new model version must reach to become `champion`."""
    accelerator: Literal["intelex"] | None = None
    """What grows a random forest instead of plain scikit-learn: `intelex` is scikit-learn-intelex. The model that is
    saved is plain all the same."""

    @property
    def requirements_extras(self) -> tuple[str, ...]:
        """What the job needs beyond its requirements.txt: names of `source_bundle.REQUIREMENTS_EXTRAS`."""
        accelerator = ("accelerator",) if self.accelerator else ()
        return accelerator + (("cluster",) if self.resources.instance_count > 1 else ())

    @model_validator(mode="after")
    def _fields_fit_each_other(self) -> Self:
        problems = [
            *self._spot_problems(),
            *environment_problems(self.environment),
            *self._image_problems(),
            *image_problems(self.resources.instance_type, self.training_image.scikit_learn_version),
            *self._volume_key_problems(),
            *self._accelerator_problems(),
            *hyperparameter_problems(self.hyperparameters),
            *self._overlap_problems(),
            *self._packages_problems(),
            *self._stream_problems(),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _spot_problems(self) -> list[str]:
        runtime, wait = self.stopping_condition.max_runtime_in_seconds, self.stopping_condition.max_wait_time_in_seconds
        if not self.managed_spot_training:
            if wait is not None:
                return ["stopping_condition.max_wait_time_in_seconds is allowed only with managed_spot_training: true"]
            return []
        problems = []
        if self.checkpoint is None:
            problems.append("managed_spot_training needs checkpoint.s3_path, such as checkpoints/")
        if wait is None or wait < runtime:
            got = "not set" if wait is None else f"got {wait}"
            problems.append(
                f"managed_spot_training needs stopping_condition.max_wait_time_in_seconds ({got}) of at least "
                f"max_runtime_in_seconds ({runtime})"
            )
        return problems

    def _image_problems(self) -> list[str]:
        version = self.training_image.scikit_learn_version
        if not version or not self.source.is_shipped or version in SHIPPED_CODE_VERSIONS:
            return []
        return [
            f"training_image.scikit_learn_version: got {version!r}; allowed with source.directory {SHIPPED_CODE}: "
            f"{', '.join(SHIPPED_CODE_VERSIONS)}, because what that code installs needs Python 3.11"
        ]

    def _volume_key_problems(self) -> list[str]:
        if not self.resources.volume_kms_key_arn or not has_local_storage(self.resources.instance_type):
            return []
        return [
            f"resources.volume_kms_key_arn is not allowed with resources.instance_type {self.resources.instance_type}: "
            "its storage is its own and encrypts itself; remove it, or choose a type without local storage"
        ]

    def _accelerator_problems(self) -> list[str]:
        problems = []
        room = HYPERPARAMETERS_MAX_COUNT - len(RESERVED_HYPERPARAMETERS) - 1
        if self.accelerator and len(self.hyperparameters) > room:
            problems.append(
                f"hyperparameters: got {len(self.hyperparameters)}; allowed with accelerator: {room}, because it is "
                "one itself; remove one"
            )
        if self.accelerator and self.resources.instance_count > 1:
            problems.append(
                f"accelerator: got {self.accelerator!r} with resources.instance_count {self.resources.instance_count}; "
                "it works on one machine: set resources.instance_count to 1, or remove accelerator"
            )
        return problems

    def _packages_problems(self) -> list[str]:
        """Archives come by channels of their own, and are compiled for one version of Python."""
        problems = [
            f"channels.{name}: is a name for packages that travel with the job; rename it"
            for name in self.channels
            if is_packages_channel(name) and (self.source.brings_packages or self.source.is_shipped)
        ]
        if not self.source.brings_packages:
            return problems
        room = CHANNELS_MAX_COUNT - len(channel_names(self.requirements_extras))
        if len(self.channels) > room:
            problems.append(
                f"channels: got {len(self.channels)}; allowed with packages that travel with the job: {room}; take "
                "some together, or set source.packages to pip"
            )
        version = self.training_image.scikit_learn_version
        if version and version not in SHIPPED_CODE_VERSIONS and not self.source.is_shipped:
            problems.append(
                f"source.packages: got 'archive'; allowed with training_image.scikit_learn_version {version}: pip, "
                f"because archives are for Python {IMAGE_TARGET.python_version}"
            )
        return problems

    def _stream_problems(self) -> list[str]:
        if not self.source.is_shipped:
            return []
        return [
            f"channels.{name}.input_mode: got 'Pipe'; allowed with source.directory {SHIPPED_CODE}: File, FastFile, "
            "because that code reads files"
            for name, channel in self.channels.items()
            if channel.input_mode == "Pipe"
        ]

    def _overlap_problems(self) -> list[str]:
        """What a job writes under what a job reads would become the next job's data."""
        written = {"output.s3_path": self.output.s3_path, "source.s3_path": self.source.s3_path}
        if self.checkpoint:
            written["checkpoint.s3_path"] = self.checkpoint.s3_path
        if self.tracking.artifact_store:
            written["tracking.artifact_store"] = self.tracking.artifact_store
        return [
            f"{setting} ({location}) lies inside channels.{name}.{place} ({read}): jobs would read what jobs have "
            "written; choose a prefix outside every channel"
            for setting, location in written.items()
            for name, channel in self.channels.items()
            for place in ("s3_object", "s3_path")
            if (read := getattr(channel, place)) and location.startswith(read)
        ]
