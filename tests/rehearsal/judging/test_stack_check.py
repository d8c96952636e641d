"""The fixture project is judged by a pack of a test's own, in a process of its own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.declaring.program import Declaration
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.judging.judgement import Fault
from rehearsal.judging.policy_answers import Violation
from rehearsal.judging.policy_pack import PolicyPackError
from rehearsal.judging.stack_check import StackCheck, _policy_fault, artifact_store_of, check_stack
from tests.operations.projects import change, copy_project, processes_of
from tests.rehearsal.judging.test_judgement import NAME, good_schedule


def violation(message: str, enforcement: str = "mandatory") -> Violation:
    return Violation(
        policy="SG18-cost-caps",
        enforcement=enforcement,
        message=message,
        urn="urn:pulumi:staging::p::aws:scheduler/schedule:Schedule::breast-cancer-schedule",
        description="Costs are capped.",
        pack="pack",
    )


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (
            "target.input.ResourceConfig.InstanceType is too large. Cure: use a smaller one.",
            "target.input.ResourceConfig.InstanceType",
        ),
        ("policy.Statement[0].Condition: no condition. Cure: add one.", "policy.Statement[0].Condition"),
    ],
)
def test_a_violation_becomes_a_fault_without_the_policys_description(line: str, path: str) -> None:
    fault = _policy_fault(violation(f"Costs are capped.\n{line}"))

    assert (fault.kind, fault.subject, fault.message) == ("policy", "breast-cancer-schedule", line)
    assert (fault.mandatory, fault.rule, fault.path) == (True, "SG18-cost-caps", path)


def test_an_advisory_violation_does_not_stop() -> None:
    fault = _policy_fault(violation("x is wrong.", "advisory"))
    assert not fault.mandatory


def test_a_stack_without_levels_of_its_own_says_why_policies_stop_it() -> None:
    declared = Declaration("dev", "alice", True, {}, (), {})
    fault = _policy_fault(violation("target.input: x. Cure: y."))
    check = StackCheck(declared, (), (), (fault,), is_configured=False)

    assert check.notes == (
        "policies/alice.json is missing, so the policies judge stack alice as they judge prod; for one like staging: "
        "cp policies/staging.json policies/alice.json",
    )
    assert replace(check, is_configured=True).notes == ()
    assert replace(check, faults=()).notes == (), "what nothing stops needs no levels"


def test_the_artifact_store_is_that_of_the_schedules_job() -> None:
    exports: dict[str, object] = {
        "other": {"schedule_name": "other", "artifact_store": "s3://bucket/other/"},
        "text": "an export that is no job",
        "job": {"schedule_name": NAME, "artifact_store": "s3://bucket/mlflow/"},
    }
    assert artifact_store_of(exports, good_schedule()) == "s3://bucket/mlflow/"
    assert artifact_store_of({"text": "an export"}, good_schedule()) is None
    weekly = {"schedule_name": f"{NAME}.weekly", "artifact_store": "s3://bucket/weekly/"}
    exports["job"] = {"schedule_name": NAME, "artifact_store": None, "further_schedules": {"weekly": weekly}}
    assert artifact_store_of(exports, replace(good_schedule(), name=f"{NAME}.weekly")) == "s3://bucket/weekly/"
    assert artifact_store_of(exports, good_schedule()) is None


def test_a_project_without_a_pack_is_refused_before_its_program_runs(project_dir: Path) -> None:
    with pytest.raises(PolicyPackError, match=r"PulumiPolicy\.yaml is missing"):
        check_stack(project_dir, "staging")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def checked(project: Path) -> StackCheck:
    check = check_stack(project, "staging")
    assert processes_of(project) == [], "the pack"
    return check


@pytest.mark.slow
def test_the_good_stack_passes_with_one_schedule_and_every_policy(project: Path) -> None:
    check = checked(project)

    assert check.passed
    assert [schedule.name for schedule in check.schedules] == [NAME]
    assert "SG18-cost-caps" in check.policies
    assert not [fault for fault in check.faults if fault.mandatory or fault.kind != "policy"]


@pytest.mark.slow
def test_a_job_whose_artifact_store_is_looked_up_passes_and_what_stands_in_for_it_is_said(project: Path) -> None:
    change(project, "staging", "        artifact_store: mlflow-artifacts/\n", "")

    check = checked(project)

    assert check.passed
    assert not [fault for fault in check.faults if fault.kind != "policy"], "the role allows what the job does there"
    (schedule,) = check.schedules
    assert artifact_store_of(check.declaration.exports, schedule) == (
        "s3://ml-platform-staging-ml-bucket/artifact-store-looked-up-at-deployment/mlflow-tracking-server/"
        "ml-platform-staging/"
    )
    assert check.notes == (
        "tracking.artifact_store is not set for the tracking server ml-platform-staging: each preview and update asks "
        "AWS where it keeps its artifacts. Here a prefix of the stack's bucket stands in for that, "
        "artifact-store-looked-up-at-deployment/; whether policies and channels allow the true one, a preview shows",
    )


@pytest.mark.slow
def test_what_a_policy_changes_is_judged_as_changed_and_is_a_finding_of_its_own(project: Path) -> None:
    change(project, "staging", "        time_zone: ", "        maximum_retry_attempts: 9\n        time_zone: ")
    levels = project / "policies" / "staging.json"
    stopped = levels.read_text().replace('"SG20-few-retries": "advisory"', '"SG20-few-retries": "mandatory"')
    levels.write_text(stopped)
    before = checked(project)
    levels.write_text(stopped.replace('"SG20-few-retries": "mandatory"', '"SG20-few-retries": "remediate"'))
    after = checked(project)

    assert [fault.rule for fault in before.faults if fault.mandatory] == ["SG20-few-retries"]
    assert (before.passed, before.remediations, after.passed) == (False, (), True)
    assert [schedule.maximum_retry_attempts for check in (before, after) for schedule in check.schedules] == [9, 3]
    (fault,) = [fault for fault in after.faults if fault.rule == "SG20-few-retries"]
    assert fault == Fault(
        "remediated",
        "breast-cancer-schedule",
        "target.retryPolicy.maximumRetryAttempts: changed by the policy, and deployed so. "
        "Cure: declare it so in the program.",
        mandatory=False,
        rule="SG20-few-retries",
        path="target.retryPolicy.maximumRetryAttempts",
        what="changed by the policy, and deployed so",
        cure="declare it so in the program",
        urn=fault.urn,
    )
    assert fault.urn.endswith("$aws:scheduler/schedule:Schedule::breast-cancer-schedule")


@pytest.mark.slow
def test_a_misspelt_context_attribute_is_a_fault_of_the_request(project: Path) -> None:
    with (project / "__main__.py").open("a") as program:
        program.write(
            "\nimport json\n"
            "aws.scheduler.Schedule('own', name='own', schedule_expression='rate(1 day)',\n"
            "    flexible_time_window={'mode': 'OFF'}, target={\n"
            "        'arn': 'arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob',\n"
            "        'role_arn': 'arn:aws:iam::123456789012:role/own',\n"
            "        'input': json.dumps({'TrainingJobName': 'own-<aws.scheduler.execution-number>'}),\n"
            "    })\n"
        )

    check = checked(project)

    (fault,) = [fault for fault in check.faults if fault.kind == "request"]
    assert (fault.subject, fault.path, fault.mandatory) == ("own", "target.input", True)
    assert "<aws.scheduler.execution-number>" in fault.message
    assert not check.passed


@pytest.mark.slow
def test_an_unknown_document_is_left_to_the_policy_that_reports_it(project: Path) -> None:
    with (project / "__main__.py").open("a") as program:
        program.write(
            "\nqueue = aws.sqs.Queue('own')\n"
            "aws.iam.RolePolicy('own', role='breast-cancer-staging-execution', policy=queue.arn.apply(\n"
            '    lambda arn: \'{"Version": "2012-10-17", "Statement": []}\'))\n'
        )

    check = checked(project)

    assert not [fault for fault in check.faults if fault.kind == "permission" and fault.mandatory]
    rules = {fault.rule for fault in check.faults if fault.mandatory}
    assert any(rule.startswith("SG01-") for rule in rules), rules
    assert UNKNOWN not in json.dumps([fault.message for fault in check.faults])
