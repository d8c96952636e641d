"""A request's ResourceConfig and StoppingCondition."""

from typing import Any

from .request_values import without_none
from .resources_spec import Resources, StoppingCondition


def resource_config(resources: Resources) -> dict[str, Any]:
    """The machines: of one type, in groups, or of the first of several types."""
    groups, preferences = resources.instance_groups, resources.instance_preferences
    counted_each = groups or any(each.instance_count for each in preferences)
    placement = resources.instance_placement
    return without_none(
        InstanceType=resources.instance_type,
        InstanceCount=None if counted_each else resources.instance_count,
        InstanceGroups=[
            {
                "InstanceGroupName": group.name,
                "InstanceType": group.instance_type,
                "InstanceCount": group.instance_count,
            }
            for group in groups
        ]
        or None,
        InstancePreferences=[
            without_none(
                InstanceType=each.instance_type,
                InstanceCount=each.instance_count,
                TrainingPlanArns=[each.training_plan_arn] if each.training_plan_arn else None,
            )
            for each in preferences
        ]
        or None,
        VolumeSizeInGB=resources.volume_size_in_gb,
        VolumeKmsKeyId=resources.volume_kms_key_arn,
        KeepAlivePeriodInSeconds=resources.keep_alive_in_seconds,
        TrainingPlanArn=resources.training_plan_arn,
        InstancePlacementConfig=placement
        and without_none(
            EnableMultipleJobs=placement.enable_multiple_jobs,
            PlacementSpecifications=[
                without_none(UltraServerId=each.ultra_server_id, InstanceCount=each.instance_count)
                for each in placement.placements
            ]
            or None,
        ),
    )


def stopping_condition(stopping: StoppingCondition) -> dict[str, int]:
    """How long the job may train, and wait."""
    return without_none(
        MaxRuntimeInSeconds=stopping.max_runtime_in_seconds,
        MaxWaitTimeInSeconds=stopping.max_wait_time_in_seconds,
        MaxPendingTimeInSeconds=stopping.max_pending_time_in_seconds,
    )
