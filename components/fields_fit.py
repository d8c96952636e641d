"""What the fields of one job are to each other: values that are each allowed, and together are not."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from .alarms_fit import alarm_problems
from .attributes_fit import attribute_problems
from .channel import Channel
from .dated_channels import start_problems, variable_problems
from .dated_paths import may_begin_with
from .fitting import judged
from .image_code_fit import image_code_problems, registry_problems
from .image_fit import image_problems
from .instance_types import has_local_storage
from .isolation_fit import isolation_problems
from .local_paths_fit import local_path_problems
from .machines_fit import machine_problems
from .package_archives import channel_names, is_packages_channel
from .reserved_names import RESERVED_ENVIRONMENT, RESERVED_HYPERPARAMETERS, environment_problems
from .script_mode import ENVIRONMENT_MAX_COUNT, HYPERPARAMETERS_MAX_COUNT, hyperparameter_problems
from .secrets_spec import secret_problems
from .shipped_code import SHIPPED_CODE
from .tracking_mode import untracked_problems
from .training_job_fields import CHANNELS_MAX_COUNT, TrainingJobFields
from .written_places import WRITTEN_PLACES, Places

_READ_PLACES: Final = ("s3_object", "s3_path")


def misfits(spec: TrainingJobFields) -> Iterator[str]:
    """All that is wrong, a sentence each that begins with its setting."""
    yield from judged(*(partial(rule, spec) for rule in _RULES))


def _checkpoint_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.managed_spot_training and spec.checkpoint is None:
        yield "managed_spot_training needs checkpoint.s3_path, such as checkpoints/"


def _wait_problems(spec: TrainingJobFields) -> Iterator[str]:
    wait = spec.stopping_condition.max_wait_time_in_seconds
    if not spec.managed_spot_training:
        if wait is not None:
            yield "stopping_condition.max_wait_time_in_seconds is allowed only with managed_spot_training: true"
    elif wait is None or wait < spec.stopping_condition.max_runtime_in_seconds:
        got = "not set" if wait is None else f"got {wait}"
        yield (
            f"managed_spot_training needs stopping_condition.max_wait_time_in_seconds ({got}) of at least "
            f"max_runtime_in_seconds ({spec.stopping_condition.max_runtime_in_seconds})"
        )


def _secret_name_problems(spec: TrainingJobFields) -> Iterator[str]:
    yield from environment_problems(spec.secrets, "secrets")
    yield from secret_problems(spec.secrets, spec.environment)


def _variable_count_problems(spec: TrainingJobFields) -> Iterator[str]:
    room, got = ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT), len(spec.environment) + len(spec.secrets)
    if got > room >= len(spec.environment):
        yield (
            f"secrets: got {len(spec.secrets)} beside {len(spec.environment)} variables of environment; allowed: "
            f"{room} of both, because each is a variable of the container; remove some"
        )


def _volume_key_problems(spec: TrainingJobFields) -> Iterator[str]:
    if not spec.resources.volume_kms_key_arn:
        return
    for place, instance_type in spec.resources.types_by_setting.items():
        if has_local_storage(instance_type):
            yield (
                f"resources.volume_kms_key_arn is not allowed with resources.{place} {instance_type}: "
                "its storage is its own and encrypts itself; remove it, or choose a type without local storage"
            )


def _accelerator_count_problems(spec: TrainingJobFields) -> Iterator[str]:
    room = HYPERPARAMETERS_MAX_COUNT - len(RESERVED_HYPERPARAMETERS) - 1
    if spec.accelerator and len(spec.hyperparameters) > room:
        yield (
            f"hyperparameters: got {len(spec.hyperparameters)}; allowed with accelerator: {room}, because it is "
            "one itself; remove one"
        )


def _accelerator_machine_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.accelerator and spec.resources.machine_count > 1:
        counted = spec.resources.count_setting
        cure = "set resources.instance_count to 1" if counted == "instance_count" else "ask for one"
        yield (
            f"accelerator: got {spec.accelerator!r} with resources.{counted} {spec.resources.machine_count}; "
            f"it works on one machine: {cure}, or remove accelerator"
        )


def _packages_name_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Archives come by channels of their own."""
    for name in spec.channels:
        if is_packages_channel(name) and (spec.source.brings_packages or spec.source.is_shipped):
            yield f"channels.{name}: is a name for packages that travel with the job; rename it"


