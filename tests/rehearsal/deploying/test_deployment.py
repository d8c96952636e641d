import json
import uuid
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs

from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.program import Declaration, declare
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.declaring.recording_monitor import ResourceToCreate
from rehearsal.deploying.adapters import ADAPTERS, UnsupportedPropertyError
from rehearsal.deploying.deployment import DeploymentError, EmbeddedAwsMocks

NAMES = {
    "group": "aws:scheduler/scheduleGroup:ScheduleGroup",
    "schedule": "aws:scheduler/schedule:Schedule",
    "queue": "aws:sqs/queue:Queue",
    "role": "aws:iam/role:Role",
    "policy": "aws:iam/rolePolicy:RolePolicy",
    "object": "aws:s3/bucketObjectv2:BucketObjectv2",
}


def urn(type_: str) -> str:
    return f"urn:pulumi:staging::fixture::{type_}::it"


def create(clients: AwsClients, type_: str, inputs: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    to_create = ResourceToCreate(typ=type_, name="it", inputs=inputs, custom=True, urn=urn(type_))
    return EmbeddedAwsMocks(clients).new_resource(to_create)


@pytest.fixture(scope="module")
def bucket(aws: AwsClients) -> str:
    aws.s3.create_bucket(Bucket="ml-bucket")
    return "ml-bucket"


@pytest.fixture(scope="module")
def deployed(aws: AwsClients, bucket: str) -> Declaration:
    project = Path(__file__).parents[1] / "fixtures" / "project"
    return declare(project, "staging", EmbeddedAwsMocks(aws), preview=False)


NOWHERE = AwsClients("http://127.0.0.1:9", "us-east-1")


def test_a_type_without_an_adapter_is_an_error_that_names_it() -> None:
    with pytest.raises(DeploymentError) as refused:
        create(NOWHERE, "aws:ec2/instance:Instance", {})
    assert str(refused.value) == (
        f"{urn('aws:ec2/instance:Instance')}: the rehearsal cannot create an aws:ec2/instance:Instance: add an adapter "
        f"for it to rehearsal/deploying/adapters/; there are adapters for {', '.join(sorted(ADAPTERS))}"
    )


def test_a_component_and_a_provider_pass_through() -> None:
    mocks = EmbeddedAwsMocks(NOWHERE)
    assert mocks.new_resource(MockResourceArgs("fixture:index:Job", "it", {}, custom=False)) == (None, {})
    assert mocks.new_resource(MockResourceArgs("pulumi:providers:aws", "it", {}, custom=True)) == (None, {})


@pytest.mark.parametrize("type_", sorted(NAMES.values()))
def test_a_property_that_an_adapter_does_not_know_is_an_error_before_any_call(type_: str) -> None:
    needed = {"target": {"arn": "a", "roleArn": "r"}} if type_ == NAMES["schedule"] else {}
    with pytest.raises(UnsupportedPropertyError) as refused:
        create(NOWHERE, type_, {"name": "it", "colour": "red", **needed} if type_ != NAMES["object"] else {"colour": 1})
    assert str(refused.value) == (
        f"{urn(type_)}: the rehearsal does not know colour of {type_}: "
        "add it to the adapter in rehearsal/deploying/adapters/"
    )


def test_a_nested_property_of_a_target_is_not_dropped() -> None:
    target = {"arn": "a", "roleArn": "r", "ecsParameters": {"taskCount": 1}}
    with pytest.raises(UnsupportedPropertyError, match=r"does not know target\.ecsParameters of"):
        create(NOWHERE, NAMES["schedule"], {"name": "it", "target": target})


def test_another_region_is_an_error() -> None:
    with pytest.raises(DeploymentError) as refused:
        create(NOWHERE, NAMES["queue"], {"name": "it", "region": "eu-west-1"})
    assert str(refused.value) == (
        f"{urn(NAMES['queue'])}: region is 'eu-west-1', but the rehearsal has only 'us-east-1'"
    )


@pytest.mark.slow
def test_an_embedded_aws_that_is_not_there_is_one_clear_error() -> None:
    with pytest.raises(DeploymentError) as refused:
        create(NOWHERE, NAMES["queue"], {"name": "it"})
    assert str(refused.value) == (
        f'{urn(NAMES["queue"])}: Could not connect to the endpoint URL: "http://127.0.0.1:9/"'
    )


def test_a_source_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(UnsupportedPropertyError) as refused:
        create(NOWHERE, NAMES["object"], {"bucket": "b", "key": "k", "source": pulumi.FileAsset("/missing/file")})
    assert str(refused.value) == (
        f"{urn(NAMES['object'])}: cannot read source /missing/file: No such file or directory"
    )


def test_a_source_that_is_an_archive_is_an_error() -> None:
    with pytest.raises(UnsupportedPropertyError) as refused:
        create(NOWHERE, NAMES["object"], {"bucket": "b", "key": "k", "source": pulumi.FileArchive("a.zip")})
    assert str(refused.value) == (f"{urn(NAMES['object'])}: source is a FileArchive; allowed: FileAsset, StringAsset")


@pytest.mark.slow
def test_the_schedule_is_there_as_it_was_declared(aws: AwsClients, deployed: Declaration) -> None:
    schedule = aws.scheduler.get_schedule(Name="forest-staging", GroupName="forest-staging")
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["State"] == "ENABLED"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    target = schedule["Target"]
    assert json.loads(target.pop("Input")) == {
        "TrainingJobName": "forest-staging",
        "RoleArn": "arn:aws:iam::123456789012:role/forest-staging-execution",
    }
    assert target == {
        "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
        "RoleArn": "arn:aws:iam::123456789012:role/forest-staging-scheduler",
        "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:123456789012:forest-staging-dead-letters"},
    }
    assert deployed.exports["schedule_arn"] == schedule["Arn"]


