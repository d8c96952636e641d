import json
from collections.abc import Callable

import pytest

from components.aws_names import AwsScope
from rehearsal.permissions.permissions import judge, judge_trust
from rehearsal.permissions.policy_documents import PolicyDocument
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.permissions.tracking_calls import TRACKING_ACTIONS
from tests.rehearsal.permissions.one_job import (
    JOB,
    KEY_ARN,
    ROLE_ARN,
    SCHEDULE,
    TRACKING_ARN,
    Request,
    execution_calls,
    good_request,
    of_service,
)


def test_the_image_is_pulled_from_the_account_and_region_of_its_registry() -> None:
    repository = "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn"

    assert of_service(execution_calls(good_request()), "ecr") == [
        ("ecr:GetAuthorizationToken", "*", {}),
        ("ecr:BatchCheckLayerAvailability", repository, {}),
        ("ecr:GetDownloadUrlForLayer", repository, {}),
        ("ecr:BatchGetImage", repository, {}),
    ]


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/training@sha256:" + "0" * 64,
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/training",
        ),
        ("registry.example.com/training:1", None),
    ],
)
def test_only_an_image_in_ecr_needs_permissions(image: str, repository: str | None) -> None:
    request = good_request()
    request["AlgorithmSpecification"]["TrainingImage"] = image

    resources = {resource for action, resource, _ in of_service(execution_calls(request), "ecr")}

    assert resources == ({"*", repository} if repository else set())


def test_logs_and_metrics_go_to_sagemaker_s_group_and_namespace() -> None:
    streams = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:log-stream:"
    calls = execution_calls(good_request())

    assert of_service(calls, "logs") == [
        ("logs:CreateLogGroup", streams, {}),
        ("logs:DescribeLogStreams", streams, {}),
        ("logs:CreateLogStream", f"{streams}{JOB}/algo-1-1700000000", {}),
        ("logs:PutLogEvents", f"{streams}{JOB}/algo-1-1700000000", {}),
    ]
    assert of_service(calls, "cloudwatch") == [
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"})
    ]


def test_a_job_outside_a_vpc_and_without_keys_calls_neither_ec2_nor_kms() -> None:
    calls = execution_calls(good_request())

    assert of_service(calls, "ec2") == []
    assert of_service(calls, "kms") == []


def test_a_job_in_a_vpc_attaches_network_interfaces() -> None:
    request = good_request()
    request["VpcConfig"] = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    arn = "arn:aws:ec2:us-east-1:123456789012:"
    interface = f"{arn}network-interface/eni-00000000000000000"

    assert [(action, resource) for action, resource, _ in of_service(execution_calls(request), "ec2")] == [
        ("ec2:DescribeNetworkInterfaces", "*"),
        ("ec2:DescribeVpcs", "*"),
        ("ec2:DescribeDhcpOptions", "*"),
        ("ec2:DescribeSubnets", "*"),
        ("ec2:DescribeSecurityGroups", "*"),
        ("ec2:CreateNetworkInterface", interface),
        ("ec2:CreateNetworkInterfacePermission", interface),
        ("ec2:DeleteNetworkInterface", interface),
        ("ec2:DeleteNetworkInterfacePermission", interface),
        ("ec2:CreateNetworkInterface", f"{arn}subnet/subnet-1"),
        ("ec2:CreateNetworkInterface", f"{arn}security-group/sg-1"),
    ]


@pytest.mark.parametrize("key", [KEY_ARN, KEY_ARN.rpartition("/")[2]])
def test_keys_are_used_by_arn_and_by_way_of_their_services(key: str) -> None:
    request = good_request()
    request["ResourceConfig"]["VolumeKmsKeyId"] = key
    request["OutputDataConfig"]["KmsKeyId"] = key
    via_s3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}

    assert of_service(execution_calls(request), "kms") == [
        ("kms:CreateGrant", KEY_ARN, {"kms:GrantIsForAWSResource": "true"}),
        ("kms:GenerateDataKey", KEY_ARN, via_s3),
        ("kms:Encrypt", KEY_ARN, via_s3),
        ("kms:Decrypt", KEY_ARN, via_s3),
    ]


