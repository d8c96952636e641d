"""What a dead letter tells, what it asks for again, and what it means in plain words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from operations.schedules.dead_letter import DeadLetter, UnusableLetterError
from operations.schedules.dead_letter_causes import cause_of
from operations.schedules.dead_letters import chosen
from rehearsal.errors import RehearsalError
from tests.operations.schedules.letters import BODY, ID, PREFIX, letter


def test_a_message_is_read_with_what_the_scheduler_says_of_it() -> None:
    read = letter()

    assert (read.id, read.job, read.schedule, read.scheduled_time) == (
        ID,
        "churn",
        "churn-dev.weekly",
        "2026-11-27T03:00:00Z",
    )
    assert (read.error_code, read.error_message) == ("ThrottlingException", "Rate exceeded")
    assert (read.retries, read.exhausted) == (3, "MaximumRetryAttempts")
    assert read.sent == datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    assert read.kept_until == datetime(2026, 12, 11, 3, 0, tzinfo=UTC)


def test_a_message_without_anything_is_read_as_well() -> None:
    read = DeadLetter.from_message({"MessageId": "x", "ReceiptHandle": "r"}, "churn", None)

    assert (read.error_code, read.schedule, read.retries, read.sent, read.kept_until) == ("", "", 0, None, None)
    assert cause_of(read, "dev").what == "it has no error code: somebody else may have sent it"


def test_the_request_is_the_letters_own_under_a_name_that_is_the_same_each_time() -> None:
    request = letter().request(PREFIX)

    assert request == {**json.loads(BODY), "TrainingJobName": f"{PREFIX}-{ID}"}
    assert letter().request(PREFIX) == request
    assert len(request["TrainingJobName"]) <= len(PREFIX) + 1 + 36


def test_an_id_of_another_form_still_makes_a_name_that_sagemaker_takes() -> None:
    name = letter(id_="Ab/+=" * 20).request(PREFIX)["TrainingJobName"]

    assert name.startswith(f"{PREFIX}-")
    assert len(name) == len(PREFIX) + 1 + 36


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (letter(TARGET_ARN=None), "it is not from a schedule that creates training jobs"),
        (
            letter(TARGET_ARN="arn:aws:scheduler:::aws-sdk:sqs:sendMessage"),
            "it is not from a schedule that creates training jobs",
        ),
        (letter(IS_PAYLOAD_TRUNCATED="true"), "the request in it is truncated"),
        (letter("{"), "what it holds is not JSON"),
        (letter("[]"), "what it holds is no request for a training job churn-dev-…"),
        (letter('{"TrainingJobName": "fraud-dev-1"}'), "what it holds is no request for a training job churn-dev-…"),
    ],
)
def test_what_is_no_request_of_the_job_is_not_sent_again(changed: DeadLetter, reason: str) -> None:
    with pytest.raises(UnusableLetterError) as raised:
        changed.request(PREFIX)

    assert str(raised.value) == reason


@pytest.mark.parametrize(
    ("code", "said", "what", "is_the_request"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/churn-dev-scheduler/x is not authorized to perform: "
            "sagemaker:CreateTrainingJob because no identity-based policy allows it",
            "the scheduler role was not allowed to do something that starting the job takes",
            False,
        ),
        (
            "AccessDenied",
            "assumed-role/s is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/e",
            "the scheduler role may not pass the execution role to SageMaker",
            False,
        ),
        (
            "AccessDeniedException",
            "not authorized to perform: sagemaker:CreateTrainingJob with an explicit deny in a service control policy",
            "a policy above the role denies the call: of the organisation, or a permissions boundary",
            False,
        ),
        (
            "ValidationException",
            "Could not assume role arn:aws:iam::123456789012:role/e. Please ensure that the role exists and allows "
            "principal 'sagemaker.amazonaws.com' to assume the role.",
            "a role cannot be assumed: it is gone, or its trust policy does not name the service",
            False,
        ),
        (
            "ValidationException",
            'No S3 objects found under S3 URL "s3://b/datasets/" given in input data source.',
            "there was no data where a channel looks for it, or the bucket is in another region",
            False,
        ),
        (
            "ValidationException",
            "Cannot find the requested image: ",
            "the training image is not there, or cannot be pulled from this region",
            False,
        ),
        (
            "ValidationException",
            "The repository of your image 123456789012.dkr.ecr.eu-west-2.amazonaws.com/forest:1 does not grant "
            "ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to "
            "sagemaker.amazonaws.com service principal.",
            "the training image is not there, or cannot be pulled from this region",
            False,
        ),
        (
            "ValidationException",
            "1 validation error detected: Value '0'",
            "SageMaker refused a value of the request",
            True,
        ),
        (
            "SageMaker.ResourceLimitExceededException",
            "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances",
            "the account's quota for this instance type, or for jobs at the same time, is used up or 0",
            False,
        ),
        (
            "ResourceLimitExceeded",
            "The requested resource training-job/ml.p2.xlarge is not available in this region",
            "the region does not have the instance type",
            True,
        ),
        (
            "ThrottlingException",
            "Rate exceeded",
            "SageMaker was asked too often at that minute, and the retries came too soon as well",
            False,
        ),
        (
            "AWS.Scheduler.InternalServerError",
            "Unexpected error occurred while processing the request",
            "AWS had a fault of its own and did not create the job",
            False,
        ),
        ("ResourceInUse", "names must be unique", "a training job of that name exists already", False),
        ("Novel", "never seen", "it failed in a way that is not known here", False),
    ],
)
def test_each_code_is_told_in_plain_words(code: str, said: str, what: str, is_the_request: bool) -> None:
    cause = cause_of(letter(ERROR_CODE=code, ERROR_MESSAGE=said), "dev")

    assert (cause.what, cause.is_the_request) == (what, is_the_request)
    assert cause.cure
    assert "{" not in cause.cure


def test_a_cure_names_the_stack() -> None:
    told = letter(ERROR_CODE="AccessDeniedException", ERROR_MESSAGE="is not authorized to perform: iam:PassRole")

    assert cause_of(told, "dev").cure == (
        "run pulumi up -s dev, which restores the scheduler role's policy, then redrive"
    )


def test_a_request_that_is_wrong_is_fired_anew_for_its_own_time() -> None:
    told = letter(ERROR_CODE="ValidationException", ERROR_MESSAGE="1 validation error detected")

    assert cause_of(told, "dev", " --stack dev").cure == (
        "correct the setting and run pulumi up -s dev; the letter holds the old request, so fire the time anew "
        "instead: training-jobs backfill --stack dev --schedule churn-dev.weekly --from 2026-11-27T03:00:00Z --to "
        "2026-11-27T03:00:00Z"
    )


def test_letters_are_chosen_by_the_beginning_of_their_ids() -> None:
    one, other = letter(id_="aa1"), letter(id_="ab2")

    assert chosen([one, other], ["aa"]) == [one]
    assert chosen([one, other], ["ab2", "aa1", "aa"]) == [other, one]
    assert chosen([one, other], []) == [one, other]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("a", "'a' is the beginning of several dead letters; these: aa1, ab2"),
        ("c", "'c' is no dead letter that was found; there are: aa1, ab2"),
    ],
)
def test_an_id_that_is_none_or_several_is_answered_with_those_there_are(wanted: str, message: str) -> None:
    with pytest.raises(RehearsalError) as raised:
        chosen([letter(id_="aa1"), letter(id_="ab2")], [wanted])

    assert str(raised.value) == message
