"""Objects that cannot be deleted are told, each with its reason, and do not stop the rest."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from operations.cleanup.deleting import BATCH, NotDeleted, delete

TWO_BATCHES = {"models": [f"key-{number}" for number in range(BATCH + 1)]}


def test_what_is_deleted_is_not_told() -> None:
    s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(s3) as stub:
        stub.add_response("delete_objects", {})
        stub.add_response("delete_objects", {"Errors": [{"Key": "key-1000", "Code": "InternalError", "Message": "m"}]})

        assert delete(s3, TWO_BATCHES) == [NotDeleted("s3://models/key-1000", "InternalError: m")]


@pytest.mark.parametrize("way", ["refused", "not reached"])
def test_a_batch_that_fails_as_a_whole_is_told_and_the_next_one_is_deleted(way: str) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    failures = iter([EndpointConnectionError(endpoint_url="https://s3")] if way == "not reached" else [])

    def fail_once(**_: object) -> None:
        for error in failures:
            raise error

    with Stubber(s3) as stub:
        s3.meta.events.register("before-parameter-build.s3.DeleteObjects", fail_once)
        if way == "refused":
            stub.add_client_error("delete_objects", "SlowDown", "later")
        stub.add_response("delete_objects", {})

        failed = delete(s3, TWO_BATCHES)

    assert [each.uri for each in failed] == [f"s3://models/key-{number}" for number in range(BATCH)]
    reasons = {"refused": "SlowDown: later", "not reached": 'Could not connect to the endpoint URL: "https://s3"'}
    assert {each.reason for each in failed} == {reasons[way]}
