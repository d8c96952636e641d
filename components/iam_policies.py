"""Who may assume the two roles, and what the scheduler role may do; the execution role's is in execution_role_policy.

Every statement is a plain dict of known strings, so that policies can judge it at the first preview.
Sources: Service Authorization Reference (Amazon SageMaker, AWS IAM, Amazon SQS); EventBridge Scheduler User Guide,
"Confused deputy prevention"; SageMaker Developer Guide, "CreateTrainingJob API: execution role permissions".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from .aws_names import JobNames
from .request_places import execution_role_arn
from .statement_union import Statement, united
from .training_job_spec import TrainingJobSpec
from .watching_rules import is_watched

ROLE_POLICY_MAX_LENGTH: Final = 10_240
"""Characters of all inline policies of a role; ours have one each. Source: IAM User Guide, "IAM and AWS STS quotas"."""


def policy_document(statements: Sequence[Statement]) -> str:
    """A policy document as JSON, the same bytes for the same statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def allow(
    sid: str, actions: Sequence[str], resources: str | Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    """One Allow statement."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources if isinstance(resources, str) else list(resources),
    }
    return statement | ({"Condition": dict(condition)} if condition else {})


def scheduler_trust(names: JobNames) -> list[Statement]:
    """EventBridge Scheduler may assume the role for this job's schedule group, and for no other."""
    condition = {
        "StringEquals": {"aws:SourceAccount": names.scope.account_id},
        "ArnEquals": {"aws:SourceArn": names.schedule_group_arn},
    }
    return [trust("scheduler.amazonaws.com", condition)]


def execution_trust(names: JobNames, specs: Iterable[TrainingJobSpec] = ()) -> list[Statement]:
    """SageMaker may assume the role for training jobs of this account and region.

    Where rules watch a job of `specs`, also for the processing jobs that judge them.
    """
    statements = [_sagemaker_trust(names, "training-job", "AssumeRole")]
    if any(map(is_watched, specs)):
        statements.append(_sagemaker_trust(names, "processing-job", "AssumeRoleForRules"))
    return statements


def _sagemaker_trust(names: JobNames, kind: str, sid: str) -> Statement:
    condition = {
        "StringEquals": {"aws:SourceAccount": names.scope.account_id},
        "ArnLike": {"aws:SourceArn": names.scope.arn("sagemaker", f"{kind}/*")},
    }
    return trust("sagemaker.amazonaws.com", condition) | {"Sid": sid}


def trust(service: str, condition: Mapping[str, Any]) -> Statement:
    """The service may assume the role under this condition."""
    return {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": dict(condition),
    }


def scheduler_permissions(
    spec: TrainingJobSpec, names: JobNames, further: Iterable[TrainingJobSpec] = ()
) -> list[Statement]:
    """Start the job's own training jobs as specified, hand them their one role, and report failed invocations.

    `further` is what further schedules start: each as it is specified, so that none may have another's machines for its
    own time.
    """
    return united([_scheduler_permissions(each, names) for each in (spec, *further)])


def _scheduler_permissions(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    own, plans = names.training_job_arn_pattern, spec.resources.training_plan_arns
    return [
        allow(
            "StartTrainingJobs",
            ["sagemaker:CreateTrainingJob"],
            # A training plan is a resource of the same call.
            [own, *plans] if plans else own,
            _training_job_condition(spec),
        ),
        allow(
            "TagTrainingJobs",
            ["sagemaker:AddTags"],
            own,
            {"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}},
        ),
        allow(
            "PassExecutionRole",
            ["iam:PassRole"],
            execution_role_arn(spec, names),
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        allow("SendDeadLetters", ["sqs:SendMessage"], names.dead_letter_queue_arn),
    ]


def _training_job_condition(spec: TrainingJobSpec) -> dict[str, Any]:
    """Only jobs of the declared size and network (why not of the declared keys: docs/adr/0006).

    ForAllValues allows where the key is absent, hence the Null tests.
    """
    one_of: dict[str, Any] = {"sagemaker:InstanceTypes": list(spec.resources.instance_types)}
    if spec.network is not None:
        one_of["sagemaker:VpcSubnets"] = list(spec.network.subnets)
        one_of["sagemaker:VpcSecurityGroupIds"] = list(spec.network.security_group_ids)
    condition: dict[str, Any] = {
        "ForAllValues:StringEquals": one_of,
        "Null": dict.fromkeys(one_of, "false"),
        "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": str(spec.stopping_condition.max_runtime_in_seconds)},
    }
    if spec.resources.keep_alive_in_seconds:
        condition["NumericLessThanEquals"]["sagemaker:KeepAlivePeriod"] = str(spec.resources.keep_alive_in_seconds)
    switches = {
        "sagemaker:InterContainerTrafficEncryption": spec.encrypt_inter_container_traffic,
        "sagemaker:NetworkIsolation": spec.network_isolation,
    }
    if switched_on := {key: "true" for key, is_on in switches.items() if is_on}:
        condition["Bool"] = switched_on
    return condition