@pytest.mark.slow
def test_the_queue_is_there_encrypted_and_tagged(aws: AwsClients, deployed: Declaration) -> None:
    url = deployed.exports["queue_url"]
    attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (attributes["SqsManagedSseEnabled"], attributes["MessageRetentionPeriod"]) == ("true", "1209600")
    assert aws.sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"stack": "staging"}


@pytest.mark.slow
def test_roles_and_policies_are_there_with_real_arns(aws: AwsClients, deployed: Declaration) -> None:
    role = aws.iam.get_role(RoleName="forest-staging-execution")["Role"]
    assert role["Tags"] == [{"Key": "stack", "Value": "staging"}]
    declared = next(resource for resource in deployed.resources if resource.name == "execution")
    assert (declared.id, declared.outputs["arn"]) == ("forest-staging-execution", role["Arn"])
    names = aws.iam.list_role_policies(RoleName="forest-staging-scheduler")["PolicyNames"]
    document = aws.iam.get_role_policy(RoleName="forest-staging-scheduler", PolicyName=names[0])["PolicyDocument"]
    # The queue's ARN was an output: it is known by now.
    assert document["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": "arn:aws:sqs:us-east-1:123456789012:forest-staging-dead-letters",
        }
    ]


@pytest.mark.slow
def test_the_bundle_is_there_with_its_content_type_and_tags(aws: AwsClients, deployed: Declaration) -> None:
    where = {"Bucket": "ml-bucket", "Key": "training-code/forest-staging/sourcedir.tar.gz"}
    found = aws.s3.get_object(**where)
    assert (found["Body"].read(), found["ContentType"]) == (b"the source bundle\n", "application/gzip")
    assert aws.s3.get_object_tagging(**where)["TagSet"] == [{"Key": "stack", "Value": "staging"}]


@pytest.mark.slow
def test_nothing_is_unknown_after_a_deployment(deployed: Declaration) -> None:
    assert UNKNOWN not in str(deployed)


@pytest.mark.slow
def test_a_refused_call_is_one_clear_error_with_the_urn(aws: AwsClients, deployed: Declaration) -> None:
    with pytest.raises(DeploymentError) as refused:
        create(aws, NAMES["role"], {"name": "forest-staging-execution", "assumeRolePolicy": "{}"})
    assert str(refused.value) == (
        f"{urn(NAMES['role'])}: CreateRole was refused: EntityAlreadyExists: "
        "Role with name forest-staging-execution already exists."
    )


@pytest.mark.slow
def test_a_schedule_without_its_role_is_refused_as_on_aws(aws: AwsClients) -> None:
    target = {"arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", "roleArn": "arn:aws:iam::1:role/nobody"}
    inputs = {
        "name": f"s-{uuid.uuid4()}",
        "scheduleExpression": "rate(1 day)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": target,
    }
    with pytest.raises(DeploymentError) as refused:
        create(aws, NAMES["schedule"], inputs)
    assert str(refused.value) == (f"{urn(NAMES['schedule'])}: GetRole was refused: NoSuchEntity: Role nobody not found")


@pytest.mark.slow
def test_a_schedule_without_its_group_is_refused_as_on_aws(aws: AwsClients) -> None:
    target = {"arn": "a", "roleArn": "r"}
    with pytest.raises(DeploymentError, match="GetScheduleGroup was refused: ResourceNotFoundException"):
        create(aws, NAMES["schedule"], {"name": "s", "groupName": "nobody", "target": target})


@pytest.mark.slow
def test_an_object_is_encrypted_with_the_key_that_is_given(aws: AwsClients, bucket: str) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
    inputs = {"bucket": bucket, "key": "k", "source": pulumi.StringAsset("text"), "kmsKeyId": key}
    identifier, outputs = create(aws, NAMES["object"], inputs)
    assert (identifier, outputs["serverSideEncryption"]) == ("k", "aws:kms")
    found = aws.s3.get_object(Bucket=bucket, Key="k")
    assert (found["Body"].read(), found["ServerSideEncryption"], found["SSEKMSKeyId"]) == (b"text", "aws:kms", key)
