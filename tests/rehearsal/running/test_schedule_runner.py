import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.running.deployed_schedule import DeployedSchedule
from rehearsal.running.schedule_runner import InvocationFailedError, ScheduleError, invoke_schedule, read_schedule
from tests.rehearsal.embedded_server import empty_embedded_aws, serve_embedded_aws

NAME = "breast-cancer-staging"
SCHEDULE_ARN = f"arn:aws:scheduler:us-east-1:123456789012:schedule/{NAME}/{NAME}"
TARGET_ARN = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:123456789012:{NAME}-dead-letters"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{NAME}-execution"
EXECUTION_ID = "0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"
DUE = datetime(2022, 3, 22, 18, 59, 43, tzinfo=UTC)

Request = dict[str, Any]


def good_input() -> Request:
    return {
        "TrainingJobName": f"{NAME}-<aws.scheduler.execution-id>",
        "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
        "RoleArn": ROLE_ARN,
        "InputDataConfig": [
            {
                "ChannelName": "training",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/datasets/training/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/training-outputs/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Environment": {
            "SCHEDULE_ARN": "<aws.scheduler.schedule-arn>",
            "SCHEDULED_TIME": "<aws.scheduler.scheduled-time>",
            "SCHEDULE_ATTEMPT_NUMBER": "<aws.scheduler.attempt-number>",
        },
    }


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[AwsClients]:
    with serve_embedded_aws() as clients:
        yield clients


@pytest.fixture
def clients(server: AwsClients) -> AwsClients:
    empty_embedded_aws()
    clients = server
    clients.s3.create_bucket(Bucket="bucket")
    clients.s3.put_object(Bucket="bucket", Key="datasets/training/a.csv", Body=b"1,0\n")
    clients.sqs.create_queue(QueueName=f"{NAME}-dead-letters")
    clients.scheduler.create_schedule_group(Name=NAME)
    clients.scheduler.create_schedule(
        Name=NAME,
        GroupName=NAME,
        ScheduleExpression="cron(0 6 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="ENABLED",
        Target={
            "Arn": TARGET_ARN,
            "RoleArn": f"arn:aws:iam::123456789012:role/{NAME}-scheduler",
            "Input": json.dumps(good_input()),
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
            "DeadLetterConfig": {"Arn": QUEUE_ARN},
        },
    )
    return clients


def deployed(clients: AwsClients, **changes: object) -> DeployedSchedule:
    return replace(read_schedule(clients, NAME, NAME), **changes)  # type: ignore[arg-type] # a test's changes


def with_input(clients: AwsClients, **changes: object) -> DeployedSchedule:
    return deployed(clients, target_input=json.dumps(good_input() | changes))


def dead_letters(clients: AwsClients) -> list[tuple[dict[str, str], Request]]:
    url = clients.sqs.get_queue_url(QueueName=f"{NAME}-dead-letters")["QueueUrl"]
    answer = clients.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    return [
        (
            {name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
            json.loads(message["Body"]),
        )
        for message in answer.get("Messages", [])
    ]


def training_jobs(clients: AwsClients) -> list[str]:
    return [job["TrainingJobName"] for job in clients.sagemaker.list_training_jobs()["TrainingJobSummaries"]]


def test_a_deployed_schedule_is_read_back(clients: AwsClients) -> None:
    assert read_schedule(clients, NAME, NAME) == DeployedSchedule(
        name=NAME,
        group_name=NAME,
        arn=SCHEDULE_ARN,
        state="ENABLED",
        target_arn=TARGET_ARN,
        target_input=json.dumps(good_input()),
        role_arn=f"arn:aws:iam::123456789012:role/{NAME}-scheduler",
        maximum_retry_attempts=2,
        dead_letter_queue_arn=QUEUE_ARN,
        expression="cron(0 6 * * ? *)",
    )


def test_a_schedule_that_is_not_deployed_is_answered_with_those_that_are(clients: AwsClients) -> None:
    with pytest.raises(ScheduleError) as raised:
        read_schedule(clients, "other", NAME)

    assert str(raised.value) == f"schedule other/{NAME} is not deployed; deployed: {NAME}/{NAME}"


def test_an_invocation_creates_the_training_job_with_its_attributes_filled_in(clients: AwsClients) -> None:
    schedule = deployed(clients)

    invocation = invoke_schedule(clients, schedule, scheduled_time=DUE, new_execution_id=lambda: EXECUTION_ID)

    job = clients.sagemaker.describe_training_job(TrainingJobName=f"{NAME}-{EXECUTION_ID}")
    assert job["Environment"] == {
        "SCHEDULE_ARN": SCHEDULE_ARN,
        "SCHEDULED_TIME": "2022-03-22T18:59:43Z",
        "SCHEDULE_ATTEMPT_NUMBER": "1",
    }
    assert job["TrainingJobArn"] == invocation.training_job_arn
    assert invocation.training_job_name == f"{NAME}-{EXECUTION_ID}"
    assert invocation.notes == ()
    assert invocation.request["Environment"] == job["Environment"]
    assert dead_letters(clients) == []


def test_each_invocation_has_an_execution_id_of_its_own(clients: AwsClients) -> None:
    schedule = deployed(clients)

    names = {invoke_schedule(clients, schedule, scheduled_time=DUE).training_job_name for _ in range(3)}

    assert len(names) == 3
    assert set(training_jobs(clients)) == names


def test_a_disabled_schedule_fires_because_the_person_asked_and_it_says_so(clients: AwsClients) -> None:
    invocation = invoke_schedule(clients, deployed(clients, state="DISABLED"), scheduled_time=DUE)

    assert invocation.notes == (f"schedule {NAME}/{NAME} is DISABLED: on AWS it would not fire by itself",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"target_arn": "arn:aws:lambda:us-east-1:123456789012:function:f"},
            f"has the target arn:aws:lambda:us-east-1:123456789012:function:f; allowed in a rehearsal: {TARGET_ARN}",
        ),
        (
            {"target_input": '{"TrainingJobName": "<aws.scheduler.scheduled-tmie>"}'},
            "the target input names <aws.scheduler.scheduled-tmie>, which EventBridge Scheduler does not replace; "
            "allowed: <aws.scheduler.schedule-arn>, <aws.scheduler.scheduled-time>, <aws.scheduler.execution-id>, "
            "<aws.scheduler.attempt-number>",
        ),
        (
            {"target_input": "[]"},
            "the target input is an array in JSON; allowed: an object, the API's request",
        ),
    ],
)
def test_a_schedule_that_cannot_be_fired_is_an_error_and_nothing_is_sent(
    clients: AwsClients, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ScheduleError) as raised:
        invoke_schedule(clients, deployed(clients, **changes), scheduled_time=DUE)

    assert str(raised.value).startswith(f"schedule {NAME}/{NAME}")
    assert str(raised.value).endswith(message)
    assert training_jobs(clients) == []
    assert dead_letters(clients) == []


