"""What AWS answers becomes facts; its answers are of the shapes that botocore's models have."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from operations.doctor.asking.answers import Questions
from operations.doctor.asking.identity import ask_caller
from operations.doctor.asking.machines import NotKnownError, ask_image, ask_quotas
from operations.doctor.asking.roles import ask_role
from operations.doctor.asking.schedules import ask_topic
from operations.doctor.asking.tracking import OutOfReachError, ask_managed, ask_secret
from operations.doctor.facts import Caller, Refusal, Role, Secret, Topic, TrackingServer
from operations.doctor.finding import Unseen
from rehearsal.permissions.permissions import AwsCall

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/churn-scheduler"
SERVER = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:mlflow-tracking-server/ml"
APP = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:mlflow-app/app-ABC123"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:mlflow-AbCdEf"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"
PAST = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def stubbed(service: str) -> Iterator[tuple[Any, Stubber]]:
    session = boto3.session.Session("id", "key", region_name="us-east-1")
    client: Any = session.client(service, config=Config(retries={"total_max_attempts": 1}))  # type: ignore[call-overload]
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def trust_of(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role_answer(trust: str) -> dict[str, Any]:
    told = {"Path": "/", "RoleName": "churn-scheduler", "RoleId": "A" * 16, "Arn": ROLE, "CreateDate": PAST}
    return {"Role": told | {"AssumeRolePolicyDocument": trust}}


def result_of(action: str, decision: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - members of the answer
    return {"EvalActionName": action, "EvalDecision": decision, **more}


ASSUME = AwsCall("sts:AssumeRole", ROLE, "the Scheduler assumes it", service_principal="scheduler.amazonaws.com")
CREATE = AwsCall("sagemaker:CreateTrainingJob", "arn:job", "create", {"sagemaker:MaxRuntimeInSeconds": "60"})
TAG = AwsCall("sagemaker:AddTags", "arn:job", "tag", {"sagemaker:MaxRuntimeInSeconds": "60"})
PASS = AwsCall("iam:PassRole", "arn:role", "pass", {"aws:TagKeys": ("a", "b")})


def test_a_role_is_simulated_with_one_question_for_each_resource_and_context() -> None:
    with stubbed("iam") as (iam, stub):
        stub.add_response("get_role", role_answer(trust_of("lambda.amazonaws.com")), {"RoleName": "churn-scheduler"})
        runtime = {"ContextKeyName": "sagemaker:MaxRuntimeInSeconds", "ContextKeyValues": ["60"]}
        results = [result_of("sagemaker:CreateTrainingJob", "allowed"), result_of("sagemaker:AddTags", "implicitDeny")]
        stub.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": results, "IsTruncated": False},
            {
                "PolicySourceArn": ROLE,
                "ActionNames": ["sagemaker:CreateTrainingJob", "sagemaker:AddTags"],
                "ResourceArns": ["arn:job"],
                "ContextEntries": [runtime | {"ContextKeyType": "numeric"}],
            },
        )
        denied = result_of("iam:PassRole", "explicitDeny", MatchedStatements=[{"SourcePolicyId": "guardrail"}])
        keys = {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["a", "b"], "ContextKeyType": "stringList"}
        stub.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": [denied], "IsTruncated": False},
            {
                "PolicySourceArn": ROLE,
                "ActionNames": ["iam:PassRole"],
                "ResourceArns": ["arn:role"],
                "ContextEntries": [keys],
            },
        )

        role = ask_role(iam, ROLE, [ASSUME, CREATE, TAG, PASS], simulate=True)

    assert isinstance(role, Role)
    assert isinstance(role.permissions, tuple)
    assert [each.call for each in role.trust] == [ASSUME]
    assert [(each.call, each.reason) for each in role.permissions] == [
        (TAG, "no policy of the role allows it"),
        (PASS, "explicitly denied by guardrail"),
    ]


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, "an SCP of the organization denies it"),
        (
            {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
            "the role's permissions boundary does not allow it",
        ),
    ],
)
def test_who_denies_is_told_where_the_simulator_tells(detail: dict[str, Any], reason: str) -> None:
    with stubbed("iam") as (iam, stub):
        stub.add_response("get_role", role_answer(trust_of("scheduler.amazonaws.com")))
        result = result_of("iam:PassRole", "implicitDeny", **detail)
        stub.add_response("simulate_principal_policy", {"EvaluationResults": [result], "IsTruncated": False})

        role = ask_role(iam, ROLE, [ASSUME, PASS], simulate=True)

    assert isinstance(role, Role)
    assert isinstance(role.permissions, tuple)
    assert (role.trust, [each.reason for each in role.permissions]) == ((), [reason])


def test_a_role_whose_permissions_nobody_may_simulate_is_told_of_its_trust_all_the_same() -> None:
    with stubbed("iam") as (iam, stub):
        stub.add_response("get_role", role_answer(trust_of("lambda.amazonaws.com")))
        stub.add_client_error("simulate_principal_policy", "AccessDenied", "not you")

        role = ask_role(iam, ROLE, [ASSUME, PASS], simulate=True)

    assert isinstance(role, Role)
    assert len(role.trust) == 1
    reason = (
        "SimulatePrincipalPolicy: AccessDenied: not you; ask for that permission, or name a profile that has it with "
        "--profile"
    )
    assert role.permissions == Unseen("the permissions of churn-scheduler", reason)


def test_a_role_that_is_not_there_is_none() -> None:
    with stubbed("iam") as (iam, stub):
        stub.add_client_error("get_role", "NoSuchEntity")

        assert ask_role(iam, ROLE, [ASSUME], simulate=True) is None


def test_quotas_are_the_accounts_own_and_aws_default_where_it_has_none() -> None:
    with stubbed("service-quotas") as (quotas, stub):
        own = [{"QuotaName": "a for training job usage", "Value": 2.0}, {"QuotaName": "other", "Value": 9.0}]
        defaults = [{"QuotaName": "a for training job usage", "Value": 0.0}, {"QuotaName": "b", "Value": 1.0}]
        stub.add_response("list_service_quotas", {"Quotas": own, "NextToken": "n"}, {"ServiceCode": "sagemaker"})
        stub.add_response("list_service_quotas", {"Quotas": []}, {"ServiceCode": "sagemaker", "NextToken": "n"})
        stub.add_response("list_aws_default_service_quotas", {"Quotas": defaults}, {"ServiceCode": "sagemaker"})

        found = ask_quotas(quotas, ["a for training job usage", "b", "not known"])

    assert found == {"a for training job usage": 2.0, "b": 1.0}


@pytest.mark.parametrize(
    ("status", "active", "fault"),
    [
        ("Created", "Active", ""),
        ("Stopped", "Inactive", "its status is Stopped, and it is Inactive"),
        ("Created", "Inactive", "its status is Created, and it is Inactive"),
    ],
)
def test_a_tracking_server_is_well_where_it_is_active(status: str, active: str, fault: str) -> None:
    with stubbed("sagemaker") as (sagemaker, stub):
        told = {
            "TrackingServerStatus": status,
            "IsActive": active,
            "MlflowVersion": "3.0",
            "ArtifactStoreUri": "s3://b/a",
        }
        stub.add_response("describe_mlflow_tracking_server", told, {"TrackingServerName": "ml"})

        assert ask_managed(sagemaker, SERVER) == TrackingServer(fault, "3.0", "s3://b/a")


def test_an_app_is_asked_by_its_arn() -> None:
    with stubbed("sagemaker") as (sagemaker, stub):
        stub.add_response("describe_mlflow_app", {"Status": "CreateFailed", "MlflowVersion": "3.4"}, {"Arn": APP})
        stub.add_client_error("describe_mlflow_app", "ResourceNotFound", expected_params={"Arn": APP})

        assert ask_managed(sagemaker, APP) == TrackingServer("its status is CreateFailed", "3.4", "")
        assert ask_managed(sagemaker, APP) is None


def test_a_secret_is_looked_at_without_its_value() -> None:
    with stubbed("secretsmanager") as (secrets, stub):
        stub.add_response("describe_secret", {"VersionIdsToStages": {"v" * 32: ["AWSCURRENT"]}}, {"SecretId": SECRET})
        stub.add_response("describe_secret", {"DeletedDate": PAST}, {"SecretId": SECRET})
        stub.add_client_error("describe_secret", "ResourceNotFoundException")

        assert ask_secret(secrets, SECRET) == Secret()
        assert ask_secret(secrets, SECRET) == Secret(deleted=True, has_value=False)
        assert ask_secret(secrets, SECRET) is None


def test_a_secret_of_another_region_is_not_asked_for_where_it_is_not() -> None:
    with stubbed("secretsmanager") as (secrets, _), pytest.raises(OutOfReachError) as told:
        ask_secret(secrets, SECRET.replace("us-east-1", "eu-west-1"))

    assert str(told.value) == "it is in eu-west-1, and us-east-1 is asked"


def test_a_topic_is_heard_by_confirmed_subscriptions_only() -> None:
    with stubbed("sns") as (sns, stub):
        own = {"Endpoint": "a@example.com", "SubscriptionArn": f"{TOPIC}:1"}
        waiting = {"Endpoint": "b@example.com", "SubscriptionArn": "PendingConfirmation"}
        stub.add_response("list_subscriptions_by_topic", {"Subscriptions": [own, waiting]}, {"TopicArn": TOPIC})
        stub.add_client_error("list_subscriptions_by_topic", "NotFound")

        assert ask_topic(sns, TOPIC) == Topic(1, ("b@example.com",))
        assert ask_topic(sns, TOPIC) is None


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        ("training", {"imageTag": "latest"}),
        ("training:1.0", {"imageTag": "1.0"}),
        (f"training@sha256:{'a' * 64}", {"imageDigest": f"sha256:{'a' * 64}"}),
        (f"training:1.0@sha256:{'a' * 64}", {"imageDigest": f"sha256:{'a' * 64}"}),
    ],
)
def test_a_private_image_is_asked_for_by_tag_or_digest(image: str, asked: dict[str, str]) -> None:
    with stubbed("ecr") as (ecr, stub):
        wanted = {"registryId": ACCOUNT, "repositoryName": "training", "imageIds": [asked]}
        stub.add_response("describe_images", {"imageDetails": []}, wanted)
        stub.add_client_error("describe_images", "ImageNotFoundException", expected_params=wanted)
        uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{image}"

        assert ask_image(ecr, uri) is True
        assert ask_image(ecr, uri) is False


def test_an_image_of_aws_is_looked_up_and_one_of_another_registry_is_not_known() -> None:
    own = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:"

    assert ask_image(None, f"{own}1.9-0-cpu-py3") is True
    with pytest.raises(NotKnownError, match="the tables of AWS's own images"):
        ask_image(None, f"{own}9.9-9-cpu-py3")
    with pytest.raises(NotKnownError, match="in no registry of Amazon ECR"):
        ask_image(None, "registry.example.com/training:1")


def test_the_caller_is_told_with_both_clocks_and_a_refusal_with_its_cure() -> None:
    with stubbed("sts") as (sts, stub):
        headers = {"date": "Fri, 27 Nov 2026 12:00:00 GMT"}
        answer = {"Account": ACCOUNT, "Arn": ROLE, "ResponseMetadata": {"HTTPHeaders": headers}}
        stub.add_response("get_caller_identity", answer)
        stub.add_client_error("get_caller_identity", "ExpiredToken", "The security token is expired")

        caller, clock = ask_caller(sts)
        refused, _ = ask_caller(sts)

    assert caller == Caller(ACCOUNT, ROLE)
    assert clock is not None
    assert clock.aws == datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert abs(clock.here - datetime.now(UTC)) < timedelta(minutes=1)
    assert isinstance(refused, Refusal)
    assert refused.reason == "AWS refused GetCallerIdentity: ExpiredToken: The security token is expired"
    assert refused.cure.startswith("your credentials have expired: sign in")


def test_what_is_denied_is_an_answer_and_a_mistake_of_ours_is_none() -> None:
    with stubbed("sns") as (sns, stub):
        stub.add_client_error("list_subscriptions_by_topic", "AuthorizationError", "no")
        questions, told = Questions(), list[tuple[str, int, int]]()
        questions.add("topic", "topic alarms", lambda: ask_topic(sns, TOPIC))
        questions.add("topic", "asked once", lambda: pytest.fail("it was asked again"))

        answers = questions.answers(lambda *each: told.append(each))

    assert answers == {"topic": Unseen("topic alarms", "ListSubscriptionsByTopic: AuthorizationError: no")}
    assert told == [("topic alarms", 1, 1)]
    mistaken = Questions()
    mistaken.add("x", "x", lambda: os.environ["NOT_SET_ANYWHERE"])
    with pytest.raises(KeyError):
        mistaken.answers(lambda *_: None)
