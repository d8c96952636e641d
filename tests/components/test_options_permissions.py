"""What the two roles may do for settings that most jobs do without: all that is needed, and none of its neighbours."""

from typing import Any

import pytest

from components.execution_role_policy import WILDCARD_REASONS, execution_permissions
from components.iam_policies import execution_trust, policy_document, scheduler_permissions, scheduler_trust
from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.permissions.option_calls import option_calls
from rehearsal.permissions.permissions import AwsCall, judge, judge_trust
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from tests.components.job_options import ALL, APP, GROUP, KEY, NAMES, PLAN, SECRET, changed, spec_of

BUCKET = "arn:aws:s3:::ml-bucket"
JOB = "churn-prod-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"
SCOPE = NAMES.scope
SCHEDULE = DeployedSchedule(
    name=NAMES.schedule_name,
    group_name=NAMES.schedule_group_name,
    arn=NAMES.schedule_arn,
    state="ENABLED",
    target_arn=NAMES.target_arn,
    target_input="{}",
    role_arn=NAMES.scheduler_role_arn,
    dead_letter_queue_arn=NAMES.dead_letter_queue_arn,
)
ISOLATED = {"network_isolation": True}
GROUPS = {"resources": {"instance_groups": [{"name": "a", "instance_type": "ml.m5.large"}]}}
PREFERRED = {
    "resources": {
        "instance_preferences": [
            {"instance_type": "ml.m5.large", "training_plan_arn": PLAN},
            {"instance_type": "ml.c5.xlarge"},
        ]
    }
}


def parsed(name: str, statements: list[dict[str, Any]]) -> PolicyDocument:
    return PolicyDocument.parse(name, policy_document(statements))


def documents(settings: dict[str, Any]) -> dict[str, PolicyDocument]:
    spec = spec_of(changed(**settings))
    return {
        "scheduler": parsed("scheduler", scheduler_permissions(spec, NAMES)),
        "scheduler trust": parsed("trust", scheduler_trust(NAMES)),
        "execution": parsed("execution", execution_permissions(spec, NAMES)),
        "execution trust": parsed("trust", execution_trust(NAMES, [spec])),
    }


@pytest.mark.parametrize("settings", [{}, ALL, ISOLATED, GROUPS, PREFERRED], ids=range(5))
def test_both_roles_may_do_all_that_the_job_needs(settings: dict[str, Any], bundle: SourceBundle) -> None:
    roles = documents(settings)
    request = create_training_job_request(spec_of(changed(**settings)), NAMES, bundle, {}) | {"TrainingJobName": JOB}
    calls = {
        "scheduler": scheduler_role_calls(SCHEDULE, request),
        "execution": execution_role_calls(request, scope=SCOPE, object_uris={}),
    }

    for role, made in calls.items():
        for call in made:
            trusted = judge_trust(call, roles[f"{role} trust"]) if call.service_principal else None
            decision = trusted or judge(call, [roles[role]])
            assert decision.allowed, (role, call, decision.reason)


