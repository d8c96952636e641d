"""The CreateTrainingJob request of a spec: plain data with the API's own PascalCase keys.

It travels as JSON in the schedule's target input, so what is known only at an invocation stands in it as context
attributes of EventBridge Scheduler.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .algorithm_request import algorithm_specification
from .aws_names import JobNames
from .input_data_request import input_data_config
from .output_spec import CHECKPOINT_LOCAL_PATH
from .package_archives import PackageArchive
from .request_places import checkpoint_uri, execution_role_arn
from .request_values import without_none
from .schedule_input import EXECUTION_ID
from .script_request import script_environment, script_hyperparameters
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec


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
        "AlgorithmSpecification": algorithm_specification(spec, names),
        "RoleArn": execution_role_arn(spec, names),
        "InputDataConfig": input_data_config(spec, packages),
        "OutputDataConfig": without_none(S3OutputPath=spec.output.s3_path, KmsKeyId=spec.output.kms_key_arn),
        "ResourceConfig": without_none(
            InstanceType=spec.resources.instance_type,
            InstanceCount=spec.resources.instance_count,
            VolumeSizeInGB=spec.resources.volume_size_in_gb,
            VolumeKmsKeyId=spec.resources.volume_kms_key_arn,
        ),
        "StoppingCondition": without_none(
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
