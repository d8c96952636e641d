"""What the machines of a job are to its other fields."""

from collections.abc import Iterator
from functools import partial

from .fitting import judged
from .shown_names import shown_name
from .training_job_fields import TrainingJobFields


def machine_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Spot machines, warm pools, instance groups and channels that do not go together."""
    rules = (_warm_pool_problems, _preference_problems, _group_problems)
    yield from judged(*(partial(rule, spec) for rule in rules))


def _warm_pool_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Source: SageMaker Developer Guide, "SageMaker AI Managed Warm Pools", considerations."""
    if spec.managed_spot_training and spec.resources.keep_alive_in_seconds:
        yield (
            f"resources.keep_alive_in_seconds: got {spec.resources.keep_alive_in_seconds}; allowed with "
            "managed_spot_training: 0, because spot machines cannot wait in a warm pool; remove one of them"
        )


def _preference_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Source: SageMaker API, ResourceConfig, InstancePreferences."""
    if spec.managed_spot_training and spec.resources.instance_preferences:
        yield (
            "resources.instance_preferences is not allowed with managed_spot_training; name one "
            "resources.instance_type, or train on demand"
        )


def _group_problems(spec: TrainingJobFields) -> Iterator[str]:
    groups = {group.name for group in spec.resources.instance_groups}
    known = ", ".join(map(shown_name, sorted(groups))) or "none, because there are no resources.instance_groups"
    for name, channel in spec.channels.items():
        for place, group in enumerate(channel.instance_group_names):
            if group not in groups:
                at = f"channels.{shown_name(name)}.instance_group_names.{place}"
                yield f"{at}: got {group!r}; allowed: {known}; correct or remove it"
