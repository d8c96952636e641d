"""Which AWS calls the two roles will make for one invocation, with everything IAM will know about each.

The scheduler role's calls follow from the deployed schedule and the request it sends; the execution role's from that
request and the objects under its channels. `permissions.judge` decides each of them.

Sources: EventBridge Scheduler User Guide, "Setting up" (execution role, confused deputy) and "Configuring a schedule's
dead-letter queue"; SageMaker Developer Guide, "How to use SageMaker AI execution roles" (CreateTrainingJob API),
"Use checkpoints", "Monitor with CloudWatch" (namespaces), "Set up IAM permissions for MLflow", "Use a Docker registry
that requires authentication for training"; Service Authorization
Reference (resources and condition keys).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.aws_names import AwsScope
from rehearsal.invoking.deliveries import delivery_uri
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.object_calls import input_calls, output_calls
from rehearsal.permissions.option_calls import option_calls, rule_images, training_plan_arns
from rehearsal.permissions.permissions import AwsCall
from rehearsal.permissions.tracking_calls import delivery_calls, tracking_calls

Request = Mapping[str, Any]

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"
METRIC_NAMESPACE: Final = "/aws/sagemaker/TrainingJobs"
_VPC_DESCRIBE_ACTIONS: Final = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
_VPC_INTERFACE_ACTIONS: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)
_IMAGE_ACTIONS: Final = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")


def scheduler_role_calls(schedule: DeployedSchedule, request: Request) -> tuple[AwsCall, ...]:
    """List the calls of the scheduler role: assume it, create the job, pass the execution role, send a dead letter."""
    return tuple(_scheduler_role_calls(schedule, request))


def execution_role_calls(
    request: Request,
    *,
    scope: AwsScope,
    object_uris: Mapping[str, Sequence[str]],
    artifact_store: str | None = None,
) -> tuple[AwsCall, ...]:
    """List the calls of the execution role: SageMaker's own and those of the training code.

    Args:
        request: the CreateTrainingJob request as it is sent.
        scope: where the job runs.
        object_uris: channel name -> URIs of the objects that are read for it, its manifest included.
        artifact_store: `s3://bucket/prefix/` of a managed tracking server, to which MLflow's client writes by itself.

    """
    return tuple(_execution_role_calls(request, scope, object_uris, artifact_store))


def training_job_arn(request: Request, scope: AwsScope) -> str:
    """ARN of the training job that `request` creates."""
    return scope.arn("sagemaker", f"training-job/{request['TrainingJobName']}")


def _scheduler_role_calls(schedule: DeployedSchedule, request: Request) -> Iterator[AwsCall]:
    scope = schedule.scope
    job_arn = training_job_arn(request, scope)
    yield AwsCall(
        "sts:AssumeRole",
        schedule.role_arn,
        "EventBridge Scheduler assumes the scheduler role",
        {"aws:SourceAccount": scope.account_id, "aws:SourceArn": schedule.group_arn},
        service_principal="scheduler.amazonaws.com",
    )
    for arn in (job_arn, *training_plan_arns(request)):
        yield AwsCall("sagemaker:CreateTrainingJob", arn, "create the training job", _job_context(request))
    if request.get("Tags"):
        context = {"sagemaker:TaggingAction": "CreateTrainingJob", **_tag_context(request)}
        yield AwsCall("sagemaker:AddTags", job_arn, "tag the training job", context)
    yield AwsCall(
        "iam:PassRole",
        request["RoleArn"],
        "pass the execution role to SageMaker",
        {"iam:PassedToService": "sagemaker.amazonaws.com"},
    )
    if schedule.dead_letter_queue_arn is not None:
        yield AwsCall("sqs:SendMessage", schedule.dead_letter_queue_arn, "record an invocation that failed")


def _job_context(request: Request) -> dict[str, str | tuple[str, ...]]:
    """Condition keys of CreateTrainingJob; what the request leaves out is absent."""
    resources = request.get("ResourceConfig", {})
    groups = [*resources.get("InstanceGroups", []), *resources.get("InstancePreferences", [])]
    vpc = request.get("VpcConfig", {})
    found = {
        "sagemaker:InstanceTypes": tuple(
            part["InstanceType"] for part in (resources, *groups) if "InstanceType" in part
        ),
        "sagemaker:MaxRuntimeInSeconds": request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"),
        "sagemaker:KeepAlivePeriod": resources.get("KeepAlivePeriodInSeconds"),
        "sagemaker:EnableRemoteDebug": request.get("RemoteDebugConfig", {}).get("EnableRemoteDebug"),
        "sagemaker:NetworkIsolation": request.get("EnableNetworkIsolation"),
        "sagemaker:InterContainerTrafficEncryption": request.get("EnableInterContainerTrafficEncryption"),
        "sagemaker:VpcSubnets": tuple(vpc.get("Subnets", ())),
        "sagemaker:VpcSecurityGroupIds": tuple(vpc.get("SecurityGroupIds", ())),
        "sagemaker:VolumeKmsKey": resources.get("VolumeKmsKeyId"),
        "sagemaker:OutputKmsKey": request.get("OutputDataConfig", {}).get("KmsKeyId"),
    }
    return {key: _as_context(value) for key, value in found.items() if value not in (None, (), "")} | _tag_context(
        request
    )


def _as_context(value: object) -> str | tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tag_context(request: Request) -> dict[str, str | tuple[str, ...]]:
    tags = request.get("Tags", [])
    if not tags:
        return {}
    by_key = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return by_key | {"aws:TagKeys": tuple(tag["Key"] for tag in tags)}


def _execution_role_calls(
    request: Request, scope: AwsScope, object_uris: Mapping[str, Sequence[str]], artifact_store: str | None
) -> Iterator[AwsCall]:
    yield AwsCall(
        "sts:AssumeRole",
        request["RoleArn"],
        "SageMaker assumes the execution role",
        {"aws:SourceAccount": scope.account_id, "aws:SourceArn": training_job_arn(request, scope)},
        service_principal="sagemaker.amazonaws.com",
    )
    for image in (request["AlgorithmSpecification"].get("TrainingImage"), *rule_images(request)):
        yield from _image_calls(image, scope)
    yield from _registry_calls(request["AlgorithmSpecification"].get("TrainingImageConfig"))
    yield from input_calls(request, scope, object_uris)
    yield from output_calls(request, scope)
    yield from _log_and_metric_calls(request, scope)
    yield from _vpc_calls(request.get("VpcConfig"), scope)
    yield from _key_calls(request, scope)
    yield from option_calls(request, scope)
    # Inside an isolated network the container can call nothing: neither MLflow nor its artifact store.
    if not request.get("EnableNetworkIsolation"):
        tracking_uri = request.get("Environment", {}).get("MLFLOW_TRACKING_URI", "")
        if secret := request.get("Environment", {}).get("SECRET_ARN"):
            yield AwsCall("secretsmanager:GetSecretValue", secret, "read MLflow's credentials")
        yield from tracking_calls(tracking_uri, scope, artifact_store)
        yield from delivery_calls(delivery_uri(request), scope)


def _image_calls(image: str | None, scope: AwsScope) -> Iterator[AwsCall]:
    """Pulling from ECR, AWS's own registry accounts included: both sides of a cross-account pull must allow it."""
    registry, _, rest = (image or "").partition("/")
    labels = registry.split(".")
    if labels[1:3] != ["dkr", "ecr"]:
        return
    repository = rest.partition("@")[0].partition(":")[0]
    repository_arn = AwsScope(scope.partition, labels[3], labels[0]).arn("ecr", f"repository/{repository}")
    yield AwsCall("ecr:GetAuthorizationToken", "*", "log in to the registry of the training image")
    for action in _IMAGE_ACTIONS:
        yield AwsCall(action, repository_arn, "pull the training image")


