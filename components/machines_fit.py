"""What the machines of a job are to its other fields."""

from collections.abc import Iterator

from .training_job_fields import TrainingJobFields


def machine_problems(spec: TrainingJobFields) -> Iterator[str]:
    """Spot machines, warm pools, instance groups and channels that do not go together."""
    resources = spec.resources
    if spec.managed_spot_training:
        if resources.keep_alive_in_seconds:
            # Source: SageMaker Developer Guide, "SageMaker AI Managed Warm Pools", considerations.
            yield (
                f"resources.keep_alive_in_seconds: got {resources.keep_alive_in_seconds}; allowed with "
                "managed_spot_training: 0, because spot machines cannot wait in a warm pool; remove one of them"
            )
        if resources.instance_preferences:
            # Source: SageMaker API, ResourceConfig, InstancePreferences.
            yield (
                "resources.instance_preferences is not allowed with managed_spot_training; name one "
                "resources.instance_type, or train on demand"
            )
    groups = {group.name for group in resources.instance_groups}
    for name, channel in sorted(spec.channels.items()):
        for unknown in sorted(set(channel.instance_group_names) - groups):
            known = ", ".join(sorted(groups)) or "none, because there are no resources.instance_groups"
            yield f"channels.{name}.instance_group_names: got {unknown!r}; allowed: {known}; correct or remove it"
