import json
from typing import Any

import pytest

from components.aws_names import JobNames
from components.iam_policies import allow, execution_trust, policy_document, scheduler_permissions, scheduler_trust
from settings import TrainingJobSettings

TRAINING_JOBS = "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-{stack}-*"
DEAD_LETTERS = "arn:aws:sqs:us-east-1:123456789012:breast-cancer-staging-dead-letters"


def test_a_policy_document_is_the_same_text_for_the_same_statements() -> None:
    statements = [allow("A", ["s3:GetObject"], "arn:aws:s3:::b/*")]

    assert policy_document(statements) == policy_document([dict(statements[0])])
    assert json.loads(policy_document(statements)) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}],
    }


def test_a_statement_without_condition_has_none() -> None:
    assert "Condition" not in allow("A", ["a:B"], ["x"])
    assert "Condition" not in allow("A", ["a:B"], ["x"], {})


def test_only_the_scheduler_for_this_jobs_group_may_assume_the_scheduler_role(staging_names: JobNames) -> None:
    assert scheduler_trust(staging_names) == [
        {
            "Sid": "AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnEquals": {
                    "aws:SourceArn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/breast-cancer-staging"
                },
            },
        }
    ]


def test_only_sagemaker_for_training_jobs_of_the_account_may_assume_the_execution_role(staging_names: JobNames) -> None:
    assert execution_trust(staging_names) == [
        {
            "Sid": "AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/*"},
            },
        }
    ]


def test_all_that_the_scheduler_role_of_staging_may_do(staging: TrainingJobSettings, staging_names: JobNames) -> None:
    assert scheduler_permissions(staging, staging_names) == [
        {
            "Sid": "StartTrainingJobs",
            "Effect": "Allow",
            "Action": ["sagemaker:CreateTrainingJob"],
            "Resource": TRAINING_JOBS.format(stack="staging"),
            "Condition": {
                "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": ["ml.m5.large"]},
                "Null": {"sagemaker:InstanceTypes": "false"},
                "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"},
            },
        },
        {
            "Sid": "TagTrainingJobs",
            "Effect": "Allow",
            "Action": ["sagemaker:AddTags"],
            "Resource": TRAINING_JOBS.format(stack="staging"),
            "Condition": {"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}},
        },
        {
            "Sid": "PassExecutionRole",
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
        {"Sid": "SendDeadLetters", "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": DEAD_LETTERS},
    ]


def test_prod_may_start_only_jobs_in_its_vpc_with_encrypted_traffic(
    prod: TrainingJobSettings, prod_names: JobNames
) -> None:
    start = scheduler_permissions(prod, prod_names)[0]

    several = {
        "sagemaker:InstanceTypes": ["ml.m5.xlarge"],
        "sagemaker:VpcSubnets": ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69780"],
        "sagemaker:VpcSecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    assert start["Resource"] == TRAINING_JOBS.format(stack="prod")
    assert start["Condition"] == {
        "ForAllValues:StringEquals": several,
        "Null": dict.fromkeys(several, "false"),
        "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"},
        "Bool": {"sagemaker:InterContainerTrafficEncryption": "true"},
    }


@pytest.mark.parametrize("arn", ["arn:aws:iam::123456789012:role/studio", "arn:aws:iam::123456789012:role/a/b"])
def test_an_existing_execution_role_is_the_only_one_that_may_be_passed(
    arn: str, staging: TrainingJobSettings, staging_names: JobNames
) -> None:
    spec = staging.model_copy(update={"execution_role_arn": arn})

    passing = [s for s in scheduler_permissions(spec, staging_names) if "iam:PassRole" in s["Action"]]

    assert [statement["Resource"] for statement in passing] == [arn]


def test_a_value_of_a_set_test_is_never_allowed_by_its_absence(prod: TrainingJobSettings, prod_names: JobNames) -> None:
    for statement in scheduler_permissions(prod, prod_names):
        condition: dict[str, Any] = statement.get("Condition", {})
        set_tests = {
            key for operator in condition if operator.startswith("ForAllValues:") for key in condition[operator]
        }
        assert set_tests == set(condition.get("Null", {}))
