from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.backends import get_backend
from mypy_boto3_s3 import S3Client

from rehearsal.aws_clients import AwsClients
from tests.rehearsal.embedded_server import empty_embedded_aws


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


@pytest.fixture
def clients(server: AwsClients) -> AwsClients:
    empty_embedded_aws()
    server.s3.create_bucket(Bucket="bucket")
    server.s3.put_object(Bucket="bucket", Key="datasets/training/a.csv", Body=b"1,0\n")
    return server
