"""Past each limit there is a problem, and at it none."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.requests.request_check import check_request
from tests.rehearsal.requests.good_requests import Change, boto3_report, good_request

LIMITS: list[tuple[str, Callable[[int], Change], int, str]] = [
    ("HyperParameters", lambda n: lambda r: r.update(HyperParameters={f"p{i}": "1" for i in range(n)}), 100, "entries"),
    ("Environment", lambda n: lambda r: r.update(Environment={f"V{i}": "1" for i in range(n)}), 100, "entries"),
    ("Environment.A", lambda n: lambda r: r["Environment"].update(A="x" * n), 512, "characters"),
    ("HyperParameters.a", lambda n: lambda r: r["HyperParameters"].update(a="x" * n), 2500, "characters"),
    ("Tags", lambda n: lambda r: r.update(Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(n)]), 50, "items"),
    (
        "AlgorithmSpecification.TrainingImage",
        lambda n: lambda r: r["AlgorithmSpecification"].update(TrainingImage="i" * n),
        255,
        "characters",
    ),
    (
        "AlgorithmSpecification.MetricDefinitions",
        lambda n: (
            lambda r: r["AlgorithmSpecification"].update(
                MetricDefinitions=[{"Name": f"m{i}", "Regex": "x"} for i in range(n)]
            )
        ),
        40,
        "items",
    ),
    (
        "InputDataConfig",
        lambda n: (
            lambda r: r.update(InputDataConfig=[{**r["InputDataConfig"][0], "ChannelName": f"c{i}"} for i in range(n)])
        ),
        20,
        "items",
    ),
    (
        "VpcConfig.SecurityGroupIds",
        lambda n: lambda r: r.update(VpcConfig={"SecurityGroupIds": ["sg-1"] * n, "Subnets": ["subnet-1"]}),
        5,
        "items",
    ),
    (
        "VpcConfig.Subnets",
        lambda n: lambda r: r.update(VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"] * n}),
        16,
        "items",
    ),
]


@settings(deadline=None)
@given(limit=st.sampled_from(LIMITS), over=st.integers(min_value=0, max_value=40))
def test_past_a_limit_there_is_exactly_that_problem_and_at_it_none(
    limit: tuple[str, Callable[[int], Change], int, str], over: int
) -> None:
    path, change, most, unit = limit
    request = good_request()
    change(most + over)(request)
    before = deepcopy(request)

    problems = check_request("sagemaker", "CreateTrainingJob", request)

    assert [problem.path for problem in problems] == ([path] if over else [])
    assert all(problem.got == f"{most + over} {unit}" and f"{most} {unit}" in problem.allowed for problem in problems)
    assert request == before
    assert boto3_report(request) == "", "boto3 itself lets all of these pass"


@pytest.mark.parametrize(("length", "count"), [(256 * 1024, 0), (256 * 1024 + 1, 1)])
def test_a_target_input_of_more_than_256_kilobytes_is_reported(length: int, count: int) -> None:
    request = {
        "Name": "breast-cancer-staging",
        "GroupName": "breast-cancer-staging",
        "ScheduleExpression": "cron(0 6 * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
            "RoleArn": "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
            "Input": "x" * length,
        },
    }

    problems = check_request("scheduler", "CreateSchedule", request)

    assert [str(problem) for problem in problems] == count * [
        "Target.Input: got 262145 bytes; allowed: at most 262144 bytes (256 KB)"
    ]
