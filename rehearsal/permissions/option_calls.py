"""AWS calls of the two roles for members of a request that most jobs do without.

Sources: as `role_calls`; SageMaker Developer Guide, "Access a training container through AWS Systems Manager for remote
debugging". That rules, MlflowConfig and ModelPackageConfig make these calls is taken to be so: docs/training-job.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.aws_names import AwsScope
from components.s3_location import bucket_of, key_of
from rehearsal.permissions.object_calls import ANY_OBJECT, bucket_arn, object_arn
from rehearsal.permissions.permissions import AwsCall

Request = Mapping[str, Any]

_SSM_CHANNELS: Final = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
_RULES: Final = {"DebugRuleConfigurations": "DebugHookConfig", "ProfilerRuleConfigurations": "ProfilerConfig"}
"""Rules -> the member that says where what they judge is written."""
_WRITTEN: Final = {
    "DebugHookConfig": "debug-output",
    "TensorBoardOutputConfig": "tensorboard-output",
    "ProfilerConfig": "profiler-output",
}
_RULE_LOG_GROUP: Final = "/aws/sagemaker/ProcessingJobs"


def training_plan_arns(request: Request) -> list[str]:
    """The training plans that the job may use."""
    resources = request.get("ResourceConfig", {})
    of_types = [plan for each in resources.get("InstancePreferences", ()) for plan in each.get("TrainingPlanArns", ())]
    return [*filter(None, [resources.get("TrainingPlanArn")]), *of_types]


def option_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    """The execution role's calls."""
    for member, folder in _WRITTEN.items():
        if uri := request.get(member, {}).get("S3OutputPath"):
            key = f"{uri.rstrip('/')}/{request['TrainingJobName']}/{folder}/{ANY_OBJECT}"
            yield AwsCall("s3:PutObject", object_arn(key, scope), f"upload what {member} asks for")
    yield from _rule_calls(request, scope)
    yield from _secret_calls(request, scope)
    if request.get("RemoteDebugConfig", {}).get("EnableRemoteDebug"):
        for action in _SSM_CHANNELS:
            yield AwsCall(f"ssmmessages:{action}", "*", "let a shell be opened in the container")
    if ":mlflow-app/" in (arn := request.get("MlflowConfig", {}).get("MlflowResourceArn", "")):
        yield AwsCall("sagemaker:CallMlflowAppApi", arn, "tell the MLflow App of the job")
    if group := request.get("ModelPackageConfig", {}).get("ModelPackageGroupArn"):
        version = f"{group.replace(':model-package-group/', ':model-package/')}/1"
        for resource in (group, version):
            yield AwsCall("sagemaker:CreateModelPackage", resource, "make a model package of the output")
    if source := request.get("ModelPackageConfig", {}).get("SourceModelPackageArn"):
        yield AwsCall("sagemaker:DescribeModelPackage", source, "read the model package that training goes on from")


def _rule_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    """Rules are processing jobs with the training job's role."""
    job = request["TrainingJobName"]
    for rules, source in _RULES.items():
        for number, rule in enumerate(request.get(rules, ())):
            processing = f"{job[:20]}-{number}"
            yield AwsCall(
                "sts:AssumeRole",
                request["RoleArn"],
                "SageMaker assumes the execution role for a rule",
                {
                    "aws:SourceAccount": scope.account_id,
                    "aws:SourceArn": scope.arn("sagemaker", f"processing-job/{processing}"),
                },
                service_principal="sagemaker.amazonaws.com",
            )
            if read := request.get(source, {}).get("S3OutputPath"):
                prefix, arn = f"{key_of(read)}{job}/", bucket_arn(bucket_of(read), scope)
                yield AwsCall("s3:ListBucket", arn, "list what a rule judges", {"s3:prefix": prefix})
                yield AwsCall("s3:GetObject", f"{arn}/{prefix}{ANY_OBJECT}", "read what a rule judges")
            if written := rule.get("S3OutputPath"):
                yield AwsCall("s3:PutObject", object_arn(f"{written}{ANY_OBJECT}", scope), "write a rule's output")
            group = scope.arn("logs", f"log-group:{_RULE_LOG_GROUP}:log-stream:")
            yield AwsCall("logs:CreateLogGroup", group, "create the log group of rules")
            yield AwsCall("logs:DescribeLogStreams", group, "look for a rule's log stream")
            for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                yield AwsCall(action, f"{group}{job}-rule/algo-1-1700000000", "write a rule's log")


def rule_images(request: Request) -> list[str]:
    """The images of the rules."""
    return [rule["RuleEvaluatorImage"] for rules in _RULES for rule in request.get(rules, ())]


def _secret_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    """Every variable that holds a secret's ARN is there to be read."""
    if request.get("EnableNetworkIsolation"):
        return
    prefix = f"arn:{scope.partition}:secretsmanager:"
    for name, value in sorted(request.get("Environment", {}).items()):
        if value.startswith(prefix) and name != "SECRET_ARN":
            yield AwsCall("secretsmanager:GetSecretValue", value, f"read the secret of {name}")
