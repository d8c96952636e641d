"""What has to be in the stack's region or partition, wherever a job names it."""

import pytest

from components.aws_names import partition_of
from components.region_fit import arn_fault, placement_problems
from tests.components.job_options import ALL, GOOD, KEY, PLAN, REPOSITORY, SECRET, changed, spec_of

ROLE = "arn:aws:iam::123456789012:role/training"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:credentials"
PRIVATE = {
    "uri": "registry.example.com/team/training:1.0",
    "repository_access_mode": "Vpc",
    "repository_credentials_provider_arn": FUNCTION,
}
EVERYTHING = GOOD | ALL | {
    "training_image": PRIVATE,
    "network": {"subnets": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]},
    "resources": {"instance_type": "ml.m5.large", "volume_kms_key_arn": KEY, "training_plan_arn": PLAN},
    "output": {"s3_path": "training-outputs/", "kms_key_arn": KEY},
    "data_kms_key_arns": [KEY],
    "execution_role_arn": ROLE,
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
    "tracking": GOOD["tracking"] | {"secret_arn": SECRET},
    "alarms": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:oncall", "kms_key_arn": KEY},
}  # fmt: skip
IN_THE_REGION = {
    "output.kms_key_arn",
    "resources.volume_kms_key_arn",
    "resources.training_plan_arn",
    "secrets.WAREHOUSE_SECRET_ARN.kms_key_arn",
    "data_kms_key_arns.0",
    "alarms.kms_key_arn",
    "alarms.topic_arn",
    "model_package_config.group_arn",
    "debugger.rules.loss.image",
    "profiler.rules.own.image",
}
IN_THE_PARTITION = IN_THE_REGION | {
    "secrets.WAREHOUSE_SECRET_ARN.arn",
    "tracking.secret_arn",
    "training_image.repository_credentials_provider_arn",
    "execution_role_arn",
    "permissions_boundary_arn",
    "mlflow_config.resource_arn",
    "model_package_config.source_arn",
}


def places(region: str) -> set[str]:
    return {".".join(problem.location) for problem in placement_problems(spec_of(EVERYTHING), region)}


def test_what_is_in_the_stacks_region_is_good() -> None:
    assert places("us-east-1") == set()


def test_in_another_region_what_is_used_there_alone_is_refused() -> None:
    assert places("eu-west-1") == IN_THE_REGION


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"])
def test_in_another_partition_every_arn_is_refused(region: str) -> None:
    assert places(region) == IN_THE_PARTITION


def test_types_of_which_one_is_chosen_have_their_own_plans() -> None:
    preferred = [{"instance_type": "ml.m5.large"}, {"instance_type": "ml.c5.xlarge", "training_plan_arn": PLAN}]
    spec = spec_of(changed(resources={"instance_preferences": preferred}))

    (problem,) = [each for each in placement_problems(spec, "eu-west-1") if "plan" in each.text]

    assert str(problem) == (
        f"resources.instance_preferences.1.training_plan_arn: got {PLAN!r}; allowed: a training plan of the stack's "
        "region, eu-west-1"
    )


def test_an_arn_of_another_partition_says_so() -> None:
    assert arn_fault(KEY.replace("aws", "aws-cn", 1), "a key", "us-east-1") == (
        f"got {KEY.replace('aws', 'aws-cn', 1)!r}; allowed: a key of the stack's partition, aws, because nothing of "
        "aws-cn is known there"
    )


def test_an_image_that_judges_a_job_is_in_the_region() -> None:
    texts = [each.text for each in placement_problems(spec_of(EVERYTHING), "eu-west-1") if "image" in each.location]

    assert (
        texts
        == [
            "got an image in us-east-1; allowed: one in the stack's region, eu-west-1, because SageMaker pulls from no "
            "other; replicate the repository there"
        ]
        * 2
    )


def test_an_image_outside_ecr_judges_no_job() -> None:
    rules = {"own": {"image": REPOSITORY.replace("amazonaws.com", "example.com") + ":1"}}

    with pytest.raises(ValueError, match="allowed: an image in Amazon ECR"):
        spec_of(changed(debugger={"s3_path": "debugger/", "rules": rules}))


@pytest.mark.parametrize(
    ("region", "partition"),
    {
        "us-east-1": "aws",
        "eu-central-1": "aws",
        "cn-northwest-1": "aws-cn",
        "us-gov-east-1": "aws-us-gov",
        "us-iso-west-1": "aws-iso",
        "us-isob-east-1": "aws-iso-b",
        "us-isof-south-1": "aws-iso-f",
        "eu-isoe-west-1": "aws-iso-e",
        "eusc-de-east-1": "aws-eusc",
    }.items(),
)
def test_a_region_is_in_its_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition
