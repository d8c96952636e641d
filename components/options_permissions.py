"""What the execution role may do besides, for settings that most jobs do without.

Sources: SageMaker Developer Guide, "Access a training container through AWS Systems Manager for remote debugging";
Service Authorization Reference (Amazon SageMaker, AWS Secrets Manager, AWS KMS, Amazon Message Gateway Service).
What SageMaker itself calls for rules, MlflowConfig and ModelPackageConfig it does not say: docs/training-job.md.
"""

from collections.abc import Iterator
from typing import Final

from .aws_names import JobNames
from .iam_policies import allow
from .statement_union import Statement
from .training_job_spec import TrainingJobSpec
from .watching_rules import is_watched

REMOTE_DEBUG_ACTIONS: Final = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the SSM agent in the container calls; it takes no resource but "*"."""
RULE_LOG_GROUP: Final = "/aws/sagemaker/ProcessingJobs"


def option_permissions(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """The statements for secrets, remote debugging, rules, MlflowConfig and ModelPackageConfig."""
    return [
        *_secrets(spec, names),
        *([allow("OpenRemoteDebugging", REMOTE_DEBUG_ACTIONS, "*")] if spec.remote_debug else []),
        *(_rule_logs(names) if is_watched(spec) else []),
        *_newest(spec),
    ]


def read_by_rules(spec: TrainingJobSpec) -> list[str]:
    """The prefixes that rules read while the job writes them."""
    debugged = [spec.debugger.s3_path] if spec.debugger and spec.debugger.rules else []
    profiled = [spec.profiler.s3_path] if spec.profiler and spec.profiler.rules and spec.profiler.s3_path else []
    return debugged + profiled


def _secrets(spec: TrainingJobSpec, names: JobNames) -> Iterator[Statement]:
    if spec.secrets:
        arns = list(dict.fromkeys(secret.arn for _, secret in sorted(spec.secrets.items())))
        yield allow("ReadSecrets", ["secretsmanager:GetSecretValue"], arns)
    keys = dict.fromkeys(secret.kms_key_arn for _, secret in sorted(spec.secrets.items()) if secret.kms_key_arn)
    for number, key in enumerate(keys, start=1):
        condition = {"StringEquals": {"kms:ViaService": names.scope.kms_via("secretsmanager")}}
        yield allow(f"DecryptSecrets{number}", ["kms:Decrypt"], key, condition)


def _rule_logs(names: JobNames) -> list[Statement]:
    group = names.scope.arn("logs", f"log-group:{RULE_LOG_GROUP}")
    return [
        allow("UseRuleLogGroup", ["logs:CreateLogGroup", "logs:DescribeLogStreams"], [group, f"{group}:*"]),
        allow("WriteRuleLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:log-stream:{names.prefix}-*"),
    ]


def _newest(spec: TrainingJobSpec) -> Iterator[Statement]:
    if spec.mlflow_config and ":mlflow-app/" in spec.mlflow_config.resource_arn:
        yield allow("CallMlflowApp", ["sagemaker:CallMlflowAppApi"], spec.mlflow_config.resource_arn)
    if package := spec.model_package_config:
        versions = f"{package.group_arn.replace(':model-package-group/', ':model-package/')}/*"
        yield allow("CreateModelPackage", ["sagemaker:CreateModelPackage"], [package.group_arn, versions])
        if package.source_arn:
            yield allow("ReadSourceModelPackage", ["sagemaker:DescribeModelPackage"], package.source_arn)
