from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.permissions.permissions import AwsCall, Decision, judge, judge_trust
from rehearsal.permissions.policy_documents import PolicyDocument, PolicyError
from tests.rehearsal.permissions.statements import CREATE, JOB_ARN, allow, document

GROUP_ARN = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/breast-cancer-staging"


def test_a_statement_for_the_action_and_the_resource_allows() -> None:
    assert judge(CREATE, [document(allow())]) == Decision(
        allowed=True, reason="allowed by statement 'CreateJobs' of permissions", statement_sid="CreateJobs"
    )


def test_nothing_is_allowed_without_a_statement() -> None:
    assert judge(CREATE, []) == Decision(
        allowed=False, reason="not allowed: no statement allows sagemaker:CreateTrainingJob"
    )


def test_an_explicit_denial_wins_over_every_allow_in_whatever_order() -> None:
    denial = document(allow(Sid="Never", Effect="Deny", Resource="*"), name="guard")
    expected = Decision(allowed=False, reason="explicitly denied by statement 'Never' of guard", statement_sid="Never")

    assert judge(CREATE, [denial, document(allow())]) == expected
    assert judge(CREATE, [document(allow()), denial]) == expected


def test_a_statement_without_a_sid_is_named_by_its_position() -> None:
    decision = judge(CREATE, [document(allow(Action="s3:*"), allow(Sid=None))])

    assert decision == Decision(allowed=True, reason="allowed by statement number 2 of permissions")


def test_a_near_miss_is_explained() -> None:
    decision = judge(
        CREATE,
        [
            document(
                allow(
                    Resource="arn:aws:sagemaker:us-east-1:123456789012:training-job/other-*",
                    Condition={"NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": 1800}},
                )
            )
        ],
    )

    assert decision == Decision(
        allowed=False,
        reason=(
            "not allowed: statement 'CreateJobs' of permissions does not apply: its Resource is "
            "arn:aws:sagemaker:us-east-1:123456789012:training-job/other-*; its condition NumericLessThanEquals "
            "sagemaker:MaxRuntimeInSeconds = 1800 is not met by 3600"
        ),
    )


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("sagemaker:CreateTrainingJob", True),
        ("SageMaker:createtrainingjob", True),
        ("sagemaker:Create*", True),
        ("sagemaker:Create?rainingJob", True),
        ("*", True),
        (["s3:GetObject", "sagemaker:*"], True),
        ("sagemaker:CreateTrainingJobs", False),
        ("sagemaker:CreateTraining", False),
        ("s3:*", False),
        ("sagemaker-mlflow:*", False),
    ],
)
def test_actions_match_with_wildcards_and_in_either_case(action: str | list[str], allowed: bool) -> None:
    assert judge(CREATE, [document(allow(Action=action))]).allowed is allowed


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        ("*", True),
        (JOB_ARN, True),
        ("arn:aws:sagemaker:*:*:training-job/*", True),
        ("arn:*:sagemaker:us-east-1:123456789012:*", True),
        ("arn:aws:sagemaker", True),
        ("arn:aws:sagemaker:us-east-?:123456789012:training-job/breast-cancer-staging-?", True),
        ("arn:aws:sagemaker:us-east-1:123456789012:training-job/Breast-cancer-staging-*", False),
        ("arn:aws:sagemaker:us-west-2:123456789012:training-job/*", False),
        ("arn:aws:sagemaker:us-east-1:*", True),
        ("arn:aws:s3:::*", False),
        ("arn:aws:*training-job/breast-cancer-staging-1", False),
        ("arn:aws:sagemaker:us-east-1:123456789012:training-job/breast-cancer-staging", False),
    ],
)
def test_resources_match_part_by_part_and_case_counts(resource: str, allowed: bool) -> None:
    assert judge(CREATE, [document(allow(Resource=resource))]).allowed is allowed


@pytest.mark.parametrize(("pattern", "allowed"), [("*", True), ("arn:aws:ecr:*:*:repository/*", False)])
def test_an_action_without_a_resource_needs_the_star(pattern: str, allowed: bool) -> None:
    call = AwsCall("ecr:GetAuthorizationToken", "*", "log in")

    assert judge(call, [document(allow(Action="ecr:*", Resource=pattern))]).allowed is allowed


def test_a_star_in_a_path_spans_slashes() -> None:
    call = AwsCall("s3:GetObject", "arn:aws:s3:::bucket/datasets/training/2026/a.csv", "read")

    assert judge(call, [document(allow(Action="s3:GetObject", Resource="arn:aws:s3:::bucket/datasets/*"))]).allowed
    assert not judge(call, [document(allow(Action="s3:GetObject", Resource="arn:aws:s3:::bucket/data/*"))]).allowed


