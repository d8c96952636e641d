from collections.abc import Callable
from datetime import UTC, datetime

import pulumi
import pytest

from components.aws_names import JobNames
from components.prepared_job import PreparedJob
from components.scheduled_training_job import ScheduledTrainingJob
from settings import TrainingJobSettings
from tests.components.scheduled_training_job.declaring import (
    BUNDLE,
    COMPONENT,
    GROUP,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    SCHEDULE,
    TAGS,
    Declare,
    DeclaredResources,
    program,
    replaced,
    request_of,
)


@pytest.fixture
def prod_args(prod: TrainingJobSettings, prod_names: JobNames, args: PreparedJob) -> PreparedJob:
    """Prod's job without its alarms, which test_job_alarms has."""
    silent = prod.model_copy(update={"alarms": None})
    return replaced(args, names=prod_names, training_job=silent, schedule=prod.schedule)


def test_type_tokens_and_logical_names_are_a_contract(declared: DeclaredResources) -> None:
    assert sorted((resource.type, resource.name) for resource in declared.resources) == [
        (ROLE, "breast-cancer-execution-role"),
        (ROLE, "breast-cancer-scheduler-role"),
        (ROLE_POLICY, "breast-cancer-execution-policy"),
        (ROLE_POLICY, "breast-cancer-scheduler-policy"),
        (BUNDLE, "breast-cancer-source-bundle"),
        (SCHEDULE, "breast-cancer-schedule"),
        (GROUP, "breast-cancer-group"),
        (QUEUE, "breast-cancer-dead-letters"),
        ("pulumi:pulumi:Stack", "scheduled-training-staging"),
        (COMPONENT, "breast-cancer"),
    ]


def test_every_resource_is_a_child_of_the_component(declared: DeclaredResources) -> None:
    component = declared.one(COMPONENT)
    assert {r.parent for r in declared.resources if r.type.startswith("aws:")} == {component.urn}
    assert component.parent == declared.one("pulumi:pulumi:Stack").urn


def test_the_schedule_waits_for_everything_that_it_names(declared: DeclaredResources) -> None:
    dependencies = {r.urn: r.dependencies for r in declared.resources}
    waited_for: set[str] = set()
    to_visit = {declared.one(SCHEDULE).urn}
    while to_visit:
        found = dependencies[to_visit.pop()] - waited_for
        waited_for |= found
        to_visit |= found
    everything_else = {r.urn for r in declared.resources if r.type.startswith("aws:") and r.type != SCHEDULE}
    assert waited_for == everything_else


def test_names_are_deterministic(declared: DeclaredResources) -> None:
    assert {r.name: r.inputs["name"] for r in declared.resources if "name" in r.inputs} == {
        "breast-cancer-group": "breast-cancer-staging",
        "breast-cancer-schedule": "breast-cancer-staging",
        "breast-cancer-dead-letters": "breast-cancer-staging-dead-letters",
        "breast-cancer-scheduler-role": "breast-cancer-staging-scheduler",
        "breast-cancer-execution-role": "breast-cancer-staging-execution",
        "breast-cancer-scheduler-policy": "start-training-jobs",
        "breast-cancer-execution-policy": "training",
    }


@pytest.mark.parametrize("which", ["args", "prod_args"])
def test_every_input_is_known_at_the_first_preview(
    declare: Declare, find_unknown: Callable[[object], list[str]], which: str, request: pytest.FixtureRequest
) -> None:
    declared = declare(program(request.getfixturevalue(which)), preview=True)

    assert {r.name: find_unknown(r.inputs) for r in declared.resources if find_unknown(r.inputs)} == {}
    assert isinstance(declared.one(SCHEDULE).inputs["target"]["input"], str)
    assert len(declared.resources) == 10


def test_a_preview_and_an_update_declare_the_same(declare: Declare, args: PreparedJob) -> None:
    preview, update = declare(program(args), preview=True), declare(program(args))

    assert {r.urn: r.inputs for r in preview.resources} == {r.urn: r.inputs for r in update.resources}


def test_the_schedule_starts_training_jobs_as_specified(declare: Declare, args: PreparedJob) -> None:
    inputs = dict(declare(program(args)).one(SCHEDULE).inputs)
    target = inputs.pop("target")
    del target["input"]  # test_training_job_request has it

    assert inputs == {
        "name": "breast-cancer-staging",
        "groupName": "breast-cancer-staging",
        "state": "DISABLED",
        "scheduleExpression": "cron(0 3 * * ? *)",
        "scheduleExpressionTimezone": "UTC",
        "flexibleTimeWindow": {"mode": "OFF"},
    }
    assert target == {
        "arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob",
        "roleArn": "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
        "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600},
        "deadLetterConfig": {"arn": "arn:aws:sqs:us-east-1:123456789012:breast-cancer-staging-dead-letters"},
    }


