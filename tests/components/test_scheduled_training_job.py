import json
import re
import runpy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pulumi
import pulumi_aws as aws
import pytest
import yaml
from pulumi.runtime import rpc, set_all_config

from components.alarm_names import ALARM_OUTPUTS
from components.aws_names import JobNames
from components.prepared_job import PreparedJob
from components.scheduled_training_job import ScheduledTrainingJob
from components.source_bundle import SourceBundle
from settings import TrainingJobSettings

PROJECT_DIRECTORY = Path(__file__).parents[2]
Declare = Callable[..., Any]
DeclaredResources = Annotated[Any, "conftest.Declared"]
COMPONENT = "scheduled-training:index:ScheduledTrainingJob"
GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"
SCHEDULE = "aws:scheduler/schedule:Schedule"
QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUNDLE = "aws:s3/bucketObjectv2:BucketObjectv2"
TAGS = {"team": "ml-platform", "project": "scheduled-training", "stack": "staging", "training-job": "breast-cancer"}


@pytest.fixture(scope="module")
def args(
    staging: TrainingJobSettings,
    staging_names: JobNames,
    bundle: SourceBundle,
    tmp_path_factory: pytest.TempPathFactory,
) -> PreparedJob:
    return PreparedJob(
        names=staging_names,
        training_job=staging,
        schedule=staging.schedule,
        source_bundle=bundle,
        bundle_directory=tmp_path_factory.mktemp("bundles"),
        tags=TAGS,
    )


@pytest.fixture
def prod_args(prod: TrainingJobSettings, prod_names: JobNames, args: PreparedJob) -> PreparedJob:
    """Prod's job without its alarms, which test_job_alarms has."""
    silent = prod.model_copy(update={"alarms": None})
    return replaced(args, names=prod_names, training_job=silent, schedule=prod.schedule)


def replaced(args: PreparedJob, **changes: object) -> PreparedJob:
    return PreparedJob(**(vars(args) | changes))


def program(args: PreparedJob, opts: pulumi.ResourceOptions | None = None) -> Callable[[], None]:
    return lambda: ScheduledTrainingJob("breast-cancer", args, opts) and None


@pytest.fixture(scope="module")
def declared(declare: Declare, args: PreparedJob) -> DeclaredResources:
    """What staging's job declares; declared once, as nobody changes it."""
    return declare(program(args))


def with_existing_role(args: PreparedJob) -> PreparedJob:
    arn = "arn:aws:iam::123456789012:role/service-role/studio-execution"
    return replaced(args, training_job=args.training_job.model_copy(update={"execution_role_arn": arn}))


def statements(document: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


def request_of(declared: object) -> dict[str, Any]:
    schedule = declared.one(SCHEDULE, "breast-cancer-schedule")  # type: ignore[attr-defined] # conftest.Declared
    return json.loads(schedule.inputs["target"]["input"])


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


@pytest.mark.parametrize("who", ["scheduler", "execution"])
def test_a_policy_waits_for_its_role(declared: DeclaredResources, who: str) -> None:
    role, policy = (
        declared.one(ROLE, f"breast-cancer-{who}-role"),
        declared.one(ROLE_POLICY, f"breast-cancer-{who}-policy"),
    )
    assert policy.dependencies == {role.urn}
    assert policy.inputs["role"] == role.inputs["name"] == f"breast-cancer-staging-{who}"


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


def test_a_permissions_boundary_is_on_both_roles_and_without_one_there_is_none(
    declare: Declare, declared: DeclaredResources, args: PreparedJob
) -> None:
    arn = "arn:aws:iam::123456789012:policy/boundary"
    bounded = args.training_job.model_copy(update={"permissions_boundary_arn": arn})

    roles = [r for r in declare(program(replaced(args, training_job=bounded))).resources if r.type == ROLE]

    assert [role.inputs["permissionsBoundary"] for role in roles] == [arn, arn]
    assert all("permissionsBoundary" not in r.inputs for r in declared.resources)


def test_an_existing_execution_role_is_passed_and_none_is_made(declare: Declare, args: PreparedJob) -> None:
    declared = declare(program(with_existing_role(args)))

    arn = "arn:aws:iam::123456789012:role/service-role/studio-execution"
    assert sorted(r.name for r in declared.resources if r.type in {ROLE, ROLE_POLICY}) == [
        "breast-cancer-scheduler-policy",
        "breast-cancer-scheduler-role",
    ]
    assert statements(declared.one(ROLE_POLICY).inputs["policy"])["PassExecutionRole"]["Resource"] == arn
    assert request_of(declared)["RoleArn"] == arn
    assert declared.outputs[declared.one(COMPONENT).urn]["execution_role_arn"] == arn
    assert "breast-cancer-staging-execution" not in json.dumps([r.inputs for r in declared.resources])


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::210987654321:role/studio-execution", "arn:aws-cn:iam::123456789012:role/studio-execution"]
)
def test_an_execution_role_that_cannot_be_passed_is_refused(arn: str, declare: Declare, args: PreparedJob) -> None:
    elsewhere = args.training_job.model_copy(update={"execution_role_arn": arn})

    with pytest.raises(pulumi.RunError) as refused:
        declare(program(replaced(args, training_job=elsewhere)))

    assert str(refused.value) == (
        f"training job breast-cancer: execution_role_arn: got {arn!r}; allowed: a role of the stack's own account, "
        "arn:aws:iam::123456789012:role/…, because no role can be passed to another; correct it, or remove it to have "
        "a role made"
    )