def test_tracking_with_a_managed_server_calls_it_and_its_artifact_store() -> None:
    calls = execution_calls(good_request(), artifact_store="s3://artifacts/mlflow/")

    assert of_service(calls, "sagemaker-mlflow") == [
        (f"sagemaker-mlflow:{action}", TRACKING_ARN, {}) for action in TRACKING_ACTIONS
    ]
    assert of_service(calls, "s3")[6:] == [
        ("s3:PutObject", "arn:aws:s3:::artifacts/mlflow/1/models/any-model/artifacts/MLmodel", {}),
        ("s3:GetObject", "arn:aws:s3:::artifacts/mlflow/1/models/any-model/artifacts/MLmodel", {}),
        ("s3:ListBucket", "arn:aws:s3:::artifacts", {"s3:prefix": "mlflow/1/models/any-model/artifacts"}),
    ]


def tracking_server(request: Request, uri: str) -> None:
    request["Environment"]["MLFLOW_TRACKING_URI"] = uri


@pytest.mark.parametrize(
    "change",
    [
        lambda request: request["Environment"].pop("MLFLOW_TRACKING_URI"),
        lambda request: tracking_server(request, "https://mlflow.example.com"),
        lambda request: request.update(EnableNetworkIsolation=True),
    ],
    ids=["no server", "a server by URI", "an isolated network"],
)
def test_without_a_managed_server_within_reach_nothing_of_tracking_is_called(
    change: Callable[[Request], object],
) -> None:
    request = good_request()
    change(request)
    calls = execution_calls(request, artifact_store="s3://artifacts/mlflow/")

    assert of_service(calls, "sagemaker-mlflow") == []
    assert not [call for call in calls if "artifacts" in call.resource]


def test_an_mlflow_app_has_one_action_for_all() -> None:
    request = good_request()
    app = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1"
    tracking_server(request, app)

    assert of_service(execution_calls(request), "sagemaker") == [("sagemaker:CallMlflowAppApi", app, {})]


def test_a_job_that_does_not_track_reads_and_leaves_word_of_what_was_delivered() -> None:
    request = good_request()
    del request["Environment"]["MLFLOW_TRACKING_URI"]
    request["Environment"] |= {
        "TRACKING": "none",
        "DELIVERIES_URI": "s3://bucket/models/p/deliveries/",
        "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/g/nightly",
        "SCHEDULED_TIME": "2026-11-23T06:00:00Z",
    }
    key = "models/p/deliveries/nightly/2026-11-23T06:00:00Z.json"

    calls = execution_calls(request)

    assert of_service(calls, "sagemaker-mlflow") == []
    assert of_service(calls, "s3")[6:] == [
        ("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": key}),
        ("s3:GetObject", f"arn:aws:s3:::bucket/{key}", {}),
        ("s3:PutObject", f"arn:aws:s3:::bucket/{key}", {}),
    ]


def test_another_partition_and_region_are_in_every_arn() -> None:
    scope = AwsScope("aws-cn", "cn-north-1", "123456789012")
    request = good_request()
    request["OutputDataConfig"]["KmsKeyId"] = "1-2"
    request["AlgorithmSpecification"]["TrainingImage"] = "4.dkr.ecr.cn-north-1.amazonaws.com.cn/image:1"
    del request["Environment"]
    request["RoleArn"] = ROLE_ARN.replace("arn:aws:", "arn:aws-cn:")

    calls = execution_role_calls(request, scope=scope, object_uris={})

    assert not [call for call in calls if call.resource.startswith("arn:aws:")]
    assert [c.context for c in calls if c.action.startswith("kms:")] == 3 * [
        {"kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}
    ]


def test_each_call_can_be_allowed_by_a_statement_for_it_alone() -> None:
    calls = [*scheduler_role_calls(SCHEDULE, good_request()), *execution_calls(good_request())]

    for call in calls:
        is_trust = call.service_principal is not None
        scope = {"Principal": {"Service": call.service_principal}} if is_trust else {"Resource": call.resource}
        text = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": call.action} | scope})
        document = PolicyDocument.parse("one", text)
        decision = judge_trust(call, document) if is_trust else judge(call, [document])
        assert decision.allowed, call
