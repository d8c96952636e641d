"""The report of a first flight tells what happened, and no name of anybody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from operations.doctor.finding import Unseen
from operations.verifying.permissions import RoleUse
from operations.verifying.report import Told, as_markdown
from operations.verifying.steps import Outcome, Step
from tests.operations.doctor.healthy import ACCOUNT, BUCKET, HEALTHY, NOW, PREFIX, REQUEST, SECRET, VPC

RUN = f"{PREFIX}-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10"
STEPS = [
    Step("doctor", Outcome.PASSED, "nothing blocks"),
    Step("run", Outcome.PASSED, f"{RUN} completed in 60 s"),
    Step("artifact", Outcome.FAILED, f"s3://{BUCKET}/training-outputs/{RUN}/output/model.tar.gz is not there | at all"),
    Step("model version", Outcome.SKIPPED, "not asked"),
]
FACTS = replace(HEALTHY, buckets={BUCKET: None}, secrets={SECRET: Unseen(f"secret {SECRET}", "AccessDenied")})
REPORT = as_markdown(Told(FACTS, STEPS, NOW + timedelta(minutes=9), False, REQUEST))


def test_it_tells_steps_findings_and_what_ran() -> None:
    lines = REPORT.splitlines()

    assert lines[0] == "# First flight: failed"
    assert "| doctor | passed | nothing blocks |" in lines
    assert "| run | passed | <prefix-1>-0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10 completed in 60 s |" in lines
    assert "| artifact | **failed** | <s3-uri-1> is not there / at all |" in lines
    assert "| model version | skipped | not asked |" in lines
    assert "- blocks: bucket-missing: <bucket-1>: there is no bucket <bucket-1>" in lines
    assert "- could not be looked at: secret <secretsmanager-secret-1>: AccessDenied" in lines
    assert "- machines: 1 x ml.m5.xlarge" in lines
    assert "- EnableManagedSpotTraining: True" in lines
    assert "Stack <stack-1> in AWS, us-east-1, 2026-11-27T12:00:00Z to 2026-11-27T12:09:00Z." in lines


def test_it_has_no_name_of_the_stack_its_account_or_its_things() -> None:
    named = [ACCOUNT, BUCKET, PREFIX, "somebody", "breast-cancer", SECRET, *VPC, "ml-platform", "arn:aws"]

    assert [name for name in named if name in REPORT] == []


def test_a_role_of_ones_own_is_a_name_and_its_permissions_are_none() -> None:
    own = "SageMakerRunner"
    job = HEALTHY.jobs[0].job.model_copy(update={"execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{own}"})
    facts = replace(HEALTHY, jobs=(replace(HEALTHY.jobs[0], job=job),))
    use = RoleUse("execution role", ("s3:GetObject",), notes=(f"CloudTrail: {own} is not known",))

    text = as_markdown(Told(facts, STEPS, NOW, False, REQUEST, [use]))

    assert "- execution role: used: s3:GetObject\n" in text
    assert "- execution role: could not be asked: CloudTrail: <role-1> is not known\n" in text
    assert own not in text


def test_what_is_published_stays_readable() -> None:
    assert "sagemaker-scikit-learn:1.9-0-cpu-py3" in REPORT