def test_a_request_that_sagemaker_would_refuse_becomes_a_dead_letter(clients: AwsClients) -> None:
    schedule = with_input(clients, TrainingJobName=f"{NAME}-<aws.scheduler.scheduled-time>")

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, schedule, scheduled_time=DUE, new_execution_id=lambda: EXECUTION_ID)

    reason = (
        f"TrainingJobName: got '{NAME}-2022-03-22T18:59:43Z'; "
        "allowed: a value that matches [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
    )
    assert str(raised.value) == f"ValidationException: {reason} (a dead letter is in {QUEUE_ARN})"
    ((attributes, body),) = dead_letters(clients)
    assert attributes == {
        "ERROR_CODE": "ValidationException",
        "ERROR_MESSAGE": reason,
        "EXECUTION_ID": EXECUTION_ID,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": "2022-03-22T18:59:43Z",
        "SCHEDULE_ARN": SCHEDULE_ARN,
        "TARGET_ARN": TARGET_ARN,
    }
    assert body["TrainingJobName"] == f"{NAME}-2022-03-22T18:59:43Z"
    assert training_jobs(clients) == []


def test_a_call_that_iam_would_deny_becomes_a_dead_letter(clients: AwsClients) -> None:
    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(
            clients,
            deployed(clients),
            scheduled_time=DUE,
            authorize=lambda _schedule, _request: ["denied: iam:PassRole"],
        )

    assert (raised.value.error_code, raised.value.message) == ("AccessDeniedException", "denied: iam:PassRole")
    assert [attributes["ERROR_CODE"] for attributes, _ in dead_letters(clients)] == ["AccessDeniedException"]
    assert training_jobs(clients) == []


