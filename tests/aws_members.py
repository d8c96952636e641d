"""Each member of CreateTrainingJob and CreateSchedule: the setting that it comes from, or why none does."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from tests.components.job_options import ALL, GOOD

Values = dict[str, Any]

BUCKETS: Final[Values] = {"bucket": "ml-bucket", "tags": {"team": "ml"}}
SCHEDULE: Final[Values] = {
    "expression": "cron(0 3 * * ? *)",
    "description": "nightly",
    "flexible_time_window_in_minutes": 5,
    "action_after_completion": "NONE",
    "end_date": "2030-01-01T00:00:00Z",
}
NETWORK: Final[Values] = {"subnets": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}
CREDENTIALS: Final = "arn:aws:lambda:us-east-1:123456789012:function:credentials"
KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
PLAN: Final = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/nightly-training"
ROLE: Final = "arn:aws:iam::123456789012:role/training"
_MANIFEST: Final[Values] = {
    "s3_data_type": "AugmentedManifestFile",
    "s3_object": "manifests/a.json",
    "attribute_names": ["label"],
    "input_mode": "Pipe",
    "shuffle_seed": 1,
}
_TYPES: Final = [{"instance_type": "ml.m5.large", "instance_count": 1, "training_plan_arn": PLAN}]
_RULE: Final = ALL["profiler"]["rules"]["own"] | {"parameters": {"a": "b"}}

# Values of settings that other settings exclude: each is a change of the good job, of which one member is looked at.
BASES: Final[dict[str, Values]] = {
    "all": ALL
    | {
        "network": NETWORK,
        "environment": {"A": "b"},
        "hyperparameters": {"a": "b"},
        "execution_role_arn": ROLE,
        "metric_definitions": {"loss": "loss=([0-9.]+)"},
        "training_image": {
            "uri": "registry.example.com/team/training:1.0",
            "repository_access_mode": "Vpc",
            "repository_credentials_provider_arn": CREDENTIALS,
            "entrypoint": ["python3"],
            "arguments": ["-u"],
        },
        "resources": ALL["resources"] | {"volume_kms_key_arn": KEY},
        "output": ALL["output"] | {"kms_key_arn": KEY},
        "debugger": ALL["debugger"] | {"rules": {"own": _RULE}},
        "profiler": ALL["profiler"] | {"rules": {"own": _RULE}},
    },
    "groups": {
        "resources": {"instance_groups": [{"name": "readers", "instance_type": "ml.m5.large", "instance_count": 2}]},
        "channels": {"training": {"s3_path": "in/", "instance_group_names": ["readers"]}},
    },
    "preferences": {"resources": {"instance_preferences": _TYPES}},
    "spot": {
        "managed_spot_training": True,
        "checkpoint": {"s3_path": "checkpoints/"},
        "stopping_condition": {"max_runtime_in_seconds": 60, "max_wait_time_in_seconds": 60},
    },
    "manifest": {"channels": {"training": _MANIFEST}},
    "file system": {
        "network": NETWORK,
        "channels": {
            "training": {"file_system": {"id": "fs-0123456789abcdef0", "type": "EFS", "directory_path": "/data"}}
        },
    },
}

_IMAGE: Final = "AlgorithmSpecification.TrainingImageConfig"
_CHANNEL: Final = "InputDataConfig[0]"
_S3: Final = f"{_CHANNEL}.DataSource.S3DataSource"
_MOUNTED: Final = f"{_CHANNEL}.DataSource.FileSystemDataSource"
_RESOURCES: Final = "ResourceConfig"


def _rule(member: str, setting: str) -> dict[str, tuple[str, str]]:
    return {
        f"{member}[0].RuleConfigurationName": ("all", f"{setting}.{{own}}"),
        f"{member}[0].RuleEvaluatorImage": ("all", f"{setting}.own.image"),
        f"{member}[0].InstanceType": ("all", f"{setting}.own.instance_type"),
        f"{member}[0].VolumeSizeInGB": ("all", f"{setting}.own.volume_size_in_gb"),
        f"{member}[0].S3OutputPath": ("all", f"{setting}.own.s3_path"),
        f"{member}[0].RuleParameters{{k}}": ("all", f"{setting}.own.parameters.{{a}}"),
        f"{member}[0].RuleParameters{{v}}": ("all", f"{setting}.own.parameters.a"),
    }


MEMBERS: Final[dict[str, tuple[str, str]]] = {
    "AlgorithmSpecification.ContainerArguments[0]": ("all", "training_image.arguments.0"),
    "AlgorithmSpecification.ContainerEntrypoint[0]": ("all", "training_image.entrypoint.0"),
    "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": ("all", "metrics_time_series"),
    "AlgorithmSpecification.MetricDefinitions[0].Name": ("all", "metric_definitions.{loss}"),
    "AlgorithmSpecification.MetricDefinitions[0].Regex": ("all", "metric_definitions.loss"),
    "AlgorithmSpecification.TrainingImage": ("all", "training_image.uri"),
    f"{_IMAGE}.TrainingRepositoryAccessMode": (
        "all",
        "training_image.repository_access_mode",
    ),
    f"{_IMAGE}.TrainingRepositoryAuthConfig.TrainingRepositoryCredentialsProviderArn": (
        "all",
        "training_image.repository_credentials_provider_arn",
    ),
    "AlgorithmSpecification.TrainingInputMode": ("all", "channels.training.input_mode"),
    "CheckpointConfig.LocalPath": ("all", "checkpoint.local_path"),
    "CheckpointConfig.S3Uri": ("all", "checkpoint.s3_path"),
    "DebugHookConfig.CollectionConfigurations[0].CollectionName": ("all", "debugger.collections.{all}"),
    "DebugHookConfig.CollectionConfigurations[0].CollectionParameters{k}": (
        "all",
        "debugger.collections.losses.{include_regex}",
    ),
    "DebugHookConfig.CollectionConfigurations[0].CollectionParameters{v}": (
        "all",
        "debugger.collections.losses.include_regex",
    ),
    "DebugHookConfig.HookParameters{k}": ("all", "debugger.hook_parameters.{save_interval}"),
    "DebugHookConfig.HookParameters{v}": ("all", "debugger.hook_parameters.save_interval"),
    "DebugHookConfig.LocalPath": ("all", "debugger.local_path"),
    "DebugHookConfig.S3OutputPath": ("all", "debugger.s3_path"),
    "EnableInterContainerTrafficEncryption": ("all", "encrypt_inter_container_traffic"),
    "EnableManagedSpotTraining": ("all", "managed_spot_training"),
    "EnableNetworkIsolation": ("all", "network_isolation"),
    "Environment{k}": ("all", "environment.{A}"),
    "Environment{v}": ("all", "environment.A"),
    "ExperimentConfig.ExperimentName": ("all", "experiment_config.experiment_name"),
    "ExperimentConfig.RunName": ("all", "experiment_config.run_name"),
    "ExperimentConfig.TrialComponentDisplayName": ("all", "experiment_config.trial_component_display_name"),
    "ExperimentConfig.TrialName": ("all", "experiment_config.trial_name"),
    "HyperParameters{k}": ("all", "hyperparameters.{a}"),
    "HyperParameters{v}": ("all", "hyperparameters.a"),
    "InfraCheckConfig.EnableInfraCheck": ("all", "infra_check"),
    f"{_CHANNEL}.ChannelName": ("all", "channels.{training}"),
    f"{_CHANNEL}.CompressionType": ("manifest", "channels.training.compression_type"),
    f"{_CHANNEL}.ContentType": ("all", "channels.training.content_type"),
    f"{_CHANNEL}.InputMode": ("all", "channels.training.input_mode"),
    f"{_CHANNEL}.RecordWrapperType": ("manifest", "channels.training.record_wrapper_type"),
    f"{_CHANNEL}.ShuffleConfig.Seed": ("manifest", "channels.training.shuffle_seed"),
    f"{_S3}.AttributeNames[0]": ("manifest", "channels.training.attribute_names.0"),
    f"{_S3}.InstanceGroupNames[0]": ("groups", "channels.training.instance_group_names.0"),
    f"{_S3}.S3DataDistributionType": ("all", "channels.training.s3_data_distribution_type"),
    f"{_S3}.S3DataType": ("all", "channels.training.s3_data_type"),
    f"{_S3}.S3Uri": ("all", "channels.training.s3_path"),
    f"{_MOUNTED}.DirectoryPath": ("file system", "channels.training.file_system.directory_path"),
    f"{_MOUNTED}.FileSystemAccessMode": ("file system", "channels.training.file_system.access_mode"),
    f"{_MOUNTED}.FileSystemId": ("file system", "channels.training.file_system.id"),
    f"{_MOUNTED}.FileSystemType": ("file system", "channels.training.file_system.type"),
    "MlflowConfig.MlflowExperimentName": ("all", "mlflow_config.experiment_name"),
    "MlflowConfig.MlflowResourceArn": ("all", "mlflow_config.resource_arn"),
    "MlflowConfig.MlflowRunName": ("all", "mlflow_config.run_name"),
    "ModelPackageConfig.ModelPackageGroupArn": ("all", "model_package_config.group_arn"),
    "ModelPackageConfig.SourceModelPackageArn": ("all", "model_package_config.source_arn"),
    "OutputDataConfig.CompressionType": ("all", "output.compression"),
    "OutputDataConfig.KmsKeyId": ("all", "output.kms_key_arn"),
    "OutputDataConfig.S3OutputPath": ("all", "output.s3_path"),
    "ProfilerConfig.DisableProfiler": ("all", "profiler.disabled"),
    "ProfilerConfig.ProfilingIntervalInMilliseconds": ("all", "profiler.interval_in_milliseconds"),
    "ProfilerConfig.ProfilingParameters{k}": ("all", "profiler.parameters.{DataLoaderProfilingConfig}"),
    "ProfilerConfig.ProfilingParameters{v}": ("all", "profiler.parameters.DataLoaderProfilingConfig"),
    "ProfilerConfig.S3OutputPath": ("all", "profiler.s3_path"),
    "RemoteDebugConfig.EnableRemoteDebug": ("all", "remote_debug"),
    f"{_RESOURCES}.InstanceCount": ("all", "resources.instance_count"),
    f"{_RESOURCES}.InstanceGroups[0].InstanceCount": ("groups", "resources.instance_groups.0.instance_count"),
    f"{_RESOURCES}.InstanceGroups[0].InstanceGroupName": ("groups", "resources.instance_groups.0.name"),
    f"{_RESOURCES}.InstanceGroups[0].InstanceType": ("groups", "resources.instance_groups.0.instance_type"),
    f"{_RESOURCES}.InstancePlacementConfig.EnableMultipleJobs": (
        "all",
        "resources.instance_placement.enable_multiple_jobs",
    ),
    f"{_RESOURCES}.InstancePlacementConfig.PlacementSpecifications[0].InstanceCount": (
        "all",
        "resources.instance_placement.placements.0.instance_count",
    ),
    f"{_RESOURCES}.InstancePlacementConfig.PlacementSpecifications[0].UltraServerId": (
        "all",
        "resources.instance_placement.placements.0.ultra_server_id",
    ),
    f"{_RESOURCES}.InstancePreferences[0].InstanceCount": (
        "preferences",
        "resources.instance_preferences.0.instance_count",
    ),
    f"{_RESOURCES}.InstancePreferences[0].InstanceType": (
        "preferences",
        "resources.instance_preferences.0.instance_type",
    ),
    f"{_RESOURCES}.InstancePreferences[0].TrainingPlanArns[0]": (
        "preferences",
        "resources.instance_preferences.0.training_plan_arn",
    ),
    f"{_RESOURCES}.InstanceType": ("all", "resources.instance_type"),
    f"{_RESOURCES}.KeepAlivePeriodInSeconds": ("all", "resources.keep_alive_in_seconds"),
    f"{_RESOURCES}.TrainingPlanArn": ("all", "resources.training_plan_arn"),
    f"{_RESOURCES}.VolumeKmsKeyId": ("all", "resources.volume_kms_key_arn"),
    f"{_RESOURCES}.VolumeSizeInGB": ("all", "resources.volume_size_in_gb"),
    "RetryStrategy.MaximumRetryAttempts": ("all", "retry_strategy.maximum_attempts"),
    "RoleArn": ("all", "execution_role_arn"),
    "SessionChainingConfig.EnableSessionTagChaining": ("all", "session_tag_chaining"),
    "StoppingCondition.MaxPendingTimeInSeconds": ("all", "stopping_condition.max_pending_time_in_seconds"),
    "StoppingCondition.MaxRuntimeInSeconds": ("all", "stopping_condition.max_runtime_in_seconds"),
    "StoppingCondition.MaxWaitTimeInSeconds": ("spot", "stopping_condition.max_wait_time_in_seconds"),
    "Tags[0].Key": ("all", "/tags.{team}"),
    "Tags[0].Value": ("all", "/tags.team"),
    "TensorBoardOutputConfig.LocalPath": ("all", "tensorboard.local_path"),
    "TensorBoardOutputConfig.S3OutputPath": ("all", "tensorboard.s3_path"),
    "VpcConfig.SecurityGroupIds[0]": ("all", "network.security_group_ids.0"),
    "VpcConfig.Subnets[0]": ("all", "network.subnets.0"),
    **_rule("DebugRuleConfigurations", "debugger.rules"),
    **_rule("ProfilerRuleConfigurations", "profiler.rules"),
    "schedule: ActionAfterCompletion": ("all", "schedule.action_after_completion"),
    "schedule: Description": ("all", "schedule.description"),
    "schedule: FlexibleTimeWindow.MaximumWindowInMinutes": ("all", "schedule.flexible_time_window_in_minutes"),
    "schedule: ScheduleExpression": ("all", "schedule.expression"),
    "schedule: ScheduleExpressionTimezone": ("all", "schedule.time_zone"),
    "schedule: Target.RetryPolicy.MaximumEventAgeInSeconds": ("all", "schedule.maximum_event_age_in_seconds"),
    "schedule: Target.RetryPolicy.MaximumRetryAttempts": ("all", "schedule.maximum_retry_attempts"),
}
"""Member -> (base, setting below the job's; with `/` the stack's). `{…}` is a name in a mapping, not what it holds."""

WITHOUT_SETTING: Final[dict[str, str]] = {
    "TrainingJobName": "it is made of job, stack and execution id",
    "AlgorithmSpecification.AlgorithmName": "an algorithm of AWS Marketplace brings its own code and channels",
    f"{_S3}.HubAccessConfig.HubContentArn": "of JumpStart's models",
    f"{_S3}.ModelAccessConfig.AcceptEula": "of JumpStart's models",
    f"{_CHANNEL}.DataSource.DatasetSource.DatasetArn": "of serverless customization of models",
    "DebugRuleConfigurations[0].LocalPath": "SageMaker's default, in a container that is not the job's",
    "ProfilerRuleConfigurations[0].LocalPath": "SageMaker's default, in a container that is not the job's",
    f"{_RESOURCES}.SelectedInstanceType": "what SageMaker answers",
    f"{_RESOURCES}.SelectedInstanceCount": "what SageMaker answers",
    "ServerlessJobConfig": "serverless customization of models has neither an image nor machines",
}
"""Member, with all below it -> why no setting leads there."""


def base_of(name: str) -> Values:
    """The stack's values of a base."""
    return BUCKETS | {"training_jobs": {"churn": GOOD | BASES[name] | {"schedule": SCHEDULE}}}


@cache
def shapes() -> dict[str, Shape]:
    """Path -> shape of each member of CreateTrainingJob that holds no others; of CreateSchedule those of settings."""
    of_job = dict(_leaves(_input_of("sagemaker", "CreateTrainingJob"), ""))
    of_schedule = {f"schedule: {path}": shape for path, shape in _leaves(_input_of("scheduler", "CreateSchedule"), "")}
    return of_job | {path: shape for path, shape in of_schedule.items() if path in MEMBERS}


def _input_of(service: str, operation: str) -> Shape:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return model.operation_model(operation).input_shape


def _leaves(shape: Any, path: str) -> Iterator[tuple[str, Shape]]:  # noqa: ANN401 - botocore's shapes of each kind
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        yield from _leaves(shape.member, f"{path}[0]")
    elif shape.type_name == "map":
        yield from ((f"{path}{{k}}", shape.key), (f"{path}{{v}}", shape.value))
    else:
        yield path, shape
