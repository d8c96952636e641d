"""Each fault alone, seeded on a stack that has all that it needs: it is named with its cure, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from operations.doctor.diagnosis import findings, unseen
from tests.operations.doctor import seeds
from tests.operations.doctor.asked_aws import ON_DEMAND, SERVER, SPOT
from tests.operations.doctor.seeds import Seed
from tests.operations.doctor.whole_stack import BUCKET, TRAINING, WholeStack

pytestmark = pytest.mark.slow
ACCOUNT = "123456789012"
OWN = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/training:1.0"
ELSEWHERE = OWN.replace("us-east-1", "eu-west-1")
UNREADABLE = b"radius,texture\n1.5,2.5\n"


def principal(statement: dict[str, Any]) -> None:
    statement["Principal"] = {"Service": "lambda.amazonaws.com"}


def of_account(statement: dict[str, Any]) -> None:
    statement["Condition"]["StringEquals"]["aws:SourceAccount"] = "999999999999"


def of_group(statement: dict[str, Any]) -> None:
    (operator,) = (each for each in statement["Condition"].values() if "aws:SourceArn" in each)
    operator["aws:SourceArn"] = operator["aws:SourceArn"].replace("breast-cancer-prod", "churn-prod")


def passes_another(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for each in statements:
        if "iam:PassRole" in each["Action"]:
            each["Resource"] = f"arn:aws:iam::{ACCOUNT}:role/another"
    return statements


def passes_none(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in statements if "iam:PassRole" not in each["Action"]]


def reads_no_secret(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in statements if "secretsmanager:GetSecretValue" not in each["Action"]]


def quota(name: str, value: float) -> Seed:
    others = {ON_DEMAND: 2.0, SPOT: 2.0} | {name: value}
    quotas = [{"QuotaName": each, "Value": number} for each, number in others.items()]
    return seeds.answered("ListServiceQuotas", lambda _: {"Quotas": quotas})


def server(**members: str) -> Seed:
    return seeds.answered(
        "DescribeMlflowTrackingServer", lambda whole: {**SERVER, "ArtifactStoreUri": whole.aws.store, **members}
    )


def not_confirmed(whole: WholeStack) -> dict[str, Any]:
    waiting = {"Endpoint": "ml-oncall@example.com", "SubscriptionArn": "PendingConfirmation"}
    return {"Subscriptions": [waiting]}


FAULTS: list[tuple[str, Seed, str, str, str]] = [
    ("missing prefix", seeds.content(TRAINING, None), "data-missing", "there is no object under", "upload the data"),
    ("empty prefix", seeds.content(TRAINING, b""), "data-empty", "has 1 objects, folder markers", "upload the data"),
    (
        "unreadable data",
        seeds.content(TRAINING, UNREADABLE),
        "data-unreadable",
        "breast_cancer.csv",
        "do what the training code says",
    ),
    ("no bucket", seeds.refused("HeadBucket", "404"), "bucket-missing", f"no bucket {BUCKET}", "create it, or correct"),
    (
        "another service's trust",
        seeds.trust(principal),
        "role-trust",
        "not sagemaker.amazonaws.com",
        "correct the trust",
    ),
    ("trust of another account", seeds.trust(of_account), "role-trust", "aws:SourceAccount", "correct the trust"),
    (
        "trust of another group",
        seeds.trust(of_group, "scheduler"),
        "role-trust",
        "EventBridge Scheduler assumes the scheduler role, and may not",
        "run pulumi refresh and pulumi up",
    ),
    ("PassRole to another", seeds.policy(passes_another), "pass-role", "it may not pass arn:aws:iam", "run pulumi"),
    ("no PassRole at all", seeds.policy(passes_none), "pass-role", "breast-cancer-prod-execution", "run pulumi"),
    (
        "secret that the role may not read",
        seeds.policy(reads_no_secret, "execution"),
        "role-permissions",
        "secretsmanager:GetSecretValue on arn:aws:secretsmanager",
        "allow what is named",
    ),
    (
        "secret marked for deletion",
        seeds.deleted_secret,
        "secret-missing",
        "marked for deletion",
        "create or restore it",
    ),
    (
        "secret that is not there",
        seeds.refused("DescribeSecret", "ResourceNotFoundException"),
        "secret-missing",
        "it does not exist",
        "correct the secret's ARN",
    ),
    (
        "secret without a value",
        seeds.answered("DescribeSecret", lambda _: {"VersionIdsToStages": {"v" * 32: ["AWSPREVIOUS"]}}),
        "secret-empty",
        "AWSCURRENT",
        "put a value into it",
    ),
    ("image of another region", seeds.image(ELSEWHERE), "image-region", "it is in eu-west-1", "copy the image"),
    ("image that is not there", seeds.image(OWN), "image-missing", "there is no such image", "push the image"),
    ("quota 0", quota(SPOT, 0), "quota", "the quota is 0, and the job needs 1 machine", "Service Quotas"),
    (
        "server that is stopped",
        server(TrackingServerStatus="Stopped", IsActive="Inactive"),
        "tracking-down",
        "its status is Stopped",
        "start-mlflow-tracking-server",
    ),
    (
        "server that is gone",
        seeds.refused("DescribeMlflowTrackingServer", "ResourceNotFound"),
        "tracking-missing",
        "it does not exist",
        "create it",
    ),
    (
        "server that is too old",
        server(MlflowVersion="2.16.2"),
        "tracking-too-old",
        "MLflow 2.16.2",
        "version 3 or later",
    ),
    ("another artifact store", server(ArtifactStoreUri="s3://other/a"), "artifact-store", "s3://other/a", "pulumi up"),
    ("schedule disabled", seeds.by_hand(State="DISABLED"), "schedule-disabled", "it is DISABLED", "run pulumi refresh"),
    (
        "schedule with another input",
        seeds.sends(lambda request: request["HyperParameters"].update(max_depth="7")),
        "schedule-changed",
        "is not the stack's target_input",
        "run pulumi refresh",
    ),
    (
        "schedule with half an input",
        seeds.by_hand(Target={"Input": json.dumps({"TrainingJobName": "by-hand"})}),
        "schedule-input",
        "SageMaker would refuse its deployed input: ",
        "run pulumi refresh",
    ),
    (
        "schedule with an input that is none",
        seeds.by_hand(Target={"Input": "by hand"}),
        "schedule-input",
        "the target input is not JSON",
        "run pulumi refresh",
    ),
    (
        "schedule that is over",
        seeds.by_hand(ScheduleExpression="at(2020-01-01T00:00:00)"),
        "never-due",
        "names no time any more",
        "correct schedule.expression",
    ),
    ("dead letter", seeds.dead_letter, "dead-letters", "1 invocation waits: AccessDeniedException", "--redrive"),
    (
        "job failed",
        seeds.run("Failed", "Failed", FailureReason="AlgorithmError: no column diagnosis"),
        "run-failed",
        "no column diagnosis",
        "training-jobs logs",
    ),
    (
        "job stopped at its limit",
        seeds.run("Stopped", "MaxRuntimeExceeded"),
        "run-stopped-at-limit",
        "it was stopped at its limit",
        "max_runtime_in_seconds",
    ),
    ("missed nightly run", seeds.time_goes_by(2), "run-missed", "no training job has come of it", "dead letters"),
    ("missed weekly run", seeds.time_goes_by(8, "weekly"), "run-missed", "no training job", "training-jobs run"),
    ("missed monthly run", seeds.time_goes_by(40, "monthly"), "run-missed", "no training job", "training-jobs run"),
    ("alarm without a subscriber", seeds.unsubscribed, "alarm-unheard", "no confirmed subscription", "confirm the"),
    (
        "alarm whose mail nobody has confirmed",
        seeds.answered("ListSubscriptionsByTopic", not_confirmed),
        "alarm-unheard",
        "not confirmed: ml-oncall@example.com",
        "confirm the subscription by the link",
    ),
    (
        "no topic",
        seeds.refused("ListSubscriptionsByTopic", "NotFound"),
        "alarm-topic-missing",
        "does not exist",
        "pulumi",
    ),
    ("two stacks with one prefix", seeds.group_of("prod-eu"), "name-prefix", "one of stack prod-eu", "another name"),
    (
        "expired credentials",
        seeds.refused("GetCallerIdentity", "ExpiredToken"),
        "credentials",
        "ExpiredToken",
        "your credentials have expired: sign in, for example with aws sso login",
    ),
]

WELL: list[tuple[str, Seed]] = [
    ("a trust without the stack's conditions", seeds.trust(lambda statement: statement.pop("Condition"))),
    ("an image of one's own that is there", seeds.image(OWN, is_pushed=True)),
    ("a quota of 0 for machines on demand of a job on spot", quota(ON_DEMAND, 0)),
    ("a group that the stack itself has tagged", seeds.group_of("prod")),
    ("a run that came", seeds.time_goes_by(2, with_run=True)),
    ("a run that came of the monthly schedule", seeds.time_goes_by(40, "monthly", with_run=True)),
    ("a job that somebody has stopped", seeds.run("Stopped", "Stopped")),
    ("a job that runs", seeds.run("InProgress", "Training")),
    ("another time", seeds.by_hand(ScheduleExpression="cron(0 5 * * ? *)")),
]


def test_with_the_healthy_stack_nothing_is_wrong_and_all_of_it_was_seen(whole: WholeStack) -> None:
    assert whole.found() == []


@pytest.mark.parametrize(
    ("seed", "check", "said", "cure"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_a_seeded_fault_is_named_with_its_cure_and_nothing_else_is(
    whole: WholeStack, seed: Seed, check: str, said: str, cure: str
) -> None:
    with seed(whole) as how:
        found = whole.found(**how)

    assert [each.check for each in found] == [check]
    assert said in found[0].what
    assert cure in found[0].cure


@pytest.mark.parametrize("seed", [each[1] for each in WELL], ids=[each[0] for each in WELL])
def test_what_only_looks_like_a_fault_is_not_named(whole: WholeStack, seed: Seed) -> None:
    with seed(whole) as how:
        assert whole.found(**how) == []


def test_a_bundle_that_is_gone_is_named_and_that_nobody_could_ask_it_of_the_data(whole: WholeStack) -> None:
    key = str(whole.deployed.job.request["HyperParameters"]["sagemaker_submit_directory"]).partition(f"{BUCKET}/")[2]
    with seeds.content(key.strip('"'), None)(whole):
        facts = whole.facts()

    assert [each.check for each in findings(facts)] == ["source-bundle-missing"]
    assert [each.what for each in unseen(facts)] == [
        f"whether the training code reads channel {name}" for name in ("training", "validation")
    ]


def test_every_fault_was_taken_back(whole: WholeStack) -> None:
    assert whole.found() == []
