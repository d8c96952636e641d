"""The members of a request that most jobs do without: each is there only where a setting asks for it."""

from collections.abc import Mapping
from typing import Any

from .debugger_spec import Debugger, Profiler, TensorBoard, WatchingRule
from .job_options_spec import ExperimentConfig, MlflowConfig, ModelPackageConfig
from .request_values import without_none
from .training_job_spec import TrainingJobSpec


def optional_members(spec: TrainingJobSpec) -> dict[str, Any]:
    """What the settings add to the request."""
    return {
        **(_debugger(spec.debugger) if spec.debugger else {}),
        **(_profiler(spec.profiler) if spec.profiler else {}),
        **without_none(
            TensorBoardOutputConfig=spec.tensorboard and _tensorboard(spec.tensorboard),
            RetryStrategy=spec.retry_strategy and {"MaximumRetryAttempts": spec.retry_strategy.maximum_attempts},
            ExperimentConfig=spec.experiment_config and _experiment(spec.experiment_config),
            RemoteDebugConfig={"EnableRemoteDebug": True} if spec.remote_debug else None,
            InfraCheckConfig={"EnableInfraCheck": True} if spec.infra_check else None,
            SessionChainingConfig={"EnableSessionTagChaining": True} if spec.session_tag_chaining else None,
            MlflowConfig=spec.mlflow_config and _mlflow(spec.mlflow_config),
            ModelPackageConfig=spec.model_package_config and _model_package(spec.model_package_config),
        ),
    }


def _debugger(debugger: Debugger) -> dict[str, Any]:
    collections = [
        without_none(CollectionName=name, CollectionParameters=parameters or None)
        for name, parameters in sorted(debugger.collections.items())
    ]
    hook = without_none(
        S3OutputPath=debugger.s3_path,
        LocalPath=debugger.local_path,
        HookParameters=debugger.hook_parameters or None,
        CollectionConfigurations=collections or None,
    )
    return without_none(DebugHookConfig=hook, DebugRuleConfigurations=_rules(debugger.rules))


def _profiler(profiler: Profiler) -> dict[str, Any]:
    if profiler.disabled:
        return {"ProfilerConfig": {"DisableProfiler": True}}
    config = without_none(
        S3OutputPath=profiler.s3_path,
        ProfilingIntervalInMilliseconds=profiler.interval_in_milliseconds,
        ProfilingParameters=profiler.parameters or None,
    )
    return without_none(ProfilerConfig=config, ProfilerRuleConfigurations=_rules(profiler.rules))


def _rules(rules: Mapping[str, WatchingRule]) -> list[dict[str, Any]] | None:
    found = [
        without_none(
            RuleConfigurationName=name,
            RuleEvaluatorImage=rule.image,
            InstanceType=rule.instance_type,
            VolumeSizeInGB=rule.volume_size_in_gb,
            S3OutputPath=rule.s3_path,
            RuleParameters=rule.parameters or None,
        )
        for name, rule in sorted(rules.items())
    ]
    return found or None


def _tensorboard(tensorboard: TensorBoard) -> dict[str, str]:
    return {"S3OutputPath": tensorboard.s3_path, "LocalPath": tensorboard.local_path}


def _experiment(experiment: ExperimentConfig) -> dict[str, str]:
    return without_none(
        ExperimentName=experiment.experiment_name,
        TrialName=experiment.trial_name,
        TrialComponentDisplayName=experiment.trial_component_display_name,
        RunName=experiment.run_name,
    )


def _mlflow(mlflow: MlflowConfig) -> dict[str, str]:
    return without_none(
        MlflowResourceArn=mlflow.resource_arn,
        MlflowExperimentName=mlflow.experiment_name,
        MlflowRunName=mlflow.run_name,
    )


def _model_package(package: ModelPackageConfig) -> dict[str, str]:
    return without_none(ModelPackageGroupArn=package.group_arn, SourceModelPackageArn=package.source_arn)
