"""When a statement applies: condition operators, policy variables, and characters that stand for themselves."""

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.permissions.permissions import AwsCall, judge
from tests.rehearsal.permissions.statements import CREATE, allow, document

CONDITIONS = [
    ({"StringEquals": {"aws:RequestTag/stack": "staging"}}, True),
    ({"StringEquals": {"AWS:requesttag/stack": ["prod", "staging"]}}, True),
    ({"StringEquals": {"aws:RequestTag/stack": "Staging"}}, False),
    ({"StringEquals": {"aws:RequestTag/stack": "sta*"}}, False),
    ({"StringEquals": {"aws:RequestTag/absent": "x"}}, False),
    ({"StringEqualsIfExists": {"aws:RequestTag/absent": "x"}}, True),
    ({"StringEqualsIfExists": {"aws:RequestTag/stack": "x"}}, False),
    ({"StringNotEquals": {"aws:RequestTag/stack": "prod"}}, True),
    ({"StringNotEquals": {"aws:RequestTag/stack": ["prod", "staging"]}}, False),
    ({"StringNotEquals": {"aws:RequestTag/absent": "x"}}, True),
    ({"StringEqualsIgnoreCase": {"aws:RequestTag/stack": "STAGING"}}, True),
    ({"StringNotEqualsIgnoreCase": {"aws:RequestTag/stack": "STAGING"}}, False),
    ({"StringLike": {"aws:RequestTag/stack": "sta*"}}, True),
    ({"StringLike": {"aws:RequestTag/stack": "Sta*"}}, False),
    ({"StringNotLike": {"aws:RequestTag/stack": "sta*"}}, False),
    ({"ArnEquals": {"sagemaker:VolumeKmsKey": "arn:aws:kms:*:123456789012:key/*"}}, True),
    ({"ArnLike": {"sagemaker:VolumeKmsKey": "arn:aws:kms:us-east-1:*"}}, True),
    ({"ArnLike": {"sagemaker:VolumeKmsKey": "arn:aws:*key/1-2"}}, False),
    ({"ArnNotEquals": {"sagemaker:VolumeKmsKey": "arn:aws:kms:us-east-1:123456789012:key/1-2"}}, False),
    ({"ArnNotLike": {"sagemaker:VolumeKmsKey": "arn:aws:kms:eu-*:*:*"}}, True),
    ({"NumericEquals": {"sagemaker:MaxRuntimeInSeconds": "3600.0"}}, True),
    ({"NumericNotEquals": {"sagemaker:MaxRuntimeInSeconds": 3600}}, False),
    ({"NumericLessThan": {"sagemaker:MaxRuntimeInSeconds": 3600}}, False),
    ({"NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": 3600}}, True),
    ({"NumericGreaterThan": {"sagemaker:MaxRuntimeInSeconds": 3599}}, True),
    ({"NumericGreaterThanEquals": {"sagemaker:MaxRuntimeInSeconds": 3601}}, False),
    ({"NumericLessThanEquals": {"sagemaker:KeepAlivePeriod": 0}}, False),
    ({"Bool": {"sagemaker:NetworkIsolation": True}}, True),
    ({"Bool": {"sagemaker:NetworkIsolation": "false"}}, False),
    ({"Bool": {"sagemaker:InterContainerTrafficEncryption": "true"}}, False),
    ({"BoolIfExists": {"sagemaker:InterContainerTrafficEncryption": "true"}}, True),
    ({"Null": {"sagemaker:InstanceTypes": "false"}}, True),
    ({"Null": {"sagemaker:InstanceTypes": "true"}}, False),
    ({"Null": {"sagemaker:VpcSubnets": True}}, True),
    ({"Null": {"sagemaker:VpcSubnets": "false"}}, False),
    ({"DateLessThan": {"aws:CurrentTime": "2026-11-23T06:00:01Z"}}, True),
    ({"DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-23T07:00:00+01:00"}}, True),
    ({"DateEquals": {"aws:CurrentTime": "1795413600"}}, True),
    ({"DateNotEquals": {"aws:CurrentTime": "2026-11-23T06:00:00Z"}}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["stack", "team", "owner"]}}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["stack"]}}, False),
    ({"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1"]}}, True),
    (
        {
            "ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1"]},
            "Null": {"sagemaker:VpcSubnets": "false"},
        },
        False,
    ),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["stack"]}}, True),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["owner"]}}, False),
    ({"ForAnyValue:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1"]}}, False),
    ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["stack"]}}, True),
    ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["stack"]}}, False),
    ({"ForAllValues:StringLike": {"sagemaker:InstanceTypes": "ml.m5.*"}}, True),
    ({"StringEquals": {"aws:RequestTag/stack": "staging"}, "Bool": {"sagemaker:NetworkIsolation": "false"}}, False),
    ({"StringEquals": {"aws:RequestTag/stack": "staging", "aws:RequestTag/absent": "x"}}, False),
]


@pytest.mark.parametrize(("condition", "met"), CONDITIONS, ids=[str(case[0]) for case in CONDITIONS])
def test_a_statement_applies_where_all_its_conditions_are_met(condition: dict[str, Any], met: bool) -> None:
    denial = allow(Sid="Never", Effect="Deny", Condition=condition)

    assert judge(CREATE, [document(allow(Condition=condition))]).allowed is met
    assert judge(CREATE, [document(allow(), denial)]).allowed is not met


def test_a_policy_variable_takes_its_value_from_the_call() -> None:
    resource = "arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-${aws:RequestTag/stack}-1"

    assert judge(CREATE, [document(allow(Resource=resource))]).allowed
    other = replace(CREATE, context={"aws:RequestTag/stack": "prod"})
    assert not judge(other, [document(allow(Resource=resource))]).allowed


@pytest.mark.parametrize("character", "*?$")
def test_a_special_character_in_braces_is_itself(character: str) -> None:
    resource = f"arn:aws:s3:::bucket/${{{character}}}/*"
    read = AwsCall("s3:GetObject", f"arn:aws:s3:::bucket/{character}/a", "read", {"s3:prefix": f"{character}/"})
    statement = allow(Action="s3:GetObject", Resource=resource)

    assert judge(read, [document(statement)]).allowed
    for other in ("x", "", f"${{{character}}}"):
        assert not judge(replace(read, resource=f"arn:aws:s3:::bucket/{other}/a"), [document(statement)]).allowed
    for operator in ("StringEquals", "StringLike", "StringEqualsIgnoreCase"):
        conditional = document(statement | {"Condition": {operator: {"s3:prefix": f"${{{character}}}/"}}})
        assert judge(read, [conditional]).allowed
        assert not judge(replace(read, context={"s3:prefix": "x/"}), [conditional]).allowed