VIA = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
NEIGHBOURS = [
    AwsCall("secretsmanager:GetSecretValue", SECRET.replace("warehouse", "payroll"), "read"),
    AwsCall("secretsmanager:GetSecretValue", SECRET[:-1] + "g", "read"),
    AwsCall("secretsmanager:PutSecretValue", SECRET, "write"),
    AwsCall("secretsmanager:DescribeSecret", SECRET, "look"),
    AwsCall("kms:Decrypt", KEY, "decrypt"),
    AwsCall("kms:Decrypt", KEY, "decrypt", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
    AwsCall("kms:Decrypt", KEY.replace("1234abcd", "0000abcd"), "decrypt", VIA),
    AwsCall("kms:Encrypt", KEY, "encrypt", VIA),
    AwsCall("s3:PutObject", f"{BUCKET}/debugger-old/a", "write"),
    AwsCall("s3:PutObject", f"{BUCKET}/datasets/training/a", "write"),
    AwsCall("s3:PutObject", "arn:aws:s3:::ml-bucket-2/debugger/a", "write"),
    AwsCall("s3:DeleteObject", f"{BUCKET}/debugger/a", "delete"),
    AwsCall("s3:DeleteObject", f"{BUCKET}/tensorboard/a", "delete"),
    AwsCall("s3:GetObject", f"{BUCKET}/tensorboard/a", "read"),
    AwsCall("s3:GetObject", f"{BUCKET}/training-outputs/a", "read"),
    AwsCall("s3:ListBucket", BUCKET, "list", {"s3:prefix": "tensorboard/"}),
    AwsCall("s3:ListBucket", BUCKET, "list", {"s3:prefix": ""}),
    AwsCall("ssmmessages:GetMessages", "*", "read"),
    AwsCall("ssm:StartSession", "*", "open a shell"),
    AwsCall("ssm:SendCommand", "*", "run"),
    AwsCall("logs:PutLogEvents", f"{SCOPE.arn('logs', 'log-group:/aws/sagemaker/ProcessingJobs')}:log-stream:x/a", "w"),
    AwsCall("logs:PutLogEvents", f"{SCOPE.arn('logs', 'log-group:/aws/lambda/x')}:log-stream:churn-prod-1/a", "write"),
    AwsCall("sagemaker:CallMlflowAppApi", APP.replace("ABCD", "ZZZZ"), "call"),
    AwsCall("sagemaker:DeleteMlflowApp", APP, "delete"),
    AwsCall("sagemaker:CreateModelPackage", GROUP.replace("churn", "fraud"), "make"),
    AwsCall("sagemaker:CreateModelPackage", GROUP.replace("-group/churn", "/fraud/1"), "make"),
    AwsCall("sagemaker:DeleteModelPackage", GROUP.replace("-group/churn", "/churn/1"), "delete"),
    AwsCall("sagemaker:UpdateModelPackage", GROUP.replace("-group/churn", "/churn/1"), "approve"),
    AwsCall("sagemaker:DescribeModelPackage", GROUP.replace("-group/churn", "/churn/4"), "read"),
    AwsCall("sagemaker:CreateTrainingJob", NAMES.training_job_arn_pattern.replace("*", "1"), "start"),
    AwsCall("sagemaker:CreateProcessingJob", SCOPE.arn("sagemaker", "processing-job/churn-prod-1"), "start"),
    AwsCall("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:503895931360:repository/other", "pull"),
    AwsCall("ecr:PutImage", "arn:aws:ecr:us-east-1:503895931360:repository/sagemaker-debugger-rules", "push"),
]


@pytest.mark.parametrize("call", NEIGHBOURS, ids=lambda call: f"{call.action} {call.resource}")
def test_the_execution_role_may_do_none_of_the_neighbours(call: AwsCall) -> None:
    assert not judge(call, [documents(ALL)["execution"]]).allowed


def start(resource: str, types: tuple[str, ...] = ("ml.m5.large",), **context: str) -> AwsCall:
    known: dict[str, str | tuple[str, ...]] = {
        "sagemaker:InstanceTypes": types,
        "sagemaker:MaxRuntimeInSeconds": "3600",
        **{f"sagemaker:{key}": value for key, value in context.items()},
    }
    return AwsCall("sagemaker:CreateTrainingJob", resource, "start", known)


OWN = SCOPE.arn("sagemaker", f"training-job/{JOB}")


@pytest.mark.parametrize(
    ("settings", "call", "allowed"),
    [
        (ALL, start(OWN, KeepAlivePeriod="600"), True),
        (ALL, start(OWN, KeepAlivePeriod="601"), False),
        (ALL, start(PLAN, KeepAlivePeriod="600"), True),
        (ALL, start(f"{PLAN}-2", KeepAlivePeriod="600"), False),
        (ISOLATED, start(OWN, NetworkIsolation="true"), True),
        (ISOLATED, start(OWN, NetworkIsolation="false"), False),
        (ISOLATED, start(OWN), False),
        ({}, start(PLAN), False),
        (PREFERRED, start(OWN, ("ml.m5.large", "ml.c5.xlarge")), True),
        (PREFERRED, start(OWN, ("ml.m5.large", "ml.p3.2xlarge")), False),
        (PREFERRED, start(PLAN), True),
        (GROUPS, start(OWN, ("ml.c5.xlarge",)), False),
    ],
)
def test_the_scheduler_role_may_start_what_is_declared(settings: dict[str, Any], call: AwsCall, allowed: bool) -> None:
    assert judge(call, [documents(settings)["scheduler"]]).allowed is allowed


def test_a_role_without_these_settings_has_none_of_their_permissions(bundle: SourceBundle) -> None:
    plain = documents({})["execution"]
    request = create_training_job_request(spec_of(changed(**ALL)), NAMES, bundle, {}) | {"TrainingJobName": JOB}

    asked = [call for call in option_calls(request, SCOPE) if not call.service_principal]

    assert len(asked) > 15
    assert [call for call in asked if judge(call, [plain]).allowed] == []
    assert [statement["Sid"] for statement in execution_trust(NAMES, [spec_of(changed())])] == ["AssumeRole"]


def test_an_isolated_job_may_not_use_mlflow() -> None:
    tracking = changed()["tracking"] | {"tracking_uri": None, "tracking_server": "server", "artifact_store": "mlflow/"}
    settings = {"tracking": {name: value for name, value in tracking.items() if value}}

    def sids(**more: object) -> set[str]:
        return {each["Sid"] for each in execution_permissions(spec_of(changed(**settings, **more)), NAMES)}

    assert sids() - sids(**ISOLATED) == {"TrackWithMlflow", "TrackFromOtherCode"}
    isolated = parsed("execution", execution_permissions(spec_of(changed(**settings, **ISOLATED)), NAMES))
    assert not judge(AwsCall("s3:PutObject", f"{BUCKET}/mlflow/a", "write"), [isolated]).allowed


def test_only_actions_on_the_named_list_stand_on_every_resource() -> None:
    for statement in execution_permissions(spec_of(changed(**ALL)), NAMES):
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Resource"] == "*":
            assert set(statement["Action"]) <= set(WILDCARD_REASONS)


def test_each_key_has_a_statement_of_its_own() -> None:
    other = KEY.replace("1234abcd", "0000abcd")
    secrets = {"A": {"arn": SECRET, "kms_key_arn": KEY}, "B": {"arn": SECRET, "kms_key_arn": other}}

    found = {each["Sid"]: each for each in execution_permissions(spec_of(changed(secrets=secrets)), NAMES)}

    assert found["ReadSecrets"]["Resource"] == [SECRET]
    assert [found[f"DecryptSecrets{number}"]["Resource"] for number in (1, 2)] == [KEY, other]
