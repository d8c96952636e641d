"""What a check and a rehearsal say of a stack whose settings are right: findings of policies, roles and schedules."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.operations.projects import change, processes_of
from tests.operations.projects import typed as run

OWN_ROLE = """

import json
import re

import pulumi_aws


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


pulumi_aws.iam.Role(
    "own",
    name="own-execution",
    assume_role_policy=document(
        Action="sts:AssumeRole",
        Principal={"Service": "sagemaker.amazonaws.com"},
        Condition={
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/*"},
        },
    ),
)
pulumi_aws.iam.RolePolicy(
    "own-policy",
    role="own-execution",
    policy=document(Action="s3:GetObject", Resource="arn:aws:s3:::ml-platform-staging-ml-bucket/datasets/*"),
)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("stack", "resources"), [("staging", 12), ("prod", 34)])
def test_the_stacks_of_the_project_pass(project: Path, stack: str, resources: int) -> None:
    result = run("check", "-s", stack)

    assert (result.exit_code, result.stderr) == (0, ""), result.stdout
    last = result.stdout.splitlines()[-1]
    assert last.startswith(f"stack {stack} passes: 1 training job, {resources} resources, ")
    assert "; 0 mandatory, " in last
    assert (stack == "prod") == ("0 advisory" in last)
    assert processes_of(project) == []
    assert not (project / ".rehearsal").exists()


@pytest.mark.slow
def test_a_policy_violation_is_named_with_its_cure(project: Path) -> None:
    change(project, "prod", "instance_type: ml.m5.xlarge", "instance_type: ml.r5.24xlarge")

    result = run("check", "-s", "prod")

    assert (result.exit_code, result.stderr) == (1, "")
    of_role, may_start, level, finding, _, verdict = result.stdout.splitlines()
    assert level == "mandatory SG18-cost-caps breast-cancer-schedule"
    assert of_role == "mandatory SG18-cost-caps breast-cancer-scheduler-policy"
    assert "has instance types that are not allowed here. Cure: use some of: ml.m5.large, " in may_start
    assert finding.startswith(
        '          target.input.ResourceConfig.InstanceType is "ml.r5.24xlarge": '
        "this instance type is not allowed here. Cure: use one of: ml.m5.large, ml.m5.xlarge, "
    )
    assert verdict.startswith("stack prod does not pass: 1 training job, 34 resources, ")
    assert "; 2 mandatory, 0 advisory; " in verdict


@pytest.mark.slow
def test_what_a_policy_has_changed_is_shown_and_counted(project: Path) -> None:
    change(project, "prod", "        time_zone: ", "        maximum_retry_attempts: 9\n        time_zone: ")
    levels = project / "policies" / "prod.json"
    levels.write_text(levels.read_text().replace('"SG20-few-retries": "mandatory"', '"SG20-few-retries": "remediate"'))

    result = run("check", "-s", "prod")

    assert (result.exit_code, result.stderr) == (0, "")
    level, finding, _, verdict = result.stdout.splitlines()
    assert level == "remediated SG20-few-retries breast-cancer-schedule"
    assert finding == (
        "          target.retryPolicy.maximumRetryAttempts: changed by the policy, and deployed so. "
        "Cure: declare it so in the program."
    )
    assert verdict.startswith("stack prod passes: 1 training job, 34 resources, ")
    assert "; 0 mandatory, 0 advisory, 1 remediated; " in verdict


@pytest.mark.slow
@pytest.mark.parametrize(("stack", "code"), [("staging", 0), ("prod", 1)])
def test_a_schedule_that_is_never_due_again_is_said_and_stops_where_it_is_enabled(
    project: Path, stack: str, code: int
) -> None:
    change(project, stack, "cron(0 3 * * ? *)", "cron(0 3 31 2 ? *)")

    result = run("check", "-s", stack)

    assert (result.exit_code, result.stderr) == (code, "")
    level = "mandatory" if code else "advisory "
    lines = result.stdout.splitlines()
    finding = lines[lines.index(f"{level} schedule breast-cancer-{stack}") + 1].strip()
    assert finding.startswith("never due again: after ")
    assert finding.endswith(
        ", cron(0 3 31 2 ? *) in UTC name no time. Cure: correct schedule.expression or schedule.end_date"
    )


@pytest.mark.slow
def test_a_policy_violation_stops_a_rehearsal_before_anything_starts(project: Path) -> None:
    change(project, "prod", "instance_type: ml.m5.xlarge", "instance_type: ml.r5.24xlarge")

    result = run("rehearse", "-s", "prod")

    assert result.exit_code == 1
    title, _, finding = result.stderr.splitlines()
    assert title == "error: the stack does not pass (2 faults):"
    assert finding.startswith(
        "  SG18-cost-caps, breast-cancer-schedule: target.input.ResourceConfig.InstanceType is "
        '"ml.r5.24xlarge": this instance type is not allowed here. Cure: use one of: ml.m5.large, ml.m5.xlarge, '
    )
    assert "✗" in result.stdout
    assert processes_of(project) == []
    assert not (project / ".rehearsal").exists()


@pytest.mark.slow
def test_a_stack_whose_execution_role_is_of_any_account_is_judged_as_one_of_that_account(project: Path) -> None:
    own_role = "arn:aws:iam::210987654321:role/studio-execution"
    change(project, "staging", "      schedule:\n", f"      execution_role_arn: {own_role}\n      schedule:\n")

    result = run("check")

    assert (result.exit_code, result.stderr) == (0, "")
    assert f"advisory  permission {own_role}" in result.stdout.splitlines()


@pytest.mark.slow
def test_an_execution_role_of_another_partition_than_the_regions_is_one_message(project: Path) -> None:
    own_role = "arn:aws-cn:iam::210987654321:role/studio-execution"
    change(project, "staging", "      schedule:\n", f"      execution_role_arn: {own_role}\n      schedule:\n")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: Pulumi.staging.yaml has 1 problem:\n"
        f"  scheduled-training:training_jobs.breast-cancer.execution_role_arn: got {own_role!r}; allowed: a role of "
        "the stack's partition, aws, because nothing of aws-cn is known there\n"
    )


@pytest.mark.slow
def test_a_role_that_may_not_do_what_the_job_needs_is_named(project: Path) -> None:
    own_role = "arn:aws:iam::123456789012:role/own-execution"
    change(project, "staging", "      schedule:\n", f"      execution_role_arn: {own_role}\n      schedule:\n")
    with (project / "__main__.py").open("a") as program:
        program.write(OWN_ROLE)

    result = run("check")

    assert (result.exit_code, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    denied = [after.strip() for line, after in pairwise(lines) if line.startswith("mandatory perm")]
    assert {line.split()[2] for line in denied} >= {"s3:ListBucket", "s3:PutObject", "logs:CreateLogStream"}
    assert not [
        line
        for line in denied
        if line.startswith("may not s3:GetObject on arn:aws:s3:::ml-platform-staging-ml-bucket/datasets/")
    ], "which the role may"
    assert f"mandatory permission {own_role}" in lines
    assert "does not pass" in lines[-1]


def test_a_policy_configuration_that_is_no_json_is_named(project: Path) -> None:
    path = project / "policies" / "staging.json"
    path.write_text("{")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: cannot read the policy configuration {path}: "
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
    )


def test_a_project_without_policies_is_told_so(project: Path) -> None:
    (project / "policies" / "PulumiPolicy.yaml").unlink()

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: there is no policy pack in {project}/policies: PulumiPolicy.yaml is missing\n"


def test_a_defect_of_the_program_keeps_its_traceback(project: Path) -> None:
    (project / "__main__.py").write_text("raise LookupError('a defect')\n")

    result = run("check")

    assert result.exit_code == 1
    assert isinstance(result.exception, LookupError)
    assert json.dumps(str(result.exception)) == '"a defect"'
    assert processes_of(project) == []


@pytest.mark.slow
def test_a_stack_with_data_by_date_passes_and_the_next_location_is_noted(project: Path) -> None:
    change(project, "staging", "s3_path: datasets/training/", "s3_path: datasets/dt={scheduled_date-1d:%Y/%m/%d}/")

    result = run("check", "-s", "staging")

    assert (result.exit_code, result.stderr) == (0, ""), result.stdout
    said = " ".join(result.stdout.split())
    assert re.search(
        r"channels\.training: at its next time, [\d-]+T[\d:]+Z, reads "
        r"s3://ml-platform-staging-ml-bucket/datasets/dt=\d{4}/\d\d/\d\d/",
        said,
    )
    assert "s3-by-prefix" not in said
    assert "declared-buckets" not in said
