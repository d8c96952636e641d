"""What the doctor has just listed may be deleted before it looks: that is no finding, and ends nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from botocore.response import StreamingBody

from operations.doctor.asking.machines import NotKnownError, ask_network
from operations.doctor.asking.storage import fetch_head
from tests.operations.doctor.test_asking_aws import stubbed

CHANNEL = {
    "ChannelName": "training",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://lake/training/"}},
}
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


def test_an_object_that_goes_is_passed_over_and_the_others_are_read(tmp_path: Path) -> None:
    names = ["training/gone.csv", "training/there.csv"]
    content = b"a,b\n1,2\n"
    with stubbed("s3") as (s3, stub):
        listed = [{"Key": name, "Size": len(content), "LastModified": WRITTEN} for name in names]
        stub.add_response("list_objects_v2", {"Contents": listed}, {"Bucket": "lake", "Prefix": "training/"})
        stub.add_client_error("head_object", "404", "Not Found", http_status_code=404)
        stub.add_response("head_object", {"ContentLength": len(content)}, {"Bucket": "lake", "Key": names[1]})
        stub.add_response("get_object", {"Body": StreamingBody(BytesIO(content), len(content))})

        assert fetch_head(s3, CHANNEL, tmp_path) == 1

    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]


def test_an_object_that_may_not_be_read_is_an_error_all_the_same(tmp_path: Path) -> None:
    with stubbed("s3") as (s3, stub):
        listed = [{"Key": "training/a.csv", "Size": 3, "LastModified": WRITTEN}]
        stub.add_response("list_objects_v2", {"Contents": listed})
        stub.add_client_error("head_object", "403", "Forbidden", http_status_code=403)

        with pytest.raises(s3.exceptions.ClientError, match="403"):
            fetch_head(s3, CHANNEL, tmp_path)


def test_a_vpc_that_goes_is_not_known_rather_than_a_defect() -> None:
    with stubbed("ec2") as (ec2, stub):
        stub.add_response("describe_subnets", {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]})
        stub.add_response("describe_security_groups", {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1"}]})
        stub.add_response("describe_route_tables", {"RouteTables": []})
        stub.add_response("describe_vpc_endpoints", {"VpcEndpoints": []})
        stub.add_response("describe_vpcs", {"Vpcs": []})

        with pytest.raises(NotKnownError, match="vpc-1 was deleted while it was looked at; look again"):
            ask_network(ec2, ["subnet-1"], ["sg-1"])
