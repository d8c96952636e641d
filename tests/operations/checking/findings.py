"""Findings of a check, to be written in each of its forms."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from operations.checking.report import CheckReport, Finding
from rehearsal.judging.judgement import Fault
from rehearsal.judging.policy_messages import PolicyDescription
from tests.operations.checking.sarif_log import SARIF_LOG

URN = "urn:pulumi:prod::p::scheduled-training:index:ScheduledTrainingJob$aws:scheduler/schedule:Schedule::forest"
PATH = "target.input.StoppingCondition.MaxWaitTimeInSeconds"
MESSAGE = f"{PATH} is 1800: shorter than MaxRuntimeInSeconds. Cure: raise it to at least 3600."
POLICY = PolicyDescription(
    name="SG16-spot-max-wait",
    level="advisory",
    description="Spot needs a wait time.",
    title="Spot waits long enough",
    severity="high",
    tags=("aws",),
    cure="Set MaxWaitTimeInSeconds.",
    url="https://example.org/spot",
)
FAULT = Fault(
    "policy",
    "forest",
    MESSAGE,
    mandatory=False,
    rule="SG16-spot-max-wait",
    path=PATH,
    value="1800",
    what="shorter than MaxRuntimeInSeconds",
    cure="raise it to at least 3600",
    urn=URN,
)
CHANGED = Fault(
    "remediated",
    "forest",
    "target.retryPolicy.maximumRetryAttempts: changed by the policy, and deployed so. "
    "Cure: declare it so in the program.",
    mandatory=False,
    rule="SG16-spot-max-wait",
    path="target.retryPolicy.maximumRetryAttempts",
    what="changed by the policy, and deployed so",
    cure="declare it so in the program",
    urn=URN,
)
DENIED = Fault("permission", "arn:aws:iam::123456789012:role/forest-execution", "may not s3:GetObject on a bucket")
OWN_SCHEDULE = """

import json

import pulumi_aws

ROLE = "arn:aws:iam::123456789012:role/somebody"
REQUEST = {
    "TrainingJobName": "not allowed",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://ml-platform-staging-ml-bucket/outputs/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
pulumi_aws.scheduler.Schedule(
    "own",
    name="own",
    group_name="default",
    state="ENABLED",
    schedule_expression="rate(1 day)",
    flexible_time_window={"mode": "OFF"},
    target={
        "arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
        "role_arn": ROLE,
        "input": json.dumps(REQUEST),
        "retry_policy": {"maximum_retry_attempts": 0},
    },
)
"""
YAML = """\
config:
  aws:region: us-east-1
  scheduled-training:training_jobs:
    forest:
      schedule:
        expression: cron(0 3 * * *)
"""


def report(*faults: Fault) -> CheckReport:
    findings = tuple(Finding(fault, "forest" if fault.urn else "", 4 if fault.urn else 1) for fault in faults)
    counts = {"training_jobs": 1, "resources": 10, "policies": 31}
    return CheckReport("prod", "ml/Pulumi.prod.yaml", findings, (POLICY,), counts)


def sarif_of(text: str) -> dict[str, Any]:
    """The log's one run, after the checks that the standard's schema and code-scanning pages make of every log."""
    log = json.loads(text)
    Draft202012Validator(SARIF_LOG).validate(log)
    run: dict[str, Any] = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    return run
