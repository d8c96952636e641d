"""A report for somebody who may read, and not look at queues. The embedded AWS lets everybody do everything."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from operations.deployed_jobs import read_jobs
from operations.jobs.operated_stack import OperatedStack
from operations.named_stack import Named
from operations.places import Place
from operations.report.asking import letters_of
from tests.operations.test_deployed_jobs import CHURN


def operated(code: str) -> OperatedStack:
    """A stack in whose place EventBridge Scheduler answers GetSchedule with `code`."""

    def make_client(service: str) -> object:
        client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")  # type: ignore[call-overload] # of whichever service
        if service == "scheduler":
            stubber = Stubber(client)
            stubber.add_client_error("get_schedule", code, "you may not")
            stubber.activate()
        return client

    place = Place(make_client, "eu-west-1", {})
    return OperatedStack(Path(), Named("staging"), place, read_jobs("staging", {"churn": CHURN}))


def test_who_may_not_look_at_dead_letters_gets_the_rest_and_a_note() -> None:
    looked = letters_of(operated("AccessDeniedException"))

    assert looked.letters == ()
    assert looked.notes == [
        "dead letters were not looked at: AWS refused GetSchedule: AccessDeniedException: you may not; ask for that "
        "permission, or name a profile that has it with --profile"
    ]


def test_any_other_refusal_is_not_hidden() -> None:
    with pytest.raises(ClientError, match="ThrottlingException"):
        letters_of(operated("ThrottlingException"))