def test_authorization_is_asked_about_the_request_that_is_sent(clients: AwsClients) -> None:
    seen: list[tuple[DeployedSchedule, str]] = []
    schedule = deployed(clients)

    invocation = invoke_schedule(
        clients,
        schedule,
        scheduled_time=DUE,
        authorize=lambda deployed, request: seen.append((deployed, request["TrainingJobName"])) or (),
    )

    assert seen == [(schedule, invocation.training_job_name)]


@pytest.mark.parametrize("uri", ["s3://bucket/datasets/nothing/", "s3://no-such-bucket/training/"])
def test_a_channel_without_objects_is_refused_in_sagemaker_s_words(clients: AwsClients, uri: str) -> None:
    channels = good_input()["InputDataConfig"]
    channels[0]["DataSource"]["S3DataSource"]["S3Uri"] = uri

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, with_input(clients, InputDataConfig=channels), scheduled_time=DUE)

    bucket = uri.split("/")[2]
    assert raised.value.message == (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"{ROLE_ARN}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )
    assert len(dead_letters(clients)) == 1


def test_a_name_that_is_taken_fails_and_is_not_retried(clients: AwsClients) -> None:
    schedule = with_input(clients, TrainingJobName="always-the-same")
    invoke_schedule(clients, schedule, scheduled_time=DUE)

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, schedule, scheduled_time=DUE)

    assert raised.value.error_code == "ResourceInUse"
    ((attributes, _),) = dead_letters(clients)
    assert attributes["RETRY_ATTEMPTS"] == "0"
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_without_a_queue_nothing_is_recorded_and_it_says_so(clients: AwsClients) -> None:
    schedule = replace(with_input(clients, RoleArn="nobody"), dead_letter_queue_arn=None)

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, schedule, scheduled_time=DUE)

    assert str(raised.value).endswith("(no dead letter was recorded)")
    assert dead_letters(clients) == []


def test_a_queue_that_does_not_exist_records_nothing(clients: AwsClients) -> None:
    schedule = replace(with_input(clients, RoleArn="nobody"), dead_letter_queue_arn=QUEUE_ARN + "-gone")

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, schedule, scheduled_time=DUE)

    assert raised.value.dead_letter_queue_arn is None


def test_a_failing_service_is_retried_with_new_execution_ids_until_the_attempts_are_used_up(
    clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.sagemaker.responses import SageMakerResponse

    names: list[str] = []

    def fail(response: SageMakerResponse) -> object:
        names.append(response.params["TrainingJobName"])
        raise RuntimeError("out of order")

    monkeypatch.setattr(SageMakerResponse, "create_training_job", fail)
    ids = iter(f"{number:036}" for number in range(10))

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(clients, deployed(clients), scheduled_time=DUE, new_execution_id=lambda: next(ids))

    assert raised.value.error_code == "500"
    assert list(dict.fromkeys(names)) == [f"{NAME}-{number:036}" for number in range(3)]
    ((attributes, body),) = dead_letters(clients)
    assert attributes["RETRY_ATTEMPTS"] == "2"
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert attributes["EXECUTION_ID"] == f"{2:036}"
    assert body["Environment"]["SCHEDULE_ATTEMPT_NUMBER"] == "3"
