"""The CreateTrainingJob request of a spec: plain data with the API's own PascalCase keys.

It travels as JSON in the schedule's target input, so what is known only at an invocation stands in it as context
attributes of EventBridge Scheduler.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .aws_names import JobNames
from .channel import Channel
from .package_archives import PackageArchive
from .schedule_input import ATTEMPT_NUMBER, EXECUTION_ID, SCHEDULE_ARN, SCHEDULED_TIME
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH, hyperparameter_text
from .source_bundle import SourceBundle
from .training_images import scikit_learn_image_uri
from .training_job_spec import CHECKPOINT_LOCAL_PATH, TrainingJobSpec


def training_image_uri(spec: TrainingJobSpec, names: JobNames) -> str:
    """URI of the image that the job runs in."""
    image = spec.training_image
    if image.uri is not None:
        return image.uri
    assert image.scikit_learn_version is not None  # noqa: S101 - TrainingImage allows exactly one of the two
    return scikit_learn_image_uri(names.scope.region, image.scikit_learn_version)


def source_bundle_prefix(spec: TrainingJobSpec, names: JobNames) -> str:
    """Below which all of this job's bundles are, past ones included."""
    return f"{spec.source.s3_path}{names.prefix}/"


def source_bundle_uri(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> str:
    """Where the bundle is in S3: content-addressed, so that a bundle never changes under a running job."""
    return f"{source_bundle_prefix(spec, names)}{bundle.digest}/sourcedir.tar.gz"


def checkpoint_uri(spec: TrainingJobSpec, names: JobNames) -> str | None:
    """Where one training job's checkpoints are: restarts of a spot job share it, other jobs do not."""
    return f"{spec.checkpoint.s3_path}{names.prefix}/{EXECUTION_ID}/" if spec.checkpoint else None


def execution_role_arn(spec: TrainingJobSpec, names: JobNames) -> str:
    """The existing role that the spec names, else the component's own."""
    return spec.execution_role_arn or names.execution_role_arn


def create_training_job_request(
    spec: TrainingJobSpec,
    names: JobNames,
    bundle: SourceBundle,
    tags: Mapping[str, str],
    packages: Sequence[PackageArchive] = (),
) -> dict[str, Any]:
    """The whole request, ready to be the target's input; `packages` travel with the job.

    Raises:
        ValueError: the spec's execution role is of another account than the names.
    """
    _require_own_account(spec, names)
    request: dict[str, Any] = {
        "TrainingJobName": f"{names.prefix}-{EXECUTION_ID}",
        "AlgorithmSpecification": {
            "TrainingImage": training_image_uri(spec, names),
            "TrainingInputMode": _input_mode(spec),
            "MetricDefinitions": [{"Name": k, "Regex": v} for k, v in sorted(spec.metric_definitions.items())],
        },
        "RoleArn": execution_role_arn(spec, names),
        "InputDataConfig": [
            *(_channel(name, channel) for name, channel in sorted(spec.channels.items())),
            *(_packages_channel(archive, spec) for archive in packages),
        ],
        "OutputDataConfig": _without_none(S3OutputPath=spec.output.s3_path, KmsKeyId=spec.output.kms_key_arn),
        "ResourceConfig": _without_none(
            InstanceType=spec.resources.instance_type,
            InstanceCount=spec.resources.instance_count,
            VolumeSizeInGB=spec.resources.volume_size_in_gb,
            VolumeKmsKeyId=spec.resources.volume_kms_key_arn,
        ),
        "StoppingCondition": _without_none(
            MaxRuntimeInSeconds=spec.stopping_condition.max_runtime_in_seconds,
            MaxWaitTimeInSeconds=spec.stopping_condition.max_wait_time_in_seconds,
        ),
        "HyperParameters": script_hyperparameters(spec, names, bundle),
        "Environment": script_environment(spec, names, bundle),
        "EnableManagedSpotTraining": spec.managed_spot_training,
        "EnableInterContainerTrafficEncryption": spec.encrypt_inter_container_traffic,
        "EnableNetworkIsolation": False,
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
    }
    checkpoint = checkpoint_uri(spec, names)
    if checkpoint is not None:
        request["CheckpointConfig"] = {"S3Uri": checkpoint, "LocalPath": CHECKPOINT_LOCAL_PATH}
    if spec.network is not None:
        request["VpcConfig"] = {
            "Subnets": list(spec.network.subnets),
            "SecurityGroupIds": list(spec.network.security_group_ids),
        }
    return request


def _require_own_account(spec: TrainingJobSpec, names: JobNames) -> None:
    """Source: IAM User Guide, "Grant a user permissions to pass a role": a role is passed within one account."""
    own = names.scope.arn("iam", "role/", regional=False)
    if not execution_role_arn(spec, names).startswith(own):
        raise ValueError(
            f"execution_role_arn: got {spec.execution_role_arn!r}; allowed: a role of the stack's own account, {own}…, "
            "because no role can be passed to another; correct it, or remove it to have a role made"
        )


def _input_mode(spec: TrainingJobSpec) -> str:
    """The job's mode; each channel has its own, and yet is judged by this one as well (sagemaker-python-sdk, #716)."""
    return "Pipe" if any(channel.input_mode == "Pipe" for channel in spec.channels.values()) else "File"


def _channel(name: str, channel: Channel) -> dict[str, Any]:
    """What a channel leaves at its default is left out, but for what a request has always had."""
    wrapper, compression, seed = channel.record_wrapper_type, channel.compression_type, channel.shuffle_seed
    return _without_none(
        ChannelName=name,
        ContentType=channel.content_type,
        CompressionType=None if compression == "None" else compression,
        InputMode=channel.input_mode,
        RecordWrapperType=None if wrapper == "None" else wrapper,
        ShuffleConfig=None if seed is None else {"Seed": seed},
        DataSource={
            "S3DataSource": _without_none(
                S3DataType=channel.s3_data_type,
                S3Uri=channel.s3_uri,
                S3DataDistributionType=channel.s3_data_distribution_type,
                AttributeNames=list(channel.attribute_names) or None,
            )
        },
    )


def _packages_channel(archive: PackageArchive, spec: TrainingJobSpec) -> dict[str, Any]:
    """An archive as input data: SageMaker brings it before the container starts, into an isolated one as well."""
    location = archive.uri(spec.source.packages_prefix)
    return _channel(archive.channel, Channel.model_construct(s3_path=location, content_type="application/zip"))


def script_hyperparameters(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> dict[str, str]:
    """The script's hyperparameters, and script mode's own."""
    own = {name: hyperparameter_text(value) for name, value in spec.hyperparameters.items()}
    if spec.accelerator:
        own["accelerator"] = spec.accelerator
    return own | {
        "sagemaker_program": spec.source.program,
        "sagemaker_region": names.scope.region,
        "sagemaker_submit_directory": source_bundle_uri(spec, names, bundle),
    }


def script_environment(spec: TrainingJobSpec, names: JobNames, bundle: SourceBundle) -> dict[str, str]:
    """The container's variables: those of the settings, and those that the request itself tells."""
    return dict(spec.environment) | _without_none(
        # What boto3 reads; SageMaker does not set it, and S3 in China and GovCloud is not found without.
        AWS_DEFAULT_REGION=names.scope.region,
        MLFLOW_TRACKING_URI=spec.tracking.uri(names.scope),
        MLFLOW_EXPERIMENT_NAME=spec.tracking.experiment_name or names.prefix,
        REGISTERED_MODEL_NAME=spec.tracking.registered_model_name or names.prefix,
        SECRET_ARN=spec.tracking.secret_arn,
        PROMOTION_MINIMUM_METRICS=json.dumps(spec.promotion.minimum_metrics),
        PROMOTION_MAXIMUM_METRICS=json.dumps(spec.promotion.maximum_metrics),
        PROMOTION_MARGIN=f"{spec.promotion.margin:g}",
        SCHEDULE_ARN=SCHEDULE_ARN,
        SCHEDULED_TIME=SCHEDULED_TIME,
        SCHEDULE_EXECUTION_ID=EXECUTION_ID,
        SCHEDULE_ATTEMPT_NUMBER=ATTEMPT_NUMBER,
        SOURCE_BUNDLE_DIGEST=bundle.digest,
        ENTRY_POINT=spec.source.entry_point if spec.source.program != spec.source.entry_point else None,
        TRAINING_IMAGE=training_image_uri(spec, names),
        CHECKPOINT_LOCAL_PATH=CHECKPOINT_LOCAL_PATH if spec.checkpoint else None,
        **_channel_uris(spec),
    )


def _channel_uris(spec: TrainingJobSpec) -> dict[str, str]:
    """Where the channels that are read come from, for the record: SageMaker tells the container directories only.

    A URI may be longer than a variable; such a one is left out, and the record has the directory.
    """
    uris = {name: spec.channels[name].s3_uri for name in ("training", "validation") if name in spec.channels}
    return {
        f"CHANNEL_URI_{name.upper()}": uri for name, uri in uris.items() if len(uri) <= ENVIRONMENT_VALUE_MAX_LENGTH
    }


def _without_none(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's values are of many types
    return {key: value for key, value in values.items() if value is not None}
