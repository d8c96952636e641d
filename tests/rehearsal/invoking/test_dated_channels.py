"""Channels of a deployed schedule that depend on the time, as a rehearsal fills them and `next` shows them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rehearsal.errors import ContainerError
from rehearsal.invoking.dated_channels import all_channels, dated_channels, uri_of, with_fetched_channels
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from tests.rehearsal.s3_channels import s3_channel

DUE = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
TOLD = {
    "name": "validation",
    "uri": "s3://data-lake/dt={scheduled_date}/",
    "time_zone": "Europe/Berlin",
    "content_type": "text/csv",
    "distribution": "ShardedByS3Key",
}


def schedule_of(request: dict[str, Any]) -> DeployedSchedule:
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"
    return DeployedSchedule("s", "g", arn, "ENABLED", "", json.dumps(request), "")


def good_request() -> dict[str, Any]:
    return {
        "InputDataConfig": [
            s3_channel("fixed", "s3://data-lake/fixed/"),
            s3_channel("training", "s3://data-lake/<aws.scheduler.scheduled-time>/"),
        ],
        "Environment": {"SCHEDULED_TIME": "<aws.scheduler.scheduled-time>", "DATED_CHANNEL_1": json.dumps(TOLD)},
    }


def test_those_that_depend_on_the_time_are_told_for_that_time() -> None:
    found = dated_channels(schedule_of(good_request()), DUE)

    assert {each["ChannelName"]: uri_of(each) for each in found} == {
        "training": "s3://data-lake/2026-11-25T23:30:00Z/",
        "validation": "s3://data-lake/dt=2026-11-26/",
    }
    assert found[1]["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"


def test_a_schedule_without_dates_has_none() -> None:
    assert dated_channels(schedule_of({"InputDataConfig": [s3_channel("fixed", "s3://data-lake/fixed/")]}), DUE) == []
    assert dated_channels(schedule_of({}), DUE) == []


def test_a_request_whose_time_is_filled_in_becomes_one_of_ordinary_channels() -> None:
    request = good_request()
    request["Environment"]["SCHEDULED_TIME"] = "2026-11-25T23:30:00Z"

    ordinary = with_fetched_channels(request)

    assert [each["ChannelName"] for each in ordinary["InputDataConfig"]] == ["fixed", "training", "validation"]
    assert ordinary["Environment"] == {"SCHEDULED_TIME": "2026-11-25T23:30:00Z"}
    assert len(request["InputDataConfig"]) == 2, "the request itself stays as it is"


@pytest.mark.parametrize("time", ["<aws.scheduler.scheduled-time>", "", "today"])
def test_without_a_time_it_is_said_which_location_depends_on_it(time: str) -> None:
    request = good_request()
    request["Environment"]["SCHEDULED_TIME"] = time

    with pytest.raises(ContainerError) as refused:
        all_channels(request)

    assert str(refused.value) == (
        f"SCHEDULED_TIME of the request is {time!r}, and s3://data-lake/dt={{scheduled_date}}/ depends on it; allowed: "
        "a time such as 2026-11-26T03:00:00Z"
    )
