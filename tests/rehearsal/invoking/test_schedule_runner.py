import json
from dataclasses import replace

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.invoking.schedule_runner import InvocationFailedError, ScheduleError, invoke_schedule, read_schedule
from tests.rehearsal.invoking.schedules import (
    DUE,
    EXECUTION_ID,
    NAME,
    QUEUE_ARN,
    SCHEDULE_ARN,
    TARGET_ARN,
    dead_letters,
    deployed,
    good_input,
    training_jobs,
    with_input,
)

pytestmark = pytest.mark.slow


def test_a_deployed_schedule_is_read_back(scheduled: AwsClients) -> None:
    assert read_schedule(scheduled, NAME, NAME) == DeployedSchedule(
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


def test_a_schedule_that_is_not_deployed_is_answered_with_those_that_are(scheduled: AwsClients) -> None:
    with pytest.raises(ScheduleError) as raised:
        read_schedule(scheduled, "other", NAME)

    assert str(raised.value) == f"schedule other/{NAME} is not deployed; deployed: {NAME}/{NAME}"


def test_an_invocation_creates_the_training_job_with_its_attributes_filled_in(scheduled: AwsClients) -> None:
    schedule = deployed(scheduled)

    invocation = invoke_schedule(scheduled, schedule, scheduled_time=DUE, new_execution_id=lambda: EXECUTION_ID)

    job = scheduled.sagemaker.describe_training_job(TrainingJobName=f"{NAME}-{EXECUTION_ID}")
    assert job["Environment"] == {
        "SCHEDULE_ARN": SCHEDULE_ARN,
        "SCHEDULED_TIME": "2022-03-22T18:59:43Z",
        "SCHEDULE_ATTEMPT_NUMBER": "1",
    }
    assert job["TrainingJobArn"] == invocation.training_job_arn
    assert invocation.training_job_name == f"{NAME}-{EXECUTION_ID}"
    assert invocation.notes == ()
    assert invocation.request["Environment"] == job["Environment"]
    assert dead_letters(scheduled) == []


def test_each_invocation_has_an_execution_id_of_its_own(scheduled: AwsClients) -> None:
    schedule = deployed(scheduled)

    names = {invoke_schedule(scheduled, schedule, scheduled_time=DUE).training_job_name for _ in range(3)}

    assert len(names) == 3
    assert set(training_jobs(scheduled)) == names


def test_a_disabled_schedule_fires_because_the_person_asked_and_it_says_so(scheduled: AwsClients) -> None:
    invocation = invoke_schedule(scheduled, deployed(scheduled, state="DISABLED"), scheduled_time=DUE)

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
    scheduled: AwsClients, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ScheduleError) as raised:
        invoke_schedule(scheduled, deployed(scheduled, **changes), scheduled_time=DUE)

    assert str(raised.value).startswith(f"schedule {NAME}/{NAME}")
    assert str(raised.value).endswith(message)
    assert training_jobs(scheduled) == []
    assert dead_letters(scheduled) == []


def test_without_a_queue_nothing_is_recorded_and_it_says_so(scheduled: AwsClients) -> None:
    schedule = replace(with_input(scheduled, RoleArn="nobody"), dead_letter_queue_arn=None)

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, schedule, scheduled_time=DUE)

    assert str(raised.value).endswith("(no dead letter was recorded)")
    assert dead_letters(scheduled) == []


def test_a_queue_that_does_not_exist_records_nothing(scheduled: AwsClients) -> None:
    schedule = replace(with_input(scheduled, RoleArn="nobody"), dead_letter_queue_arn=QUEUE_ARN + "-gone")

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, schedule, scheduled_time=DUE)

    assert raised.value.dead_letter_queue_arn is None


def test_a_failing_service_is_retried_with_new_execution_ids_until_the_attempts_are_used_up(
    scheduled: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.sagemaker.responses import SageMakerResponse

    names: list[str] = []

    def fail(response: SageMakerResponse) -> object:
        names.append(response.params["TrainingJobName"])
        raise RuntimeError("out of order")

    monkeypatch.setattr(SageMakerResponse, "create_training_job", fail)
    ids = iter(f"{number:036}" for number in range(10))

    with pytest.raises(InvocationFailedError) as raised:
        invoke_schedule(scheduled, deployed(scheduled), scheduled_time=DUE, new_execution_id=lambda: next(ids))

    assert raised.value.error_code == "500"
    assert list(dict.fromkeys(names)) == [f"{NAME}-{number:036}" for number in range(3)]
    ((attributes, body),) = dead_letters(scheduled)
    assert attributes["RETRY_ATTEMPTS"] == "2"
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert attributes["EXECUTION_ID"] == f"{2:036}"
    assert body["Environment"]["SCHEDULE_ATTEMPT_NUMBER"] == "3"
