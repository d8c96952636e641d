"""A job with further schedules: one component, one scheduler role, a schedule of its own for each."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import pytest

from components.aws_names import JobNames
from components.execution_role_policy import execution_permissions
from components.iam_policies import scheduler_permissions
from components.prepared_job import FurtherSchedule, PreparedJob
from components.schedule_input import InvocationContext, render
from components.scheduled_training_job import ScheduledTrainingJob
from components.source_bundle import SourceBundle
from rehearsal.permissions.permissions import AwsCall
from settings import TrainingJobSettings, parse_settings
from tests.components.role_statements import allowed
from tests.stack_values import JOB, STAGING, changed

Declare = Callable[..., Any]
DeclaredResources = Annotated[Any, "conftest.Declared"]
COMPONENT = "scheduled-training:index:ScheduledTrainingJob"
SCHEDULE = "aws:scheduler/schedule:Schedule"
BUNDLE = "aws:s3/bucketObjectv2:BucketObjectv2"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
FURTHER = {
    "weekly": {
        "schedule": {"expression": "cron(0 3 ? * SUN *)", "time_zone": "Europe/Berlin", "enabled": True},
        "resources": {"instance_type": "ml.m5.4xlarge"},
        "stopping_condition": {"max_runtime_in_seconds": 7200},
        "hyperparameters": {"n_estimators": 1000},
        "channels": {"training": {"s3_path": "datasets/full/"}},
    },
    "hourly": {"schedule": {"expression": "cron(0 * * * ? *)"}},
}
CREATE = "sagemaker:CreateTrainingJob"


@pytest.fixture(scope="module")
def job() -> TrainingJobSettings:
    values = changed(f"{JOB}/further_schedules", FURTHER)
    return parse_settings(values, "staging", "us-east-1").training_jobs["breast-cancer"]


@pytest.fixture(scope="module")
def alone() -> TrainingJobSettings:
    return parse_settings(STAGING, "staging", "us-east-1").training_jobs["breast-cancer"]


@pytest.fixture(scope="module")
def args(
    job: TrainingJobSettings, staging_names: JobNames, bundle: SourceBundle, tmp_path_factory: pytest.TempPathFactory
) -> PreparedJob:
    further = {
        name: FurtherSchedule(spec, spec.schedule, bundle, tags={"schedule": name})
        for name, spec in job.further_schedules.items()
    }
    directory: Path = tmp_path_factory.mktemp("bundles")
    return PreparedJob(staging_names, job, job.schedule, bundle, directory, further_schedules=further)


def replaced(args: PreparedJob, **changes: object) -> PreparedJob:
    return PreparedJob(**(vars(args) | changes))


def program(args: PreparedJob) -> Callable[[], None]:
    return lambda: ScheduledTrainingJob("breast-cancer", args) and None


@pytest.fixture(scope="module")
def declared(declare: Declare, args: PreparedJob) -> DeclaredResources:
    return declare(program(args))


@pytest.fixture(scope="module")
def declared_alone(declare: Declare, args: PreparedJob) -> DeclaredResources:
    """The same job without further schedules."""
    return declare(program(replaced(args, further_schedules={})))


def inputs_of(declared: DeclaredResources) -> dict[str, Any]:
    return {resource.urn: resource.inputs for resource in declared.resources}


def input_of(declared: DeclaredResources, name: str) -> dict[str, Any]:
    return json.loads(declared.one(SCHEDULE, name).inputs["target"]["input"])


def test_further_schedules_add_resources_and_replace_none(
    declared: DeclaredResources, declared_alone: DeclaredResources
) -> None:
    before, after = inputs_of(declared_alone), inputs_of(declared)

    schedules = "urn:pulumi:staging::scheduled-training::scheduled-training:index:ScheduledTrainingJob$"
    assert after.keys() - before.keys() == {
        f"{schedules}aws:scheduler/schedule:Schedule::breast-cancer-schedule.weekly",
        f"{schedules}aws:scheduler/schedule:Schedule::breast-cancer-schedule.hourly",
    }
    assert before.keys() <= after.keys()
    changed_inputs = {urn.rpartition("::")[2] for urn, inputs in before.items() if after[urn] != inputs}
    assert changed_inputs == {"breast-cancer-scheduler-policy", "breast-cancer-execution-policy"}


def test_a_job_without_further_schedules_exports_nothing_new(declared_alone: DeclaredResources) -> None:
    assert "further_schedules" not in declared_alone.outputs[declared_alone.one(COMPONENT).urn]


def test_each_schedule_has_its_own_name_in_the_jobs_group(declared: DeclaredResources) -> None:
    names = ("breast-cancer-schedule", "breast-cancer-schedule.weekly", "breast-cancer-schedule.hourly")
    found = [declared.one(SCHEDULE, name).inputs for name in names]

    assert [each["name"] for each in found] == [
        "breast-cancer-staging",
        "breast-cancer-staging.weekly",
        "breast-cancer-staging.hourly",
    ]
    assert {each["groupName"] for each in found} == {"breast-cancer-staging"}
    assert {each["target"]["roleArn"] for each in found} == {
        "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler"
    }
    weekly = found[1]
    assert (weekly["scheduleExpression"], weekly["scheduleExpressionTimezone"], weekly["state"]) == (
        "cron(0 3 ? * SUN *)",
        "Europe/Berlin",
        "ENABLED",
    )


def test_each_schedule_waits_for_everything_else(declared: DeclaredResources) -> None:
    own = declared.one(SCHEDULE, "breast-cancer-schedule").dependencies

    assert own
    assert declared.one(SCHEDULE, "breast-cancer-schedule.weekly").dependencies == own


def test_a_further_schedule_starts_the_job_with_its_changes_and_a_tag(declared: DeclaredResources) -> None:
    own, weekly = input_of(declared, "breast-cancer-schedule"), input_of(declared, "breast-cancer-schedule.weekly")

    assert {name for name in own if own[name] != weekly[name]} == {
        *("ResourceConfig", "StoppingCondition", "HyperParameters", "InputDataConfig", "Environment", "Tags")
    }
    assert weekly["ResourceConfig"]["InstanceType"] == "ml.m5.4xlarge"
    assert weekly["HyperParameters"]["n_estimators"] == "1000"
    assert (own["Tags"], weekly["Tags"]) == ([], [{"Key": "schedule", "Value": "weekly"}])


def test_schedules_that_fire_at_the_same_minute_start_jobs_of_different_names(declared: DeclaredResources) -> None:
    moment, requests = datetime(2026, 11, 29, 3, tzinfo=UTC), []
    for number, (name, attempt) in enumerate(product(("", ".weekly", ".hourly"), (1, 2))):
        inputs = declared.one(SCHEDULE, f"breast-cancer-schedule{name}").inputs
        execution_id = f"00000000-0000-4000-8000-{number:012}"  # a new one for each attempt
        context = InvocationContext(f"arn:of:{inputs['name']}", moment, execution_id, attempt)
        requests.append(render(inputs["target"]["input"], context))

    assert len({request["TrainingJobName"] for request in requests}) == len(requests)
    assert all(len(request["TrainingJobName"]) <= 63 for request in requests)
    invocations = [
        (request["Environment"]["SCHEDULE_ARN"], request["Environment"]["SCHEDULED_TIME"]) for request in requests
    ]
    assert len(set(invocations)) == 3, "two attempts at one invocation are the same one"


def test_the_outputs_tell_of_each_further_schedule(declared: DeclaredResources) -> None:
    outputs = declared.outputs[declared.one(COMPONENT).urn]

    assert outputs["further_schedules"]["weekly"] == {
        "schedule_name": "breast-cancer-staging.weekly",
        "schedule_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/breast-cancer-staging/"
        "breast-cancer-staging.weekly",
        "schedule_state": "ENABLED",
        "target_input": declared.one(SCHEDULE, "breast-cancer-schedule.weekly").inputs["target"]["input"],
        "artifact_store": "s3://ml-platform-staging-ml-bucket/mlflow-artifacts/",
        "channels": {"training": "s3://ml-platform-staging-ml-bucket/datasets/full/"},
    }
    assert outputs["schedule_name"] == "breast-cancer-staging"


def test_one_bundle_is_uploaded_once_and_another_one_beside_it(
    declare: Declare, declared: DeclaredResources, args: PreparedJob
) -> None:
    assert [each.name for each in declared.resources if each.type == BUNDLE] == ["breast-cancer-source-bundle"]
    weekly = args.further_schedules["weekly"]
    other = SourceBundle(b"another bundle", "f" * 64)
    further = {"weekly": FurtherSchedule(weekly.training_job, weekly.schedule, other)}

    both = declare(program(replaced(args, further_schedules=further)))

    bundles = {each.name: each for each in both.resources if each.type == BUNDLE}
    assert set(bundles) == {"breast-cancer-source-bundle", "breast-cancer-source-bundle.weekly"}
    schedule = both.one(SCHEDULE, "breast-cancer-schedule.weekly")
    assert bundles["breast-cancer-source-bundle.weekly"].urn in schedule.dependencies
    assert bundles["breast-cancer-source-bundle"].urn not in schedule.dependencies
    assert f"/{'f' * 64}/" in input_of(both, schedule.name)["HyperParameters"]["sagemaker_submit_directory"]


def test_names_of_two_jobs_and_their_further_schedules_never_meet(declare: Declare, args: PreparedJob) -> None:
    weekly = args.further_schedules["weekly"]
    names = ("a", "a-schedule", "a-weekly")
    jobs = {
        name: replaced(
            args,
            names=JobNames(args.names.scope, f"{name}-staging"),
            further_schedules={"weekly": weekly, "schedule": weekly, "staging": weekly},
        )
        for name in names
    }

    declared = declare(lambda: [ScheduledTrainingJob(name, each) for name, each in jobs.items()] and None)

    schedules = [each for each in declared.resources if each.type == SCHEDULE]
    assert len({each.urn for each in schedules}) == len({each.inputs["name"] for each in schedules}) == 12


def test_a_start_date_that_has_passed_is_not_sent_and_one_to_come_is(declare: Declare, args: PreparedJob) -> None:
    start = datetime(2026, 11, 29, 3, tzinfo=UTC)
    schedule = args.schedule.model_copy(update={"start_date": start})

    def sent(now: datetime) -> object:
        program_of = program(replaced(args, schedule=schedule, now=now, further_schedules={}))
        return declare(program_of).one(SCHEDULE).inputs.get("startDate")

    assert sent(datetime(2026, 11, 29, 2, 59, tzinfo=UTC)) == "2026-11-29T03:00:00Z"
    assert sent(start) is None


def start_calls(names: JobNames) -> list[AwsCall]:
    prefix = names.scope.arn("sagemaker", "training-job/")
    return [
        AwsCall(
            CREATE,
            f"{prefix}{job}",
            "a test",
            {"sagemaker:InstanceTypes": types, "sagemaker:MaxRuntimeInSeconds": seconds},
        )
        for job, types, seconds in product(
            (f"{names.prefix}-1", "other-staging-1"),
            (("ml.m5.large",), ("ml.m5.4xlarge",), ("ml.p3.2xlarge",), ("ml.m5.large", "ml.m5.4xlarge")),
            ("3600", "7200", "7201"),
        )
    ]


def test_the_scheduler_role_may_start_what_one_of_the_schedules_starts_and_nothing_between_them(
    job: TrainingJobSettings, staging_names: JobNames
) -> None:
    others = list(job.further_schedules.values())
    union = scheduler_permissions(job, staging_names, others)
    own = [scheduler_permissions(each, staging_names) for each in (job, *others)]

    started = [call for call in start_calls(staging_names) if allowed(union, call)]

    assert started == [call for call in start_calls(staging_names) if any(allowed(each, call) for each in own)]
    assert [tuple(call.context.values()) for call in started] == [
        (("ml.m5.large",), "3600"),
        (("ml.m5.4xlarge",), "3600"),
        (("ml.m5.4xlarge",), "7200"),
    ]


def test_a_schedule_that_starts_the_same_adds_no_statement(
    job: TrainingJobSettings, alone: TrainingJobSettings, staging_names: JobNames
) -> None:
    hourly = job.further_schedules["hourly"]

    assert scheduler_permissions(alone, staging_names, [hourly]) == scheduler_permissions(alone, staging_names)
    assert execution_permissions(alone, staging_names, further=[hourly]) == execution_permissions(alone, staging_names)
