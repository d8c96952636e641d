"""Artifact stores that the settings do not say: AWS is asked once for each, and what it says is judged as a setting."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.artifact_stores import UnansweredError, with_artifact_stores
from components.aws_names import AwsScope, JobNames
from components.execution_role_policy import execution_permissions
from components.job_args import ScheduledTrainingJobArgs
from components.mlflow_names import ManagedMlflow
from components.source_bundle import SourceBundle
from components.training_job_request import create_training_job_request
from tests.components.test_job_args import GOOD

NAMES = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "churn-prod")
APP = "arn:aws:sagemaker:eu-west-1:210987654321:mlflow-app/app-ANFQ3RACFV2G"
SERVER = {"tracking_server": "ml"}
STORE = "s3://ml-platform-mlflow/artifacts/"
WEEKLY = {"schedule": {"expression": "rate(7 days)"}}


class Aws:
    """Says of each tracking server or App what it is told to, and keeps what it is asked."""

    def __init__(self, says: str | None = STORE.rstrip("/"), fault: UnansweredError | None = None) -> None:
        self.says, self.fault = says, fault
        self.asked: list[ManagedMlflow] = []

    def __call__(self, mlflow: ManagedMlflow) -> Mapping[str, Any]:
        self.asked.append(mlflow)
        if self.fault:
            raise self.fault
        return {"TrackingServerName": "ml"} | ({"ArtifactStoreUri": self.says} if self.says is not None else {})


def job(tracking: object = SERVER, **changes: object) -> ScheduledTrainingJobArgs:
    return ScheduledTrainingJobArgs(**(GOOD | {"tracking": tracking} | changes))


def filled(args: ScheduledTrainingJobArgs, aws: Aws | None = None) -> ScheduledTrainingJobArgs:
    jobs, problems = with_artifact_stores({"churn": args}, aws or Aws())
    assert problems == []
    return jobs["churn"]


def refusals(args: ScheduledTrainingJobArgs, aws: Aws) -> list[str]:
    _, problems = with_artifact_stores({"churn": args}, aws)
    assert {name for name, _ in problems} == {"churn"}
    return [str(problem) for _, problem in problems]


@pytest.mark.parametrize(
    "tracking",
    [
        "none",
        GOOD["tracking"],
        SERVER | {"artifact_store": STORE},
        {"app": APP, "artifact_store": "mlflow/"},
    ],
    ids=["nowhere", "by address", "a written store", "an App's written store"],
)
def test_a_job_that_says_all_stays_the_very_same_and_nothing_is_asked(tracking: object) -> None:
    aws, args = Aws(), job(tracking, further_schedules={"weekly": WEEKLY})

    jobs, problems = with_artifact_stores({"churn": args}, aws)

    assert jobs["churn"] is args
    assert (problems, aws.asked) == ([], [])


@pytest.mark.parametrize("tracking", [SERVER, {"app": APP}], ids=["tracking server", "App"])
def test_what_aws_says_goes_where_a_written_store_goes(tracking: dict[str, str], bundle: SourceBundle) -> None:
    written, looked_up = job(tracking | {"artifact_store": STORE}), filled(job(tracking))

    assert looked_up == written
    assert execution_permissions(looked_up, NAMES) == execution_permissions(written, NAMES)
    requests = [create_training_job_request(each, NAMES, bundle, {}) for each in (looked_up, written)]
    assert requests[0] == requests[1]


@pytest.mark.parametrize("said", [STORE, STORE.rstrip("/")])
def test_a_slash_at_the_end_is_added_where_it_is_missing(said: str) -> None:
    tracking = filled(job(), Aws(said)).tracking

    assert tracking is not None
    assert tracking.artifact_store == STORE


def test_each_server_is_asked_for_once_whatever_the_number_of_jobs_and_schedules() -> None:
    other = WEEKLY | {"tracking": {"tracking_server": "other"}}
    written = WEEKLY | {"tracking": {"artifact_store": "s3://elsewhere/mlflow/"}}
    jobs = {
        "churn": job(further_schedules={"weekly": WEEKLY, "other": other, "written": written}),
        "fraud": job(),
        "sales": job({"app": APP}),
    }
    aws = Aws()

    told, problems = with_artifact_stores(jobs, aws)

    assert problems == []
    assert aws.asked == [ManagedMlflow("ml"), ManagedMlflow("other"), ManagedMlflow(app=APP)]
    further = told["churn"].further_schedules
    stores = {name: spec.tracking and spec.tracking.artifact_store for name, spec in further.items()}
    assert stores == {"weekly": STORE, "other": STORE, "written": "s3://elsewhere/mlflow/"}
    assert further["written"] is jobs["churn"].further_schedules["written"]


def test_a_server_that_aws_does_not_know_is_told_with_what_to_do() -> None:
    assert refusals(job(), Aws(fault=UnansweredError("gone", is_missing=True))) == [
        "tracking.artifact_store: is not set, and AWS, which is asked for it then, knows no tracking server 'ml' in "
        "the stack's account and region; correct tracking.tracking_server, create it, or set artifact_store to where "
        "it will keep its artifacts"
    ]
    assert refusals(job({"app": APP}), Aws(fault=UnansweredError("gone", is_missing=True))) == [
        f"tracking.artifact_store: is not set, and AWS, which is asked for it then, knows no App '{APP}'; correct "
        "tracking.app, create it, or set artifact_store to where it will keep its artifacts"
    ]


@pytest.mark.parametrize(
    ("tracking", "shown", "action", "command"),
    [
        (
            SERVER,
            "tracking server 'ml'",
            "sagemaker:DescribeMlflowTrackingServer",
            "describe-mlflow-tracking-server --tracking-server-name ml",
        ),
        (
            {"app": APP},
            f"App '{APP}'",
            "sagemaker:DescribeMlflowApp",
            f"describe-mlflow-app --arn {APP} --region eu-west-1",
        ),
    ],
)
def test_without_an_answer_permissions_and_the_command_that_shows_it_are_told(
    tracking: dict[str, str], shown: str, action: str, command: str
) -> None:
    assert refusals(job(tracking), Aws(fault=UnansweredError("AccessDeniedException: no"))) == [
        f"tracking.artifact_store: is not set, and AWS, which is asked for it then, did not say that of the {shown}: "
        f"AccessDeniedException: no; whoever previews or deploys needs cloudformation:GetResource, {action}, "
        "sagemaker:ListTags; or set artifact_store to what this shows, with / at its end: "
        f"aws sagemaker {command} --query ArtifactStoreUri --output text"
    ]


@pytest.mark.parametrize("said", [None, ""])
def test_an_answer_without_a_store_is_told(said: str | None) -> None:
    assert refusals(job(), Aws(said)) == [
        "tracking.artifact_store: is not set, and AWS says of the tracking server 'ml' that it has none; if it is "
        "being created, wait until it is there, or set artifact_store to where it will keep its artifacts"
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("https://ml.s3.amazonaws.com/a", "allowed: a prefix in S3, such as s3://ml-platform-mlflow/artifacts/"),
        (
            "s3://ml-platform-mlflow",
            "allowed: a prefix in a bucket, such as s3://ml-platform-mlflow/mlflow/, because whoever may write the "
            "store could otherwise write the whole bucket",
        ),
        ("s3://ml-platform-mlflow/a*", "SageMaker knows no wildcards"),
        ("s3://ml--x-s3/a", "is not a bucket name"),
        ("s3://ml-platform-mlflow//a", "has no empty part"),
    ],
)
def test_a_store_that_no_setting_could_say_is_refused_with_what_aws_said(said: str, why: str) -> None:
    (line,) = refusals(job(), Aws(said))

    assert line.startswith(f"tracking.artifact_store: is not set, and AWS says '{said}' of the tracking server 'ml'; ")
    assert why in line
    assert line.endswith("; give the tracking server another artifact store")


def test_a_store_inside_of_a_channel_is_refused_as_a_written_one_is() -> None:
    inside = "s3://ml-data/training/mlflow/"

    assert refusals(job(), Aws(inside)) == [
        f"tracking.artifact_store: is not set, and AWS says {inside} of the tracking server 'ml', which lies inside "
        "channels.training (s3://ml-data/training/): jobs would read what jobs have written; move the data, or give "
        "the tracking server another artifact store"
    ]


def test_what_a_further_schedule_has_of_its_job_is_told_once_and_its_own_by_its_path() -> None:
    other = WEEKLY | {"tracking": {"tracking_server": "other"}}
    found = refusals(job(further_schedules={"weekly": WEEKLY, "other": other}), Aws(""))

    assert [line.partition(":")[0] for line in found] == [
        "tracking.artifact_store",
        "further_schedules.other.tracking.artifact_store",
    ]
