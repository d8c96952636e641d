"""A channel of data in S3, as CreateTrainingJob takes it."""

from typing import Any


def s3_channel(name: str, uri: str, **members: object) -> dict[str, Any]:
    return {
        "ChannelName": name,
        **members,
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
    }
