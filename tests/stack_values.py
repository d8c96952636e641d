"""The values of the committed stacks, with one thing changed, and what is said of them."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import SettingsError, parse_settings

PROJECT_DIRECTORY = Path(__file__).parents[1]
JOB = "training_jobs/breast-cancer"
STACK_SETTINGS = "bucket, data_buckets, defaults, tags, training_jobs"
JOB_SETTINGS = (
    "accelerator, alarms, channels, checkpoint, data_kms_key_arns, debugger, encrypt_inter_container_traffic, "
    "environment, execution_role_arn, experiment_config, further_schedules, hyperparameters, infra_check, "
    "managed_spot_training, metric_definitions, metrics_time_series, mlflow_config, model_package_config, "
    "network, network_isolation, output, permissions_boundary_arn, profiler, promotion, remote_debug, resources, "
    "retry_strategy, schedule, secrets, session_tag_chaining, source, stopping_condition, tensorboard, tracking, "
    "training_image"
)
TEXT = "text (in quotes, if it looks like a number, true or false)"


def stack_file(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((PROJECT_DIRECTORY / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def values_of(stack: str) -> dict[str, Any]:
    own = "scheduled-training:"
    return {key.removeprefix(own): value for key, value in stack_file(stack).items() if key.startswith(own)}


STAGING, PROD = values_of("staging"), values_of("prod")
ABSENT = object()


def changed(path: str, value: object, base: dict[str, Any] = STAGING) -> dict[str, Any]:
    values = copy.deepcopy(base)
    *parents, last = path.split("/")
    place = values
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return values


def problems(
    values: dict[str, Any], stack: str = "staging", region: str | None = "us-east-1", secret: list[str] | None = None
) -> list[str]:
    """The lines of the message below its first, which has their number."""
    with pytest.raises(SettingsError) as refused:
        parse_settings(values, stack, region, secret)
    head, *lines = str(refused.value).splitlines()
    assert head == f"Pulumi.{stack}.yaml has {len(lines)} problem{'s' if len(lines) > 1 else ''}:"
    return [line.removeprefix("  scheduled-training:") for line in lines]


def problems_of(values: dict[str, Any]) -> list[str]:
    """The same, of values that may be good."""
    try:
        parse_settings(values, "prod", "us-east-1")
    except SettingsError as error:
        return str(error).splitlines()[1:]
    return []


def sub_trees(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from sub_trees(part, (*path, key))
