from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend
from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="module")
def s3_client() -> Iterator[S3Client]:
    with mock_aws():
        yield boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def s3(s3_client: S3Client) -> S3Client:
    """An S3 that has an empty `bucket` and nothing else."""
    get_backend("s3").reset()
    s3_client.create_bucket(Bucket="bucket")
    return s3_client
