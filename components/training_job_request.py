"""The CreateTrainingJob request of a spec: plain data with the API's own PascalCase keys.

It travels as JSON in the schedule's target input, so what is known only at an invocation stands in it as context
attributes of EventBridge Scheduler.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .algorithm_request import algorithm_specification
from .aws_names import JobNames
from .input_data_request import code_channels, input_data_config
from .options_request import optional_members
from .package_archives import PackageArchive
from .request_places import checkpoint_uri, execution_role_arn
from .request_values import without_none
from .resource_request import resource_config, stopping_condition
from .schedule_input import EXECUTION_ID
from .script_request import script_environment, script_hyperparameters
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec


def create_training_job_request(  # noqa: PLR0913 - all that a request is made of
    spec: TrainingJobSpec,
    names: JobNames,
    bundle: SourceBundle,
    tags: Mapping[str, str],
    packages: Sequence[PackageArchive] = (),
    *,
    time_zone: str = "UTC",
) -> dict[str, Any]:
    """The whole request, ready to be the target's input; `packages` travel with the job, `time_zone` is the schedule's.

    Raises:
        ValueError: the spec's execution role is of another account than the names.
    """
    _require_own_account(spec, names)
    request: dict[str, Any] = {
        "TrainingJobName": f"{names.prefix}-{EXECUTION_ID}",
        "AlgorithmSpecification": algorithm_specification(spec, names),
        "RoleArn": execution_role_arn(spec, names),
        "InputDataConfig": [*input_data_config(spec, packages), *code_channels(spec, names, bundle)],
        "OutputDataConfig": without_none(
            S3OutputPath=spec.output.s3_path,
            KmsKeyId=spec.output.kms_key_arn,
            CompressionType="NONE" if spec.output.compression == "NONE" else None,
        ),
        "ResourceConfig": resource_config(spec.resources),
        "StoppingCondition": stopping_condition(spec.stopping_condition),
        "HyperParameters": script_hyperparameters(spec, names, bundle),
        "Environment": script_environment(spec, names, bundle, time_zone),
        "EnableManagedSpotTraining": spec.managed_spot_training,
        "EnableInterContainerTrafficEncryption": spec.encrypt_inter_container_traffic,
        "EnableNetworkIsolation": spec.network_isolation,
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
    }
    if not request["InputDataConfig"]:  # the API takes none, and no empty list
        del request["InputDataConfig"]
    checkpoint = checkpoint_uri(spec, names)
    if spec.checkpoint is not None and checkpoint is not None:
        request["CheckpointConfig"] = {"S3Uri": checkpoint, "LocalPath": spec.checkpoint.local_path}
    if spec.network is not None:
        request["VpcConfig"] = {
            "Subnets": list(spec.network.subnets),
            "SecurityGroupIds": list(spec.network.security_group_ids),
        }
    return request | optional_members(spec)


def _require_own_account(spec: TrainingJobSpec, names: JobNames) -> None:
    """Source: IAM User Guide, "Grant a user permissions to pass a role": a role is passed within one account."""
    own = names.scope.arn("iam", "role/", regional=False)
    if not execution_role_arn(spec, names).startswith(own):
        raise ValueError(
            f"execution_role_arn: got {spec.execution_role_arn!r}; allowed: a role of the stack's own account, {own}…, "
            "because no role can be passed to another; correct it, or remove it to have a role made"
        )
