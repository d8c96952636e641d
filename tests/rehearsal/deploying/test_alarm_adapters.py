"""What a job's alarms are on the embedded AWS: each adapter makes what the program asked for."""

import json
from typing import Any, TypeAlias

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.recording_monitor import ResourceToCreate
from rehearsal.deploying.deployment import EmbeddedAwsMocks

pytestmark = pytest.mark.slow

Json: TypeAlias = Any
TAGS = {"stack": "prod", "training-job": "churn"}
ROLE = "arn:aws:iam::123456789012:role/churn-prod-alarms"
TOPIC = "arn:aws:sns:us-east-1:123456789012:churn-prod-alarms"


def create(aws: AwsClients, type_: str, **inputs: Json) -> tuple[str | None, dict[str, Any]]:
    urn = f"urn:pulumi:prod::fixture::{type_}::it"
    return EmbeddedAwsMocks(aws).new_resource(
        ResourceToCreate(typ=type_, name="it", inputs=inputs, custom=True, urn=urn)
    )


@pytest.fixture(scope="module")
def role(aws: AwsClients) -> str:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}]}
    aws.iam.create_role(RoleName="churn-prod-alarms", AssumeRolePolicyDocument=json.dumps(trust))
    return ROLE


def test_a_key_and_its_alias(aws: AwsClients) -> None:
    policy = json.dumps({"Statement": []})
    key, outputs = create(
        aws, "aws:kms/key:Key", policy=policy, enableKeyRotation=True, deletionWindowInDays=7, tags=TAGS
    )
    create(aws, "aws:kms/alias:Alias", name="alias/churn-prod-alarms", targetKeyId=outputs["keyId"])

    kms = aws.client("kms")
    assert kms.describe_key(KeyId="alias/churn-prod-alarms")["KeyMetadata"]["KeyId"] == key
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key)["Tags"]} == TAGS


def test_a_topic_and_its_subscriptions(aws: AwsClients) -> None:
    policy = json.dumps({"Statement": []})
    arn, _ = create(
        aws,
        "aws:sns/topic:Topic",
        name="churn-prod-alarms",
        kmsMasterKeyId="alias/churn-prod-alarms",
        policy=policy,
        tags=TAGS,
    )
    for protocol, endpoint in (("email", "oncall@example.com"), ("https", "https://events.example.com/x")):
        more = {"endpointAutoConfirms": True} if protocol == "https" else {}
        create(
            aws, "aws:sns/topicSubscription:TopicSubscription", topic=arn, protocol=protocol, endpoint=endpoint, **more
        )

    sns = aws.client("sns")
    assert arn == TOPIC
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["KmsMasterKeyId"] == "alias/churn-prod-alarms"
    subscribed = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    assert {each["Endpoint"] for each in subscribed} == {"oncall@example.com", "https://events.example.com/x"}


def test_a_state_machine_and_the_rule_that_starts_it(aws: AwsClients, role: str) -> None:
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    arn, _ = create(
        aws,
        "aws:sfn/stateMachine:StateMachine",
        name="churn-prod-alarms",
        roleArn=role,
        definition=definition,
        type="STANDARD",
        tags=TAGS,
    )
    create(
        aws, "aws:cloudwatch/eventRule:EventRule", name="churn-prod-ended", eventPattern='{"source":["aws.sagemaker"]}'
    )
    transformer = {"inputPaths": {"job": "$.detail.TrainingJobName"}, "inputTemplate": '{"job": <job>}'}
    create(
        aws,
        "aws:cloudwatch/eventTarget:EventTarget",
        rule="churn-prod-ended",
        targetId="alarms",
        arn=arn,
        roleArn=role,
        inputTransformer=transformer,
    )

    described = aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"]) == json.loads(definition)
    (target,) = aws.client("events").list_targets_by_rule(Rule="churn-prod-ended")["Targets"]
    assert (target["Arn"], target["RoleArn"]) == (arn, role)
    assert target["InputTransformer"]["InputTemplate"] == '{"job": <job>}'


def test_an_alarm_and_a_dashboard(aws: AwsClients) -> None:
    create(
        aws,
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name="churn-prod-duration",
        namespace="ScheduledTraining",
        metricName="ShareOfLimit",
        dimensions={"TrainingJob": "churn-prod"},
        statistic="Maximum",
        period=300.0,
        evaluationPeriods=1.0,
        threshold=80.0,
        comparisonOperator="GreaterThanOrEqualToThreshold",
        treatMissingData="ignore",
        alarmActions=[TOPIC],
        alarmDescription="A run takes too long.",
        tags=TAGS,
    )
    body = json.dumps({"widgets": []})
    create(aws, "aws:cloudwatch/dashboard:Dashboard", dashboardName="churn-prod-alarms", dashboardBody=body)

    cloudwatch = aws.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["churn-prod-duration"])["MetricAlarms"]
    assert (alarm["Threshold"], alarm["TreatMissingData"], alarm["AlarmActions"]) == (80.0, "ignore", [TOPIC])
    assert cloudwatch.get_dashboard(DashboardName="churn-prod-alarms")["DashboardBody"] == body


def test_a_budget(aws: AwsClients) -> None:
    notice = {"comparisonOperator": "GREATER_THAN", "threshold": 80.0, "thresholdType": "PERCENTAGE"}
    notice |= {"notificationType": "ACTUAL", "subscriberEmailAddresses": ["oncall@example.com"]}
    create(
        aws,
        "aws:budgets/budget:Budget",
        name="churn-prod-alarms",
        budgetType="COST",
        timeUnit="MONTHLY",
        limitAmount="50",
        limitUnit="USD",
        costFilters=[{"name": "TagKeyValue", "values": ["user:training-job$churn"]}],
        notifications=[notice],
        tags=TAGS,
    )

    budget = aws.client("budgets").describe_budget(AccountId="123456789012", BudgetName="churn-prod-alarms")["Budget"]
    assert budget["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    assert budget["CostFilters"] == {"TagKeyValue": ["user:training-job$churn"]}


@pytest.mark.parametrize(
    ("type_", "kind", "ids"),
    [
        (
            "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
            "slack-channel",
            {"slackTeamId": "T0", "slackChannelId": "C0"},
        ),
        (
            "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
            "microsoft-teams-channel",
            {"tenantId": "a", "teamId": "b", "channelId": "c"},
        ),
    ],
)
def test_a_chat_channel_is_answered_for_and_not_made(
    aws: AwsClients, role: str, type_: str, kind: str, ids: dict[str, str]
) -> None:
    common = {"snsTopicArns": [TOPIC], "guardrailPolicyArns": [], "loggingLevel": "ERROR"}
    arn, _ = create(
        aws, type_, configurationName="churn", iamRoleArn=role, userAuthorizationRequired=True, **common, **ids
    )

    assert arn == f"arn:aws:chatbot::123456789012:chat-configuration/{kind}/churn"
