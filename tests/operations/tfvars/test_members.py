"""Members of an object variable are read by the API's names and by Terraform's, and none is lost without a word."""

from __future__ import annotations

import pytest

from operations.tfvars.draft import Options
from operations.tfvars.stack import draft_of
from tests.operations.tfvars.test_from_tfvars import BASE

NETWORK = {"subnets": ["subnet-12345678"], "security_group_ids": ["sg-12345678"]}


@pytest.mark.parametrize(
    "given", [NETWORK, {"Subnets": NETWORK["subnets"], "SecurityGroupIds": NETWORK["security_group_ids"]}]
)
def test_a_vpc_is_carried_over_however_its_members_are_spelled(given: dict[str, object]) -> None:
    draft = draft_of(BASE | {"vpc_config": given}, Options())

    assert draft.job["network"] == NETWORK
    assert "vpc_config" not in draft.left


def test_checkpoints_stay_where_they_were_however_the_place_is_spelled() -> None:
    draft = draft_of(BASE | {"checkpoint_config": {"s3_uri": "s3://ml-bucket/cp/", "local_path": "/opt/c"}}, Options())

    assert draft.job["checkpoint"] == {"s3_path": "cp/", "local_path": "/opt/c"}


def test_a_member_that_the_api_does_not_have_is_named() -> None:
    draft = draft_of(BASE | {"vpc_config": {**NETWORK, "vpc_id": "vpc-1"}}, Options())

    assert draft.job["network"] == NETWORK
    assert draft.left["vpc_config"] == "has vpc_id: see docs/configuration.md, network"
