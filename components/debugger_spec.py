"""What SageMaker Debugger saves of a training job and judges, what goes to TensorBoard, and how machines are profiled.

Limits: SageMaker API, DebugHookConfig, DebugRuleConfiguration, TensorBoardOutputConfig, ProfilerConfig and
ProfilerRuleConfiguration; each is declared once, on the field or type it limits.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .container_paths import ContainerPath
from .ecr_images import ecr_fault, ecr_repository
from .fitting import FittingModel
from .instance_groups_spec import InstanceType
from .s3_location import S3Prefix

HOOK_LOCAL_PATH: Final = "/opt/ml/output/tensors"
TENSORBOARD_LOCAL_PATH: Final = "/opt/ml/output/tensorboard"
PROFILING_INTERVALS: Final = (100, 200, 500, 1000, 5000, 60000)
"""Source: SageMaker API, ProfilerConfig, ProfilingIntervalInMilliseconds."""

_LINE: Final = r"^[^\n\r\u0085\u2028\u2029]*$"
Name = Annotated[str, Field(min_length=1, max_length=256, pattern=_LINE)]
Parameters = dict[Name, Annotated[str, Field(max_length=256, pattern=_LINE)]]


def _check_image(uri: str) -> str:
    if fault := ecr_fault(uri):
        raise ValueError(fault)
    if ecr_repository(uri) is None:
        raise ValueError("allowed: an image in Amazon ECR, from where SageMaker pulls those that judge a job")
    return uri


EvaluatorImage = Annotated[
    str,
    Field(max_length=255, pattern=r"^[^\s/]+(/[^\s:@]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$"),
    AfterValidator(_check_image),
]
"""Source: SageMaker API, DebugRuleConfiguration, RuleEvaluatorImage."""


def _check_interval(milliseconds: int) -> int:
    if milliseconds not in PROFILING_INTERVALS:
        raise ValueError(f"allowed: {', '.join(map(str, PROFILING_INTERVALS))}")
    return milliseconds


class WatchingRule(BaseModel):
    """A rule that a processing job of its own judges while the job trains."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    image: EvaluatorImage
    """The image that judges: AWS's own of the region, or yours."""
    parameters: Annotated[Parameters, Field(max_length=100)] = {}
    """What the image is told, such as rule_to_invoke."""
    instance_type: InstanceType | None = None
    """The machine of a rule of your own; AWS's rules need none."""
    volume_size_in_gb: Annotated[int, Field(ge=1, le=16384)] | None = None
    """The storage of that machine."""
    s3_path: S3Prefix | None = None
    """The prefix in the bucket that the rule's output goes below; it ends with `/`."""


Rules = Annotated[dict[Name, WatchingRule], Field(max_length=20)]


class Debugger(BaseModel):
    """Tensors that a script saves with smdebug, and rules that judge them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that tensors go below; it ends with `/`."""
    local_path: ContainerPath = HOOK_LOCAL_PATH
    """The directory of the container that the script saves them in."""
    hook_parameters: Annotated[Parameters, Field(max_length=20)] = {}
    """What smdebug's hook is told, such as save_interval."""
    collections: Annotated[dict[Name, Annotated[Parameters, Field(max_length=20)]], Field(max_length=20)] = {}
    """Which tensors, by the collection's name, each with its parameters."""
    rules: Rules = {}
    """What judges them, by the rule's name."""


class TensorBoard(BaseModel):
    """What a script writes for TensorBoard."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    s3_path: S3Prefix
    """The prefix in the bucket that it goes below; it ends with `/`."""
    local_path: ContainerPath = TENSORBOARD_LOCAL_PATH
    """The directory of the container that the script writes it to."""


class Profiler(FittingModel):
    """How SageMaker watches the machines; `disabled` alone turns it off."""

    disabled: bool = False
    """Whether nothing is watched at all."""
    s3_path: S3Prefix | None = None
    """The prefix in the bucket that measurements go below; it ends with `/`."""
    interval_in_milliseconds: Annotated[int, AfterValidator(_check_interval)] | None = None
    """How often machines are measured: 100, 200, 500, 1000, 5000 or 60000; absent: as SageMaker does."""
    parameters: Annotated[Parameters, Field(max_length=20)] = Field(default={})
    """What is measured of the framework, as JSON texts by SageMaker's names, such as DetailedProfilingConfig."""
    rules: Rules = Field(default={})
    """What judges the measurements, by the rule's name."""

    def misfits(self) -> Iterator[str]:
        """Measurements without a place, or a place for none."""
        others = [name for name in type(self).model_fields if name != "disabled" and getattr(self, name)]
        if self.disabled and others:
            yield f"disabled: got true with {', '.join(others)}; allowed: either; remove one"
        if not self.disabled and self.s3_path is None:
            yield "s3_path: not set; allowed: a prefix such as profiles/, or disabled: true"
