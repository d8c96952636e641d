"""What the fields of one job are to each other: values that are each allowed, and together are not."""

from collections.abc import Iterator

from .alarms_fit import alarm_problems
from .attributes_fit import attribute_problems
from .dated_channels import start_problems, variable_problems
from .dated_paths import may_begin_with
from .image_code_fit import image_code_problems
from .image_fit import image_problems
from .instance_types import has_local_storage
from .isolation_fit import isolation_problems
from .local_paths_fit import local_path_problems, written_prefixes
from .machines_fit import machine_problems
from .package_archives import channel_names, is_packages_channel
from .reserved_names import RESERVED_ENVIRONMENT, RESERVED_HYPERPARAMETERS, environment_problems
from .script_mode import ENVIRONMENT_MAX_COUNT, HYPERPARAMETERS_MAX_COUNT, hyperparameter_problems
from .secrets_spec import secret_problems
from .shipped_code import SHIPPED_CODE
from .tracking_mode import untracked_problems
from .training_job_fields import CHANNELS_MAX_COUNT, TrainingJobFields


def misfits(spec: TrainingJobFields) -> Iterator[str]:
    """All that is wrong, a sentence each that begins with its setting."""
    yield from _spot_problems(spec)
    yield from machine_problems(spec)
    yield from environment_problems(spec.environment)
    yield from _secret_problems(spec)
    yield from isolation_problems(spec)
    yield from local_path_problems(spec)
    yield from image_code_problems(spec.training_image, spec.source, spec.network)
    yield from image_problems(spec.resources.instance_types, spec.training_image)
    yield from _volume_key_problems(spec)
    yield from _accelerator_problems(spec)
    yield from hyperparameter_problems(spec.hyperparameters)
    yield from _overlap_problems(spec)
    yield from _packages_problems(spec)
    yield from _stream_problems(spec)
    yield from variable_problems(spec)
    yield from start_problems(spec)
    yield from attribute_problems(spec)
    yield from _file_system_problems(spec)
    yield from alarm_problems(spec)
    if spec.tracking is None:
        yield from untracked_problems(spec.promotion, spec.output.s3_path, is_shipped=spec.source.is_shipped)


def _spot_problems(spec: TrainingJobFields) -> list[str]:
    runtime, wait = spec.stopping_condition.max_runtime_in_seconds, spec.stopping_condition.max_wait_time_in_seconds
    if not spec.managed_spot_training:
        if wait is not None:
            return ["stopping_condition.max_wait_time_in_seconds is allowed only with managed_spot_training: true"]
        return []
    problems = []
    if spec.checkpoint is None:
        problems.append("managed_spot_training needs checkpoint.s3_path, such as checkpoints/")
    if wait is None or wait < runtime:
        got = "not set" if wait is None else f"got {wait}"
        problems.append(
            f"managed_spot_training needs stopping_condition.max_wait_time_in_seconds ({got}) of at least "
            f"max_runtime_in_seconds ({runtime})"
        )
    return problems


def _secret_problems(spec: TrainingJobFields) -> Iterator[str]:
    yield from environment_problems(spec.secrets, "secrets")
    yield from secret_problems(spec.secrets, spec.environment)
    room, got = ENVIRONMENT_MAX_COUNT - len(RESERVED_ENVIRONMENT), len(spec.environment) + len(spec.secrets)
    if got > room >= len(spec.environment):
        yield (
            f"secrets: got {len(spec.secrets)} beside {len(spec.environment)} variables of environment; allowed: "
            f"{room} of both, because each is a variable of the container; remove some"
        )


def _volume_key_problems(spec: TrainingJobFields) -> list[str]:
    if not spec.resources.volume_kms_key_arn:
        return []
    return [
        f"resources.volume_kms_key_arn is not allowed with resources.instance_type {instance_type}: "
        "its storage is its own and encrypts itself; remove it, or choose a type without local storage"
        for instance_type in spec.resources.instance_types
        if has_local_storage(instance_type)
    ]


def _accelerator_problems(spec: TrainingJobFields) -> list[str]:
    problems = []
    room = HYPERPARAMETERS_MAX_COUNT - len(RESERVED_HYPERPARAMETERS) - 1
    if spec.accelerator and len(spec.hyperparameters) > room:
        problems.append(
            f"hyperparameters: got {len(spec.hyperparameters)}; allowed with accelerator: {room}, because it is "
            "one itself; remove one"
        )
    if spec.accelerator and spec.resources.machine_count > 1:
        counted = "instance_groups" if spec.resources.instance_groups else "instance_count"
        problems.append(
            f"accelerator: got {spec.accelerator!r} with resources.{counted} {spec.resources.machine_count}; "
            "it works on one machine: set resources.instance_count to 1, or remove accelerator"
        )
    return problems


def _packages_problems(spec: TrainingJobFields) -> list[str]:
    """Archives come by channels of their own."""
    problems = [
        f"channels.{name}: is a name for packages that travel with the job; rename it"
        for name in spec.channels
        if is_packages_channel(name) and (spec.source.brings_packages or spec.source.is_shipped)
    ]
    if not spec.source.brings_packages:
        return problems
    room = CHANNELS_MAX_COUNT - len(channel_names(spec.requirements_extras))
    if len(spec.channels) > room:
        problems.append(
            f"channels: got {len(spec.channels)}; allowed with packages that travel with the job: {room}; take "
            "some together, or set source.packages to pip"
        )
    return problems


def _stream_problems(spec: TrainingJobFields) -> list[str]:
    if not spec.source.is_shipped:
        return []
    return [
        f"channels.{name}.input_mode: got 'Pipe'; allowed with source.directory {SHIPPED_CODE}: File, FastFile, "
        "because that code reads files"
        for name, channel in spec.channels.items()
        if channel.input_mode == "Pipe"
    ]


def _file_system_problems(spec: TrainingJobFields) -> list[str]:
    """Source: SageMaker Developer Guide, "Give SageMaker training jobs access to resources in your Amazon VPC"."""
    if spec.network:
        return []
    return [
        f"channels.{name}.file_system: got {channel.file_system}; allowed with network: a file system is mounted from "
        "inside its VPC, through its mount targets; set network.subnets and network.security_group_ids"
        for name, channel in spec.channels.items()
        if channel.file_system
    ]


def _overlap_problems(spec: TrainingJobFields) -> list[str]:
    """What a job writes under what a job reads would become the next job's data."""
    written = {"output.s3_path": spec.output.s3_path, "source.s3_path": spec.source.s3_path} | written_prefixes(spec)
    if spec.checkpoint:
        written["checkpoint.s3_path"] = spec.checkpoint.s3_path
    if spec.tracking and spec.tracking.artifact_store:
        written["tracking.artifact_store"] = spec.tracking.artifact_store
    return [
        f"{setting} ({location}) lies inside channels.{name}.{place} ({read}): jobs would read what jobs have "
        "written; choose a prefix outside every channel"
        for setting, location in written.items()
        for name, channel in spec.channels.items()
        for place in ("s3_object", "s3_path")
        if (read := getattr(channel, place)) and may_begin_with(location, read)
    ]
