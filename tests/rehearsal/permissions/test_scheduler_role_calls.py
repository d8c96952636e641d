"""The calls of the scheduler role, with all that IAM knows of each."""

from rehearsal.permissions.permissions import AwsCall
from rehearsal.permissions.role_calls import scheduler_role_calls
from tests.rehearsal.permissions.one_job import JOB_ARN, KEY_ARN, ROLE_ARN, SCHEDULE, good_request


def test_the_scheduler_role_makes_five_calls() -> None:
    assert scheduler_role_calls(SCHEDULE, good_request()) == (
        AwsCall(
            "sts:AssumeRole",
            SCHEDULE.role_arn,
            "EventBridge Scheduler assumes the scheduler role",
            {
                "aws:SourceAccount": "123456789012",
                "aws:SourceArn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/breast-cancer-staging",
            },
            "scheduler.amazonaws.com",
        ),
        AwsCall(
            "sagemaker:CreateTrainingJob",
            JOB_ARN,
            "create the training job",
            {
                "sagemaker:InstanceTypes": ("ml.m5.large",),
                "sagemaker:MaxRuntimeInSeconds": "3600",
                "aws:RequestTag/stack": "staging",
                "aws:TagKeys": ("stack",),
            },
        ),
        AwsCall(
            "sagemaker:AddTags",
            JOB_ARN,
            "tag the training job",
            {
                "sagemaker:TaggingAction": "CreateTrainingJob",
                "aws:RequestTag/stack": "staging",
                "aws:TagKeys": ("stack",),
            },
        ),
        AwsCall(
            "iam:PassRole",
            ROLE_ARN,
            "pass the execution role to SageMaker",
            {"iam:PassedToService": "sagemaker.amazonaws.com"},
        ),
        AwsCall("sqs:SendMessage", SCHEDULE.dead_letter_queue_arn or "", "record an invocation that failed"),
    )


def test_without_tags_and_a_queue_there_is_no_call_for_them() -> None:
    from dataclasses import replace

    request = good_request()
    del request["Tags"]

    calls = scheduler_role_calls(replace(SCHEDULE, dead_letter_queue_arn=None), request)

    assert [call.action for call in calls] == ["sts:AssumeRole", "sagemaker:CreateTrainingJob", "iam:PassRole"]
    assert "aws:TagKeys" not in calls[1].context


def test_every_condition_key_of_create_training_job_comes_from_the_request() -> None:
    request = good_request()
    request["ResourceConfig"] |= {"VolumeKmsKeyId": KEY_ARN, "KeepAlivePeriodInSeconds": 600}
    request["OutputDataConfig"]["KmsKeyId"] = KEY_ARN
    request["VpcConfig"] = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    request["EnableNetworkIsolation"] = False
    request["EnableInterContainerTrafficEncryption"] = True

    assert scheduler_role_calls(SCHEDULE, request)[1].context == {
        "sagemaker:InstanceTypes": ("ml.m5.large",),
        "sagemaker:MaxRuntimeInSeconds": "3600",
        "sagemaker:KeepAlivePeriod": "600",
        "sagemaker:NetworkIsolation": "false",
        "sagemaker:InterContainerTrafficEncryption": "true",
        "sagemaker:VpcSubnets": ("subnet-1", "subnet-2"),
        "sagemaker:VpcSecurityGroupIds": ("sg-1",),
        "sagemaker:VolumeKmsKey": KEY_ARN,
        "sagemaker:OutputKmsKey": KEY_ARN,
        "aws:RequestTag/stack": "staging",
        "aws:TagKeys": ("stack",),
    }


def test_the_instance_types_of_a_heterogeneous_cluster_are_all_named() -> None:
    request = good_request()
    request["ResourceConfig"] = {
        "InstanceGroups": [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.c5.xlarge"}],
        "VolumeSizeInGB": 30,
    }

    context = scheduler_role_calls(SCHEDULE, request)[1].context

    assert context["sagemaker:InstanceTypes"] == ("ml.m5.large", "ml.c5.xlarge")
