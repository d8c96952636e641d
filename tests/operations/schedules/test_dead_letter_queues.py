"""Letters that were looked at, for somebody who may receive them and not give them back."""

from __future__ import annotations

import boto3
from botocore.stub import Stubber

from operations.deployed_jobs import read_jobs
from operations.places import Place
from operations.schedules.dead_letter_queues import Looked, Queue, give_back
from tests.operations.schedules.letters import letter
from tests.operations.test_deployed_jobs import CHURN

JOBS = read_jobs("staging", {"churn": CHURN})


def place(code: str = "") -> Place:
    """In which SQS answers ChangeMessageVisibilityBatch with `code`, or once with success."""
    sqs = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    stubber = Stubber(sqs)
    if code:
        stubber.add_client_error("change_message_visibility_batch", code, "you may not")
    else:
        stubber.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    stubber.activate()
    return Place(lambda _: sqs, "eu-west-1", {})


def looked() -> Looked:
    return Looked([letter()], {"churn": Queue(JOBS["churn"], "https://queue")})


def test_letters_that_are_taken_back_need_no_word() -> None:
    assert give_back(place(), looked(), looked().letters) == []


def test_where_aws_takes_letters_not_back_a_note_says_so_and_what_was_found_is_still_told() -> None:
    assert give_back(place("AccessDenied"), looked(), looked().letters) == [
        "churn: its dead letters stay hidden from others for a while (some minutes at most): AWS refused "
        "ChangeMessageVisibilityBatch: AccessDenied: you may not; ask for that permission, or name a profile that has "
        "it with --profile"
    ]


def test_without_letters_nobody_is_asked() -> None:
    assert give_back(place("AccessDenied"), looked(), []) == []
