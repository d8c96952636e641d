import pytest

from components.aws_names import (
    FURTHER_SCHEDULE_NAME_MAX_LENGTH,
    PREFIX_MAX_LENGTH,
    TRAINING_JOB_NAME_MAX_LENGTH,
    AwsScope,
    JobNames,
)

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")


def test_every_name_and_arn_of_a_job_follows_from_its_prefix() -> None:
    properties = {name for name, value in vars(JobNames).items() if isinstance(value, property)}

    assert {name: getattr(NAMES, name) for name in properties} == {
        "schedule_group_name": "breast-cancer-staging",
        "schedule_group_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/breast-cancer-staging",
        "schedule_name": "breast-cancer-staging",
        "schedule_arn": (
            "arn:aws:scheduler:us-east-1:123456789012:schedule/breast-cancer-staging/breast-cancer-staging"
        ),
        "dead_letter_queue_name": "breast-cancer-staging-dead-letters",
        "dead_letter_queue_arn": "arn:aws:sqs:us-east-1:123456789012:breast-cancer-staging-dead-letters",
        "scheduler_role_name": "breast-cancer-staging-scheduler",
        "scheduler_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
        "execution_role_name": "breast-cancer-staging-execution",
        "execution_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
        "training_job_arn_pattern": "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging-*",
        "target_arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
    }


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_every_arn_is_in_the_partition_of_its_stack(partition: str) -> None:
    names = JobNames(AwsScope(partition, "x", "123456789012"), "p")

    arns = [getattr(names, name) for name in vars(JobNames) if "arn" in name and not name.startswith("further")]
    arns.append(names.further_schedule_arn("weekly"))

    assert len(arns) == 8
    assert {arn.split(":")[1] for arn in arns} == {partition}


def test_the_longest_prefix_leaves_room_for_a_hyphen_and_an_execution_id() -> None:
    execution_id = "01234567-89ab-cdef-0123-456789abcdef"

    assert PREFIX_MAX_LENGTH == 26
    assert len(f"{'x' * PREFIX_MAX_LENGTH}-{execution_id}") == TRAINING_JOB_NAME_MAX_LENGTH


def test_every_name_from_the_longest_prefix_keeps_to_its_services_limit() -> None:
    names = JobNames(NAMES.scope, "x" * PREFIX_MAX_LENGTH)

    assert len(names.schedule_name) <= 64
    assert len(names.further_schedule_name("x" * FURTHER_SCHEDULE_NAME_MAX_LENGTH)) == 64
    assert len(names.schedule_group_name) <= 64
    assert len(names.dead_letter_queue_name) <= 80
    assert len(names.scheduler_role_name) <= 64
    assert len(names.execution_role_name) <= 64
