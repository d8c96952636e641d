from typing import Any

import pytest

from components.aws_names import JobNames
from components.channel import Channel
from components.execution_role_policy import WILDCARD_REASONS, execution_permissions
from components.iam_policies import scheduler_permissions
from components.s3_location import BucketContext
from components.training_image_spec import TrainingImage
from settings import TrainingJobSettings
from tests.components.role_statements import BUCKET, SIDS_OF_STAGING, by_sid

OTHER = "210987654321"
REPOSITORY = f"arn:aws:ecr:eu-west-1:{OTHER}:repository/"
PROD_BUCKET = "arn:aws:s3:::ml-platform-prod-ml-bucket"
SIDS_OF_PROD_ONLY = {
    "PruneCheckpoints",
    "CreateNetworkInterfaces",
    "ManageNetworkInterfaces",
    "DescribeNetwork",
    "EncryptVolumes",
    "EncryptOutput",
}


@pytest.fixture(params=["staging", "prod"])
def every_statement(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    spec, names = request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_names")
    return [*execution_permissions(spec, names), *scheduler_permissions(spec, names)]


def test_no_statement_has_a_wildcard_action(every_statement: list[dict[str, Any]]) -> None:
    for statement in every_statement:
        assert not [action for action in statement["Action"] if "*" in action or "?" in action]
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement)
        assert statement["Effect"] == "Allow"


def test_only_actions_that_accept_nothing_else_stand_on_every_resource(every_statement: list[dict[str, Any]]) -> None:
    for statement in every_statement:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if "*" in resources:
            assert set(statement["Action"]) <= set(WILDCARD_REASONS), statement["Sid"]