def test_not_action_and_not_resource_take_all_others() -> None:
    others = allow(Action=None, NotAction=["iam:*", "sts:*"], Resource="*")
    not_this = allow(Resource=None, NotResource=JOB_ARN)

    assert judge(CREATE, [document(others)]).allowed
    assert not judge(replace(CREATE, action="iam:PassRole"), [document(others)]).allowed
    assert not judge(CREATE, [document(not_this)]).allowed
    assert judge(replace(CREATE, resource=JOB_ARN + "2"), [document(not_this)]).allowed


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            "the condition operator 'IpAddress' cannot be judged; judged: Null, StringEquals, ",
        ),
        (
            allow(Condition={"ForSomeValues:StringEquals": {"aws:TagKeys": "x"}}),
            "the condition operator 'ForSomeValues:StringEquals' cannot be judged; judged: Null, StringEquals, ",
        ),
        (
            allow(Condition={"NullIfExists": {"aws:TagKeys": "true"}}),
            "the condition operator 'NullIfExists' cannot be judged; judged: Null, StringEquals, ",
        ),
        (
            allow(Condition={"StringEquals": {"aws:TagKeys": "stack"}}),
            "the condition StringEquals on aws:TagKeys lacks a set operator: the key has several values; "
            "use ForAllValues: or ForAnyValue:",
        ),
        (
            allow(Condition={"NumericEquals": {"sagemaker:MaxRuntimeInSeconds": "an hour"}}),
            "'an hour' is not a number, which a Numeric condition needs",
        ),
        (
            allow(Condition={"DateEquals": {"aws:CurrentTime": "soon"}}),
            "'soon' is not a date, which a Date condition needs",
        ),
        (allow(Condition={"Bool": {"sagemaker:NetworkIsolation": "yes"}}), "'yes' is neither true nor false"),
        (
            allow(Resource="arn:aws:s3:::${aws:username}"),
            "the policy variable ${aws:username} in 'arn:aws:s3:::${aws:username}' cannot be judged: "
            "the call has no value for it",
        ),
    ],
)
def test_what_cannot_be_judged_is_an_error_that_names_it(statement: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        judge(CREATE, [document(statement)])

    assert str(raised.value).startswith(message)


def trust(**changes: object) -> PolicyDocument:
    good = {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnEquals": {"aws:SourceArn": GROUP_ARN},
        },
    }
    return document(good | changes, name="trust")


ASSUME = AwsCall(
    "sts:AssumeRole",
    "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
    "assume",
    {"aws:SourceAccount": "123456789012", "aws:SourceArn": GROUP_ARN},
    service_principal="scheduler.amazonaws.com",
)


def test_a_role_may_be_assumed_by_the_service_for_the_schedule_group_it_trusts() -> None:
    assert judge_trust(ASSUME, trust()) == Decision(
        allowed=True, reason="allowed by statement 'AssumeRole' of trust", statement_sid="AssumeRole"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"Principal": {"Service": ["sagemaker.amazonaws.com"]}},
            "its Principal is sagemaker.amazonaws.com, not scheduler.amazonaws.com",
        ),
        (
            {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
            "its Principal is no service, not scheduler.amazonaws.com",
        ),
        (
            {"Condition": {"ArnEquals": {"aws:SourceArn": GROUP_ARN.replace("-group", "") + "/nightly"}}},
            "its condition ArnEquals aws:SourceArn = arn:aws:scheduler:us-east-1:123456789012:schedule/"
            f"breast-cancer-staging/nightly is not met by {GROUP_ARN}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}},
            "its condition StringEquals aws:SourceAccount = 210987654321 is not met by 123456789012",
        ),
    ],
)
def test_a_role_may_not_be_assumed_otherwise(changes: dict[str, Any], reason: str) -> None:
    assert judge_trust(ASSUME, trust(**changes)) == Decision(
        allowed=False, reason=f"not allowed: statement 'AssumeRole' of trust does not apply: {reason}"
    )


def test_a_trust_in_everybody_lets_the_service_in() -> None:
    assert judge_trust(ASSUME, trust(Principal="*")).allowed
    assert judge_trust(ASSUME, trust(Principal={"AWS": "*"})).allowed


@given(st.text(alphabet="ab/*?", max_size=12), st.text(alphabet="ab/", max_size=12))
def test_more_permissions_never_deny_what_was_allowed(pattern: str, key: str) -> None:
    call = AwsCall("s3:GetObject", f"arn:aws:s3:::bucket/{key}", "read")
    narrow = document(allow(Action="s3:GetObject", Resource=f"arn:aws:s3:::bucket/{pattern}"))
    wide = document(allow(Action="s3:GetObject", Resource=f"arn:aws:s3:::bucket/{pattern}*"))

    assert judge(call, [narrow]).allowed <= judge(call, [wide]).allowed
    assert judge(call, [narrow, document(allow(Effect="Deny", Action="*", Resource="*"))]).allowed is False