def test_a_policy_that_iam_would_refuse_for_its_length_is_refused_before_anything_is_made(
    declare: Declare, args: PreparedJob
) -> None:
    (channel,) = args.training_job.channels.values()
    paths = {f"channel-{n:02}": f"{channel.s3_path}{'x' * 300}-{n:02}/" for n in range(20)}
    channels = {name: channel.model_copy(update={"s3_path": path}) for name, path in paths.items()}
    many = args.training_job.model_copy(update={"channels": channels})

    with pytest.raises(pulumi.RunError) as refused:
        declare(program(replaced(args, training_job=many)))

    assert re.fullmatch(
        r"training job breast-cancer: the policy of its execution role has 1\d,\d{3} characters; allowed: 10,240; name "
        r"fewer or shorter channels, subnets or keys, or give it an execution_role_arn",
        str(refused.value),
    )


def test_the_policies_on_the_roles_are_those_of_the_policy_modules(declared: DeclaredResources) -> None:
    scheduler = declared.one(ROLE_POLICY, "breast-cancer-scheduler-policy").inputs["policy"]
    execution = declared.one(ROLE_POLICY, "breast-cancer-execution-policy").inputs["policy"]
    assert set(statements(scheduler)) == {
        "StartTrainingJobs",
        "TagTrainingJobs",
        "PassExecutionRole",
        "SendDeadLetters",
    }
    assert {"ReadObjects", "WriteObjects", "TrackWithMlflow"} < set(statements(execution))
    assert [
        json.loads(declared.one(ROLE, f"breast-cancer-{who}-role").inputs["assumeRolePolicy"])["Statement"][0][
            "Principal"
        ]
        for who in ("scheduler", "execution")
    ] == [{"Service": "scheduler.amazonaws.com"}, {"Service": "sagemaker.amazonaws.com"}]


def test_the_registered_outputs_are_the_public_attributes(declare: Declare, args: PreparedJob) -> None:
    made: list[ScheduledTrainingJob] = []

    declared = declare(lambda: made.append(ScheduledTrainingJob("breast-cancer", args)))

    outputs = declared.outputs[declared.one(COMPONENT).urn]
    assert outputs == {
        "schedule_name": "breast-cancer-staging",
        "schedule_arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/breast-cancer-staging/breast-cancer-staging",
        "schedule_state": "DISABLED",
        "target_input": declared.one(SCHEDULE).inputs["target"]["input"],
        "scheduler_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-scheduler",
        "execution_role_arn": "arn:aws:iam::123456789012:role/breast-cancer-staging-execution",
        "dead_letter_queue_url": "https://url.of/breast-cancer-dead-letters",
        "training_job_name_prefix": "breast-cancer-staging",
        "channels": {"training": "s3://ml-platform-staging-ml-bucket/datasets/training/"},
        "s3_output_path": "s3://ml-platform-staging-ml-bucket/training-outputs/",
        "experiment_name": "breast-cancer-staging",
        "registered_model_name": "breast-cancer-staging",
        "tracking_uri": "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform-staging",
        "artifact_store": "s3://ml-platform-staging-ml-bucket/mlflow-artifacts/",
    }
    own_attributes = {name for name in vars(made[0]) if not name.startswith("_")}
    assert set(outputs) == own_attributes - {"urn", "id", *ALARM_OUTPUTS}
    assert {getattr(made[0], name) for name in ALARM_OUTPUTS} == {None}


def test_a_preview_knows_all_outputs_but_what_only_the_cloud_knows(declare: Declare, args: PreparedJob) -> None:
    declared = declare(program(args), preview=True)

    outputs = declared.outputs[declared.one(COMPONENT).urn]
    assert {name for name, value in outputs.items() if value == rpc.UNKNOWN} == {"dead_letter_queue_url"}


def test_what_uses_an_attribute_waits_for_the_resource_that_it_is_of(declare: Declare, args: PreparedJob) -> None:
    def used() -> None:
        job = ScheduledTrainingJob("breast-cancer", args)
        for name in ("schedule_name", "schedule_arn", "scheduler_role_arn", "execution_role_arn"):
            aws.sqs.Queue(name, name=getattr(job, name))

    declared = declare(used)

    assert {
        name: declared.one("aws:sqs/queue:Queue", name).dependencies
        for name in ("schedule_name", "schedule_arn", "scheduler_role_arn", "execution_role_arn")
    } == {
        "schedule_name": {declared.one(SCHEDULE).urn},
        "schedule_arn": {declared.one(SCHEDULE).urn},
        "scheduler_role_arn": {declared.one(ROLE, "breast-cancer-scheduler-role").urn},
        "execution_role_arn": {declared.one(ROLE, "breast-cancer-execution-role").urn},
    }


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


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_program_declares_and_exports_one_component_for_each_job_of_its_stack(
    declare: Declare, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = yaml.safe_load((PROJECT_DIRECTORY / f"Pulumi.{stack}.yaml").read_text())["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)

    def run_main() -> None:
        set_all_config(texts, [])
        runpy.run_path(str(PROJECT_DIRECTORY / "__main__.py"), run_name="__main__")

    declared = declare(run_main, stack=stack, preview=True)

    component = declared.one(COMPONENT)
    assert component.name == "breast-cancer"
    assert declared.outputs[declared.one("pulumi:pulumi:Stack").urn] == {
        "breast-cancer": declared.outputs[component.urn]
    }
    assert {tag["Key"]: tag["Value"] for tag in request_of(declared)["Tags"]} == {
        **config["scheduled-training:tags"],
        "project": "scheduled-training",
        "stack": stack,
        "training-job": "breast-cancer",
    }