def test_all_that_a_schedule_spec_may_say_reaches_the_schedule(declare: Declare, args: PreparedJob) -> None:
    schedule = type(args.schedule)(
        expression="rate(12 hours)",
        time_zone="Europe/Berlin",
        enabled=True,
        description="Twice a day",
        start_date="2026-01-31T03:00:00Z",
        end_date="2027-01-31T03:00:00+01:00",
        flexible_time_window_in_minutes=15,
        maximum_retry_attempts=0,
        maximum_event_age_in_seconds=60,
        action_after_completion="DELETE",
    )

    before = datetime(2026, 1, 1, tzinfo=UTC)
    inputs = declare(program(replaced(args, schedule=schedule, now=before))).one(SCHEDULE).inputs

    assert {key: value for key, value in inputs.items() if key not in {"target", "name", "groupName"}} == {
        "state": "ENABLED",
        "scheduleExpression": "rate(12 hours)",
        "scheduleExpressionTimezone": "Europe/Berlin",
        "description": "Twice a day",
        "startDate": "2026-01-31T03:00:00Z",
        "endDate": "2027-01-31T02:00:00Z",
        "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15},
        "actionAfterCompletion": "DELETE",
    }
    assert inputs["target"]["retryPolicy"] == {"maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 60}


def test_dead_letters_wait_encrypted_for_two_weeks_in_a_standard_queue(declare: Declare, args: PreparedJob) -> None:
    assert declare(program(args)).one(QUEUE).inputs == {
        "name": "breast-cancer-staging-dead-letters",
        "messageRetentionSeconds": 1209600,
        "sqsManagedSseEnabled": True,
        "tags": TAGS,
    }


def test_the_bundle_is_content_addressed_and_stays_when_it_is_no_longer_declared(
    declared: DeclaredResources, args: PreparedJob
) -> None:
    bundle = declared.one(BUNDLE)
    digest = args.source_bundle.digest
    uploaded = args.bundle_directory / digest / "sourcedir.tar.gz"
    assert bundle.inputs == {
        "bucket": "ml-platform-staging-ml-bucket",
        "key": f"training-code/breast-cancer-staging/{digest}/sourcedir.tar.gz",
        "source": bundle.inputs["source"] | {"path": str(uploaded)},
        "contentType": "application/gzip",
        "tags": TAGS,
    }
    assert uploaded.read_bytes() == args.source_bundle.content
    assert [r.name for r in declared.resources if r.retain_on_delete] == ["breast-cancer-source-bundle"]
    submitted = request_of(declared)["HyperParameters"]["sagemaker_submit_directory"]
    assert submitted == f"s3://{bundle.inputs['bucket']}/{bundle.inputs['key']}"


def test_tags_are_on_everything_that_takes_them_and_on_each_training_job(declared: DeclaredResources) -> None:
    taggable = {GROUP, QUEUE, ROLE, BUNDLE}  # schedules and inline policies take no tags
    assert {r.name: r.inputs.get("tags") for r in declared.resources if r.type in taggable} == dict.fromkeys(
        [
            "breast-cancer-group",
            "breast-cancer-dead-letters",
            "breast-cancer-scheduler-role",
            "breast-cancer-execution-role",
            "breast-cancer-source-bundle",
        ],
        TAGS,
    )
    assert request_of(declared)["Tags"] == [{"Key": key, "Value": TAGS[key]} for key in sorted(TAGS)]


def test_options_of_the_component_reach_it(declare: Declare, args: PreparedJob) -> None:
    def nested() -> None:
        team = pulumi.ComponentResource("test:index:Team", "team")
        ScheduledTrainingJob("breast-cancer", args, pulumi.ResourceOptions(parent=team))

    declared = declare(nested)

    assert declared.one(COMPONENT).parent == declared.one("test:index:Team").urn


def test_two_jobs_of_one_stack_share_no_resource(declare: Declare, args: PreparedJob) -> None:
    other = replaced(args, names=JobNames(args.names.scope, "flights-staging"))

    def both() -> None:
        ScheduledTrainingJob("breast-cancer", args)
        ScheduledTrainingJob("flights", other)

    declared = declare(both)

    resources = [r for r in declared.resources if r.type.startswith("aws:")]
    assert len(resources) == len({r.urn for r in resources}) == 16
    owner = {r.urn: r.parent for r in resources}
    assert all(owner[needed] == r.parent for r in resources for needed in r.dependencies)


def test_prod_is_spot_and_inside_a_vpc_and_encrypted_with_its_own_keys(
    declare: Declare, prod_args: PreparedJob
) -> None:
    declared = declare(program(prod_args), stack="prod")

    request = request_of(declared)
    assert request["EnableManagedSpotTraining"] is True
    assert request["EnableInterContainerTrafficEncryption"] is True
    assert {"VpcConfig", "CheckpointConfig"} <= set(request)
    assert {"VolumeKmsKeyId"} <= set(request["ResourceConfig"])
    assert {"KmsKeyId"} <= set(request["OutputDataConfig"])
    assert declared.one(SCHEDULE).inputs["state"] == "ENABLED"
