"""SG06, where one role starts several jobs, or a job by several schedules."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from findings import MISSING
from rules.jobs_of_own_prefix_only import RULE

if TYPE_CHECKING:
    from conftest import Judge, StackUnderTest

LIMIT = "Condition.NumericLessThanEquals.sagemaker:MaxRuntimeInSeconds"
TOO_SHORT = (
    "scheduler_policy| "
    'policy.Statement[0].Condition.NumericLessThanEquals["sagemaker:MaxRuntimeInSeconds"] '
    'is ["1800"]: sagemaker:MaxRuntimeInSeconds is limited to less than the job uses, which AWS would refuse. '
    'Cure: use NumericLessThanEquals {"sagemaker:MaxRuntimeInSeconds": "3600"}.'
)


@pytest.fixture
def two_jobs(good_stack: StackUnderTest) -> StackUnderTest:
    """The good stack, whose job runs 3600 s at most, and one of 1800 s that the same role starts."""
    second = copy.deepcopy(good_stack.parts["schedule"])
    second[1]["target"]["input"]["TrainingJobName"] = "breast-cancer-prod-hourly-<aws.scheduler.execution-id>"
    second[1]["target"]["input"]["StoppingCondition"]["MaxRuntimeInSeconds"] = 1800
    names = good_stack.parts["scheduler_policy"][1]["policy"]["Statement"][0]["Resource"]
    both = [names, names.replace("-*", "-hourly-*")]
    return good_stack.set("second_schedule", second).set("scheduler_policy.policy.Statement.0.Resource", both)


def test_one_limit_for_two_jobs_is_that_of_the_longer_one(two_jobs: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, two_jobs) == []


def test_one_limit_for_two_jobs_that_the_longer_one_does_not_keep_is_reported(
    two_jobs: StackUnderTest, findings_of: Judge
) -> None:
    two_jobs.set(f"scheduler_policy.policy.Statement.0.{LIMIT}", "1800")

    assert findings_of(RULE, two_jobs) == [TOO_SHORT]


def test_a_statement_for_one_of_two_jobs_is_judged_by_that_job(two_jobs: StackUnderTest, findings_of: Judge) -> None:
    first = two_jobs.parts["scheduler_policy"][1]["policy"]["Statement"][0]
    longer, hourly = copy.deepcopy(first), copy.deepcopy(first)
    longer["Resource"], hourly["Resource"] = first["Resource"]
    hourly["Condition"]["NumericLessThanEquals"]["sagemaker:MaxRuntimeInSeconds"] = "1800"
    two_jobs.set("scheduler_policy.policy.Statement.0", longer).set("scheduler_policy.policy.Statement.+", hourly)

    assert findings_of(RULE, two_jobs) == []


@pytest.fixture
def two_schedules(good_stack: StackUnderTest) -> StackUnderTest:
    """The good stack, and a second schedule of the same job on a larger machine for half of the time.

    The role has a statement for each; the second one's is the last.
    """
    second = copy.deepcopy(good_stack.parts["schedule"])
    second[1]["target"]["input"]["ResourceConfig"]["InstanceType"] = "ml.m5.4xlarge"
    second[1]["target"]["input"]["StoppingCondition"]["MaxRuntimeInSeconds"] = 1800
    statement = copy.deepcopy(good_stack.parts["scheduler_policy"][1]["policy"]["Statement"][0])
    statement["Condition"]["ForAllValues:StringEquals"]["sagemaker:InstanceTypes"] = ["ml.m5.4xlarge"]
    statement["Condition"]["NumericLessThanEquals"]["sagemaker:MaxRuntimeInSeconds"] = "1800"
    return good_stack.set("second_schedule", second).set("scheduler_policy.policy.Statement.+", statement)


def last_statement(stack: StackUnderTest) -> int:
    return len(stack.parts["scheduler_policy"][1]["policy"]["Statement"]) - 1


def test_schedules_of_one_job_may_have_a_statement_each(two_schedules: StackUnderTest, findings_of: Judge) -> None:
    assert findings_of(RULE, two_schedules) == []


def test_a_schedule_whose_statement_allows_less_than_it_starts_is_reported(
    two_schedules: StackUnderTest, findings_of: Judge
) -> None:
    number = last_statement(two_schedules)
    two_schedules.set(f"scheduler_policy.policy.Statement.{number}.{LIMIT}", "900")

    (line,) = findings_of(RULE, two_schedules)

    assert line.startswith(f"scheduler_policy| policy.Statement[{number}].Condition.NumericLessThanEquals")
    assert "sagemaker:MaxRuntimeInSeconds is limited to less than the job uses, which AWS would refuse" in line


def test_a_schedule_that_no_statement_allows_is_reported(two_schedules: StackUnderTest, findings_of: Judge) -> None:
    two_schedules.set(f"scheduler_policy.policy.Statement.{last_statement(two_schedules)}", MISSING)

    assert findings_of(RULE, two_schedules) == [
        "scheduler_policy| "
        'policy.Statement[0].Condition["ForAllValues:StringEquals"]["sagemaker:InstanceTypes"] is '
        '["ml.m5.large"]: sagemaker:InstanceTypes is limited to less than the job uses, which AWS would refuse. Cure: '
        'use ForAllValues:StringEquals {"sagemaker:InstanceTypes": ["ml.m5.4xlarge", "ml.m5.large"]} with Null '
        '{"sagemaker:InstanceTypes": "false"}.'
    ]


@pytest.mark.parametrize(
    "condition", ["NumericLessThanEquals", "ForAllValues:StringEquals.sagemaker:VpcSubnets", "Bool"]
)
def test_one_statement_of_several_without_a_limit_is_reported(
    condition: str, two_schedules: StackUnderTest, findings_of: Judge
) -> None:
    number = last_statement(two_schedules)
    two_schedules.set(f"scheduler_policy.policy.Statement.{number}.Condition.{condition}", MISSING)

    (line,) = findings_of(RULE, two_schedules)

    assert line.startswith(f"scheduler_policy| policy.Statement[{number}].Condition: no condition limits sagemaker:")


def test_a_statement_for_two_schedules_at_once_may_have_the_limits_of_both(
    two_schedules: StackUnderTest, findings_of: Judge
) -> None:
    two_schedules.set(f"scheduler_policy.policy.Statement.{last_statement(two_schedules)}", MISSING)
    types = "Condition.ForAllValues:StringEquals.sagemaker:InstanceTypes.+"
    two_schedules.set(f"scheduler_policy.policy.Statement.0.{types}", "ml.m5.4xlarge")

    assert findings_of(RULE, two_schedules) == []