def _packages_count_problems(spec: TrainingJobFields) -> Iterator[str]:
    if not spec.source.brings_packages:
        return
    room = CHANNELS_MAX_COUNT - len(channel_names(spec.requirements_extras))
    if len(spec.channels) > room:
        yield (
            f"channels: got {len(spec.channels)}; allowed with packages that travel with the job: {room}; take "
            "some together, or set source.packages to pip"
        )


def _stream_problems(spec: TrainingJobFields) -> Iterator[str]:
    if not spec.source.is_shipped:
        return
    for name, channel in spec.channels.items():
        if channel.input_mode == "Pipe":
            yield (
                f"channels.{name}.input_mode: got 'Pipe'; allowed with source.directory {SHIPPED_CODE}: File, "
                "FastFile, because that code reads files"
            )


def _file_system_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Source: SageMaker Developer Guide, "Give SageMaker training jobs access to resources in your Amazon VPC"."""
    if spec.network:
        return
    for name, channel in spec.channels.items():
        if channel.file_system:
            yield (
                f"channels.{name}.file_system: got {channel.file_system}; allowed with network: a file system is "
                "mounted from inside its VPC, through its mount targets; set network.subnets and "
                "network.security_group_ids"
            )


def _overlap_problems(spec: TrainingJobFields) -> Iterator[str]:
    """What a job writes under what a job reads would become the next job's data."""
    yield from judged(*(partial(_written_inside_channels, spec, places_of) for places_of in WRITTEN_PLACES))


def _written_inside_channels(
    spec: TrainingJobFields, places_of: Callable[[TrainingJobFields], Places]
) -> Iterator[str]:
    written = places_of(spec)
    for name, channel in spec.channels.items():
        yield from judged(*(partial(_inside, written, f"channels.{name}", channel, place) for place in _READ_PLACES))


def _inside(written: Places, holder: str, channel: Channel, place: str) -> Iterator[str]:
    if (read := getattr(channel, place)) is None:
        return
    for setting, location in written.items():
        if may_begin_with(location, read):
            yield (
                f"{setting} ({location}) lies inside {holder}.{place} ({read}): jobs would read what jobs have "
                "written; choose a prefix outside every channel"
            )


def _untracked_problems(spec: TrainingJobFields) -> Iterator[str]:
    if spec.tracking is None:
        yield from untracked_problems(spec.promotion, spec.output.s3_path, is_shipped=spec.source.is_shipped)


_RULES: Final[tuple[Callable[[TrainingJobFields], Iterable[str]], ...]] = (
    _checkpoint_problems,
    _wait_problems,
    machine_problems,
    lambda spec: environment_problems(spec.environment),
    _secret_name_problems,
    _variable_count_problems,
    isolation_problems,
    local_path_problems,
    lambda spec: image_code_problems(spec.training_image, spec.source),
    lambda spec: registry_problems(spec.training_image, spec.network),
    lambda spec: image_problems(spec.resources.types_by_setting, spec.training_image),
    _volume_key_problems,
    _accelerator_count_problems,
    _accelerator_machine_problems,
    lambda spec: hyperparameter_problems(spec.hyperparameters),
    _overlap_problems,
    _packages_name_problems,
    _packages_count_problems,
    _stream_problems,
    variable_problems,
    start_problems,
    attribute_problems,
    _file_system_problems,
    alarm_problems,
    _untracked_problems,
)
"""Each is judged by itself; their order is that of the message."""
