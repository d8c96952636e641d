from typing import Any

from components.package_archives import channel_names
from rehearsal.steps.set_up import channels_of


def request(**channels: str) -> dict[str, Any]:
    return {
        "InputDataConfig": [
            {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": uri}}} for name, uri in channels.items()
        ]
    }


def filled(*requests: dict[str, Any]) -> list[tuple[str, str]]:
    found = channels_of(requests, [{} for _ in requests])
    return [(channel["ChannelName"], channel["DataSource"]["S3DataSource"]["S3Uri"]) for channel, _ in found]


def test_a_channel_that_several_schedules_read_is_filled_once() -> None:
    nightly, weekly = request(training="s3://b/a/", validation="s3://b/v/"), request(training="s3://b/a/")

    assert filled(nightly, weekly) == [("training", "s3://b/a/"), ("validation", "s3://b/v/")]


def test_a_channel_of_the_same_name_elsewhere_is_filled_as_well() -> None:
    assert filled(request(training="s3://b/a/"), request(training="s3://b/full/")) == [
        ("training", "s3://b/a/"),
        ("training", "s3://b/full/"),
    ]


def test_channels_of_packages_are_left_to_the_stack() -> None:
    (packages, *_) = channel_names(())

    assert filled(request(**{"training": "s3://b/a/", packages: "s3://b/p/"})) == [("training", "s3://b/a/")]