def test_every_reason_for_a_wildcard_is_used_and_said(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    spec = prod.model_copy(update={"remote_debug": True})
    used = {
        action
        for statement in execution_permissions(spec, prod_names)
        if statement["Resource"] == "*"
        for action in statement["Action"]
    }

    assert used == set(WILDCARD_REASONS)
    assert all(WILDCARD_REASONS.values())


def test_staging_has_no_permission_for_what_only_prod_does(
    staging: TrainingJobSettings, staging_names: JobNames, prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    assert list(by_sid(staging, staging_names)) == SIDS_OF_STAGING
    assert set(by_sid(prod, prod_names)) - set(SIDS_OF_STAGING) == SIDS_OF_PROD_ONLY
    actions = {action for s in execution_permissions(staging, staging_names) for action in s["Action"]}
    assert not [
        action for action in actions if action.startswith(("kms:", "ec2:")) or ("Delete" in action and "s3" in action)
    ]


def test_objects_are_read_written_and_listed_by_prefix(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)

    assert found["ReadObjects"]["Resource"] == [
        f"{BUCKET}/datasets/training/*",
        f"{BUCKET}/training-code/packages/*",
        f"{BUCKET}/training-code/breast-cancer-staging/*",
        f"{BUCKET}/mlflow-artifacts/*",
    ]
    assert found["WriteObjects"]["Resource"] == [f"{BUCKET}/training-outputs/*", f"{BUCKET}/mlflow-artifacts/*"]
    assert found["ListPrefixes1"] == {
        "Sid": "ListPrefixes1",
        "Effect": "Allow",
        "Action": ["s3:ListBucket"],
        "Resource": BUCKET,
        "Condition": {
            "StringLike": {"s3:prefix": ["datasets/training/*", "training-code/packages/*", "mlflow-artifacts/*"]}
        },
    }


def test_training_data_is_never_written(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    for statement in execution_permissions(prod, prod_names):
        if {"s3:PutObject", "s3:DeleteObject"} & set(statement["Action"]):
            assert not [resource for resource in statement["Resource"] if "/datasets/" in resource]


def test_checkpoints_of_this_job_are_read_written_listed_and_deleted(
    prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    found = by_sid(prod, prod_names)
    checkpoints = f"{PROD_BUCKET}/checkpoints/breast-cancer-prod/*"

    assert found["PruneCheckpoints"]["Resource"] == [checkpoints]
    assert found["PruneCheckpoints"]["Action"] == ["s3:DeleteObject"]
    assert checkpoints in found["ReadObjects"]["Resource"]
    assert checkpoints in found["WriteObjects"]["Resource"]
    prefixes = found["ListPrefixes1"]["Condition"]["StringLike"]["s3:prefix"]
    assert "checkpoints/breast-cancer-prod/*" in prefixes
    assert "checkpoints/*" not in prefixes


def test_two_channels_of_one_prefix_are_named_once(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    channel = Channel.model_validate(
        {"s3_path": "datasets/training/"}, context=BucketContext("ml-platform-staging-ml-bucket")
    )
    spec = staging.model_copy(update={"channels": {"training": channel, "validation": channel}})

    assert by_sid(spec, staging_names) == by_sid(staging, staging_names)


def test_the_one_image_is_pulled(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)

    assert found["PullTrainingImage"]["Resource"] == (
        "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn"
    )
    assert found["LogInToRegistry"]["Action"] == ["ecr:GetAuthorizationToken"]


@pytest.mark.parametrize(
    ("uri", "arn"),
    [
        (
            f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/team/training:1.0",
            f"arn:aws:ecr:eu-west-1:{OTHER}:repository/team/training",
        ),
        (
            f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/aa@sha256:{'0' * 64}",
            f"arn:aws:ecr:eu-west-1:{OTHER}:repository/aa",
        ),
    ],
)
def test_an_image_of_ones_own_in_ecr_is_pulled_from_its_repository(
    uri: str, arn: str, staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = staging.model_copy(update={"training_image": TrainingImage(uri=uri)})

    assert by_sid(spec, staging_names)["PullTrainingImage"]["Resource"] == arn


def test_an_image_outside_ecr_needs_no_permission_of_ecr(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    spec = staging.model_copy(
        update={"training_image": TrainingImage(uri="registry:5000/training:1.0", repository_access_mode="Vpc")}
    )

    sids = set(by_sid(staging, staging_names)) - {"PullTrainingImage", "LogInToRegistry"}
    assert set(by_sid(spec, staging_names)) == sids


def test_the_one_function_that_knows_a_registrys_credentials_may_be_called(
    staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:registry-credentials"
    image = TrainingImage(
        uri="registry:5000/training:1.0", repository_access_mode="Vpc", repository_credentials_provider_arn=function
    )
    spec = staging.model_copy(update={"training_image": image})

    assert by_sid(spec, staging_names)["AskForRegistryCredentials"] == {
        "Sid": "AskForRegistryCredentials",
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": function,
    }


def test_logs_and_metrics_are_those_of_this_jobs(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    found = by_sid(staging, staging_names)
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs"

    assert found["WriteLogs"]["Resource"] == f"{group}:log-stream:breast-cancer-staging-*"
    assert found["UseLogGroup"]["Resource"] == [group, f"{group}:*"]
    assert found["PutMetrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}}


def test_network_interfaces_go_into_the_declared_subnets_and_groups(
    prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    found = by_sid(prod, prod_names)
    ec2 = "arn:aws:ec2:us-east-1:123456789012"

    assert found["CreateNetworkInterfaces"]["Resource"] == [
        f"{ec2}:network-interface/*",
        f"{ec2}:subnet/subnet-0a1b2c3d4e5f60718",
        f"{ec2}:subnet/subnet-0f1e2d3c4b5a69780",
        f"{ec2}:security-group/sg-0123456789abcdef0",
    ]
    assert found["ManageNetworkInterfaces"]["Resource"] == f"{ec2}:network-interface/*"
    assert {action.partition("Describe")[0] for action in found["DescribeNetwork"]["Action"]} == {"ec2:"}


def test_each_key_is_used_by_way_of_its_service(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    found = by_sid(prod, prod_names)

    assert (
        found["EncryptVolumes"]["Action"],
        found["EncryptVolumes"]["Resource"],
        found["EncryptVolumes"]["Condition"],
    ) == (
        ["kms:CreateGrant"],
        prod.resources.volume_kms_key_arn,
        {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
    assert (
        found["EncryptOutput"]["Action"],
        found["EncryptOutput"]["Resource"],
        found["EncryptOutput"]["Condition"],
    ) == (
        ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        prod.output.kms_key_arn,
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    )