def _registry_calls(config: Mapping[str, Any] | None) -> Iterator[AwsCall]:
    """A private registry's credentials come from a function, which SageMaker calls as the execution role."""
    function = (config or {}).get("TrainingRepositoryAuthConfig", {}).get("TrainingRepositoryCredentialsProviderArn")
    if function:
        yield AwsCall("lambda:InvokeFunction", function, "ask for the credentials of the image's registry")


def _log_and_metric_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    streams = scope.arn("logs", f"log-group:{LOG_GROUP}:log-stream:")
    # For actions on a group CloudWatch Logs names the group with an empty log stream.
    yield AwsCall("logs:CreateLogGroup", streams, "create the log group of training jobs")
    yield AwsCall("logs:DescribeLogStreams", streams, "look for the job's log stream")
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        yield AwsCall(action, f"{streams}{request['TrainingJobName']}/algo-1-1700000000", "write the job's log")
    context = {"cloudwatch:namespace": METRIC_NAMESPACE}
    yield AwsCall("cloudwatch:PutMetricData", "*", "publish the job's metrics", context)


def _vpc_calls(vpc: Mapping[str, Sequence[str]] | None, scope: AwsScope) -> Iterator[AwsCall]:
    if not vpc:
        return
    for action in _VPC_DESCRIBE_ACTIONS:
        yield AwsCall(action, "*", "look at the VPC")
    interface = scope.arn("ec2", "network-interface/eni-00000000000000000")
    for action in _VPC_INTERFACE_ACTIONS:
        yield AwsCall(action, interface, "attach the job to the VPC")
    placed_in = [f"subnet/{name}" for name in vpc["Subnets"]]
    guarded_by = [f"security-group/{name}" for name in vpc["SecurityGroupIds"]]
    for resource in (*placed_in, *guarded_by):
        yield AwsCall("ec2:CreateNetworkInterface", scope.arn("ec2", resource), "attach the job to the VPC")


def _key_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    volume = request.get("ResourceConfig", {}).get("VolumeKmsKeyId")
    if volume:
        context = {"kms:GrantIsForAWSResource": "true"}
        yield AwsCall("kms:CreateGrant", _key_arn(volume, scope), "encrypt the volume", context)
    output = request.get("OutputDataConfig", {}).get("KmsKeyId")
    if output:
        context = {"kms:ViaService": scope.kms_via("s3")}
        for action in ("kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"):
            yield AwsCall(action, _key_arn(output, scope), "encrypt the model in S3", context)


def _key_arn(key: str, scope: AwsScope) -> str:
    return key if key.startswith("arn:") else scope.arn("kms", key if key.startswith("alias/") else f"key/{key}")
