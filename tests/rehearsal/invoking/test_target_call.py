"""What AWS would refuse of a call, and with which code: each is a dead letter."""

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import InvocationFailedError, invoke_schedule
from tests.rehearsal.invoking.schedules import (
    DUE,
    EXECUTION_ID,
    NAME,
    QUEUE_ARN,
    ROLE_ARN,
    SCHEDULE_ARN,
    TARGET_ARN,
    dead_letters,
    deployed,
    good_input,
    training_jobs,
    with_input,
)

pytestmark = pytest.mark.slow


def test_a_request_that_sagemaker_would_refuse_becomes_a_dead_letter(scheduled: AwsClients) -> None:
    schedule = with_input(scheduled, TrainingJobName=f"{NAME}-<aws.scheduler.scheduled-time>")

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, schedule, scheduled_time=DUE, new_execution_id=lambda: EXECUTION_ID)

    reason = (
        f"TrainingJobName: got '{NAME}-2022-03-22T18:59:43Z'; "
        "allowed: a value that matches [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
    )
    assert str(raised.value) == f"ValidationException: {reason} (a dead letter is in {QUEUE_ARN})"
    ((attributes, body),) = dead_letters(scheduled)
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
    assert training_jobs(scheduled) == []


def test_a_call_that_iam_would_deny_becomes_a_dead_letter(scheduled: AwsClients) -> None:
    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(
            scheduled,
            deployed(scheduled),
            scheduled_time=DUE,
            authorize=lambda _schedule, _request: ["denied: iam:PassRole"],
        )

    assert (raised.value.error_code, raised.value.message) == ("AccessDeniedException", "denied: iam:PassRole")
    assert [attributes["ERROR_CODE"] for attributes, _ in dead_letters(scheduled)] == ["AccessDeniedException"]
    assert training_jobs(scheduled) == []


def test_authorization_is_asked_about_the_request_that_is_sent(scheduled: AwsClients) -> None:
    seen: list[tuple[DeployedSchedule, str]] = []
    schedule = deployed(scheduled)

    invocation = invoke_schedule(
        scheduled,
        schedule,
        scheduled_time=DUE,
        authorize=lambda deployed, request: seen.append((deployed, request["TrainingJobName"])) or (),
    )

    assert seen == [(schedule, invocation.training_job_name)]


@pytest.mark.parametrize("uri", ["s3://bucket/datasets/nothing/", "s3://no-such-bucket/training/"])
def test_a_channel_without_objects_is_refused_in_sagemaker_s_words(scheduled: AwsClients, uri: str) -> None:
    channels = good_input()["InputDataConfig"]
    channels[0]["DataSource"]["S3DataSource"]["S3Uri"] = uri

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, with_input(scheduled, InputDataConfig=channels), scheduled_time=DUE)

    bucket = uri.split("/")[2]
    assert raised.value.message == (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"{ROLE_ARN}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )
    assert len(dead_letters(scheduled)) == 1


def test_a_name_that_is_taken_fails_and_is_not_retried(scheduled: AwsClients) -> None:
    schedule = with_input(scheduled, TrainingJobName="always-the-same")
    invoke_schedule(scheduled, schedule, scheduled_time=DUE)

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, schedule, scheduled_time=DUE)

    assert raised.value.error_code == "ResourceInUse"
    ((attributes, _),) = dead_letters(scheduled)
    assert attributes["RETRY_ATTEMPTS"] == "0"
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes
