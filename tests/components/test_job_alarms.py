"""The alarms of a job as resources: what is declared, what each waits for, and that a first preview knows it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern
from pulumi.runtime import rpc

from components.aws_names import JobNames
from components.prepared_job import PreparedJob
from components.schedule_spec import ScheduleSpec
from components.source_bundle import SourceBundle
from settings import TrainingJobSettings
from tests.components.alarm_resources import (
    ALIAS,
    BUDGET,
    DASHBOARD,
    KEY,
    KEY_ARN,
    MACHINE,
    ROLE,
    ROLE_POLICY,
    RULE,
    SCHEDULE,
    SLACK,
    SUBSCRIPTION,
    TAGS,
    TARGET,
    TEAMS,
    TOPIC,
    TOPIC_ARN,
    Resources,
    alarms_of,
    needed_by,
    with_alarms,
)

Declare = Callable[..., Any]
WITHOUT_TAGS = {ALIAS, SUBSCRIPTION, TARGET, DASHBOARD, SCHEDULE, ROLE_POLICY}
EVENT = json.loads((Path(__file__).parent / "fixtures" / "training-job-state-change.json").read_text())


@pytest.fixture(scope="module")
def prepared(
    prod: TrainingJobSettings, prod_names: JobNames, bundle: SourceBundle, tmp_path_factory: pytest.TempPathFactory
) -> PreparedJob:
    return PreparedJob(prod_names, prod, prod.schedule, bundle, tmp_path_factory.mktemp("bundles"), tags=TAGS)


@pytest.fixture(scope="module")
def declared(declare: Declare, prepared: PreparedJob) -> Resources:
    """What prod's job declares; declared once, as nobody changes it."""
    return declare(with_alarms(prepared, email=["oncall@example.com"]))


def test_a_first_preview_knows_all_but_the_id_of_the_key(declare: Declare, prepared: PreparedJob) -> None:
    found = declare(with_alarms(prepared, email=["oncall@example.com"]), preview=True)

    unknown = {each.type for each in found.resources if rpc.UNKNOWN in json.dumps(each.inputs)}
    assert unknown == {ALIAS}


def test_the_topic_is_encrypted_with_a_key_of_its_own(declared: Resources) -> None:
    assert declared.one(TOPIC).inputs["kmsMasterKeyId"] == declared.one(ALIAS).inputs["name"]
    assert declared.one(KEY).inputs["enableKeyRotation"] is True
    assert needed_by(declared, TOPIC) == {"breast-cancer-alarms-key-alias"}
    assert needed_by(declared, KEY) == {"breast-cancer-alarms-role"}


def test_a_key_of_the_teams_is_used_instead(declare: Declare, prepared: PreparedJob) -> None:
    found = declare(with_alarms(prepared, email=["oncall@example.com"], kms_key_arn=KEY_ARN))

    assert found.one(TOPIC).inputs["kmsMasterKeyId"] == KEY_ARN
    assert not [each for each in found.resources if each.type in {KEY, ALIAS}]
    policy = json.loads(found.one(ROLE_POLICY, "breast-cancer-alarms-policy").inputs["policy"])
    assert policy["Statement"][-1] == {
        "Sid": "EncryptMessages",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": KEY_ARN,
        "Condition": {"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}},
    }


def test_a_topic_of_the_teams_is_left_as_it_is(declare: Declare, prepared: PreparedJob) -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:ml-oncall"
    found = declare(with_alarms(prepared, topic_arn=arn))

    assert not [each for each in found.resources if each.type in {TOPIC, KEY, ALIAS, SUBSCRIPTION}]
    assert {tuple(each["alarmActions"]) for each in alarms_of(found).values()} == {(arn,)}
    assert arn in found.one(MACHINE).inputs["definition"]


def test_only_cloudwatch_may_publish_and_only_for_the_jobs_alarms(declared: Resources) -> None:
    (statement,) = json.loads(declared.one(TOPIC).inputs["policy"])["Statement"]

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["sns:Publish"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:breast-cancer-prod-*"},
    }


def test_the_key_is_for_this_topic(declared: Resources) -> None:
    manage, alarms, messages = json.loads(declared.one(KEY).inputs["policy"])["Statement"]

    assert manage["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert messages["Principal"] == {"AWS": "arn:aws:iam::123456789012:role/breast-cancer-prod-alarms"}
    assert messages["Condition"]["StringEquals"]["kms:EncryptionContext:aws:sns:topicArn"] == TOPIC_ARN


def test_a_permissions_boundary_is_on_every_role(declare: Declare, prepared: PreparedJob) -> None:
    arn = "arn:aws:iam::123456789012:policy/boundary"
    job = prepared.training_job.model_copy(update={"permissions_boundary_arn": arn})
    bounded = PreparedJob(**(vars(prepared) | {"training_job": job}))
    slack = {"workspace_id": "T0123456789", "channel_id": "C0123456789"}

    roles = [r for r in declare(with_alarms(bounded, chat={"slack": slack})).resources if r.type == ROLE]

    assert len(roles) == 6
    assert {role.inputs.get("permissionsBoundary") for role in roles} == {arn}


def test_everybody_is_subscribed_once(declare: Declare, prepared: PreparedJob) -> None:
    secret = "https://events.example.com/integration/0123456789"
    found = declare(with_alarms(prepared, email=["a@example.com", "b@example.com", "a@example.com"], https=[secret]))
    subscribed = [each for each in found.resources if each.type == SUBSCRIPTION]

    assert sorted((each.inputs["protocol"], each.inputs["endpoint"]) for each in subscribed) == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
        ("https", secret),
    ]
    assert {each.inputs["topic"] for each in subscribed} == {TOPIC_ARN}
    assert not any("0123456789" in each.urn for each in subscribed)


def test_chat_may_read_what_it_is_told_and_do_nothing(declare: Declare, prepared: PreparedJob) -> None:
    team = "0a1b2c3d-0000-4000-8000-0123456789ab"
    teams = {"tenant_id": team, "team_id": team, "channel_id": "19%3aab6ef35b%40thread.tacv2"}
    chat = {"slack": {"workspace_id": "T07EA123LEP", "channel_id": "C07EZ1ABC23"}, "teams": teams}
    found = declare(with_alarms(prepared, chat=chat))

    for channel in (found.one(SLACK).inputs, found.one(TEAMS).inputs):
        assert channel["guardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
        assert channel["snsTopicArns"] == [TOPIC_ARN]
        assert channel["iamRoleArn"] == "arn:aws:iam::123456789012:role/breast-cancer-prod-alarms-chat"
    assert not [each for each in found.resources if each.type == ROLE_POLICY and "chat" in each.name]
    assert "client-markdown" in found.one(MACHINE).inputs["definition"]


@pytest.mark.parametrize(
    ("name", "status", "is_ours"),
    [
        ("breast-cancer-prod-11111111-2222-4333-8444-555555555555", "Failed", True),
        ("breast-cancer-prod-11111111-2222-4333-8444-555555555555", "Completed", True),
        ("breast-cancer-prod-11111111-2222-4333-8444-555555555555", "InProgress", False),
        ("other-11111111-2222-4333-8444-555555555555", "Failed", False),
    ],
)
def test_the_rule_is_for_the_jobs_own_training_jobs(declared: Resources, name: str, status: str, is_ours: bool) -> None:
    event = EVENT | {"detail": EVENT["detail"] | {"TrainingJobName": name, "TrainingJobStatus": status}}

    assert EventPattern.load(declared.one(RULE).inputs["eventPattern"]).matches_event(event) is is_ours


def test_the_machine_is_told_of_job_and_status_alone(declared: Resources) -> None:
    target = declared.one(TARGET).inputs

    assert target["rule"] == declared.one(RULE).inputs["name"]
    assert target["inputTransformer"] == {
        "inputPaths": {"job": "$.detail.TrainingJobName", "status": "$.detail.TrainingJobStatus"},
        "inputTemplate": '{"job": <job>, "status": <status>}',
    }


def test_a_watch_has_the_times_of_what_it_watches(declare: Declare, prepared: PreparedJob) -> None:
    weekly = ScheduleSpec(expression="cron(0 5 ? * SUN *)", time_zone="Europe/Berlin", enabled=False)
    found = declare(with_alarms(prepared, further=weekly, email=["oncall@example.com"]))

    for watch, watched in (("-alarms-watch", "-schedule"), ("-alarms-watch.weekly", "-schedule.weekly")):
        own, other = (found.one(SCHEDULE, f"breast-cancer{name}").inputs for name in (watch, watched))
        for name in ("groupName", "state", "scheduleExpression", "scheduleExpressionTimezone"):
            assert own[name] == other[name]
        assert own["target"]["arn"].endswith(":stateMachine:breast-cancer-prod-alarms")
        assert "deadLetterConfig" not in own["target"]
    assert '"Apart"' in found.one(MACHINE).inputs["definition"]


def test_alarms_are_for_what_can_be_measured(declare: Declare, prepared: PreparedJob) -> None:
    minimum = {"validation:accuracy": 0.9}
    found = alarms_of(
        declare(with_alarms(prepared, email=["a@example.com"], minimum_metrics=minimum, duration_share=0.7))
    )

    measured = {
        name.removeprefix("breast-cancer-prod-"): (each["namespace"], each["metricName"])
        for name, each in found.items()
    }
    assert measured == {
        "dead-letters": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        "dropped-invocations": ("AWS/Scheduler", "InvocationDroppedCount"),
        "target-errors": ("AWS/Scheduler", "TargetErrorCount"),
        "lost-dead-letters": ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount"),
        "alarms-failed": ("AWS/States", "ExecutionsFailed"),
        "alarms-not-started": ("AWS/Events", "FailedInvocations"),
        "duration": ("ScheduledTraining", "ShareOfLimit"),
        "below-validation:accuracy": ("ScheduledTraining", "validation:accuracy"),
    }
    duration, accuracy = found["breast-cancer-prod-duration"], found["breast-cancer-prod-below-validation:accuracy"]
    assert (duration["threshold"], duration["treatMissingData"]) == (70, "ignore")
    assert (accuracy["threshold"], accuracy["comparisonOperator"]) == (0.9, "LessThanThreshold")
    assert all(each["alarmActions"] == [TOPIC_ARN] for each in found.values())


def test_the_dashboard_shows_the_jobs_alarms_and_metrics(declared: Resources) -> None:
    widgets = json.loads(declared.one(DASHBOARD).inputs["dashboardBody"])["widgets"]
    titles = [each["properties"].get("title") for each in widgets]

    assert titles == [
        "Alarms",
        "Runs",
        "Duration, % of the limit",
        "Trained and billed (s), saved (%)",
        "Model",
        "Schedule",
        None,
    ]
    shown = {arn.rpartition(":alarm:")[2] for arn in widgets[0]["properties"]["alarms"]}
    assert shown == set(alarms_of(declared))
    assert len({(each["x"], each["y"]) for each in widgets}) == len(widgets)


def test_a_dashboard_can_be_left_out(declare: Declare, prepared: PreparedJob) -> None:
    found = declare(with_alarms(prepared, email=["oncall@example.com"], dashboard=False))

    assert not [each for each in found.resources if each.type == DASHBOARD]


def test_a_budget_counts_by_the_jobs_tag(declare: Declare, prepared: PreparedJob) -> None:
    budget = declare(with_alarms(prepared, email=["a@example.com"], budget_in_usd=50)).one(BUDGET).inputs

    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("50", "USD", "MONTHLY")
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:training-job$breast-cancer"]}]
    assert [each["threshold"] for each in budget["notifications"]] == [80, 100]
    assert {tuple(each["subscriberEmailAddresses"]) for each in budget["notifications"]} == {("a@example.com",)}


def test_everything_has_the_stacks_tags_and_is_a_child_of_the_component(declared: Resources) -> None:
    component = declared.one("scheduled-training:index:ScheduledTrainingJob")
    own = [each for each in declared.resources if "-alarm" in each.name]

    assert {each.parent for each in own} == {component.urn}
    assert [each.name for each in own if each.type not in WITHOUT_TAGS and each.inputs.get("tags") != TAGS] == []


def test_the_outputs_name_topic_machine_and_dashboard(declared: Resources) -> None:
    (outputs,) = [values for urn, values in declared.outputs.items() if "ScheduledTrainingJob" in urn]

    assert outputs["alarm_topic_arn"] == TOPIC_ARN
    assert (
        outputs["alarm_machine_arn"] == "arn:aws:states:us-east-1:123456789012:stateMachine:breast-cancer-prod-alarms"
    )
    assert outputs["dashboard_name"] == "breast-cancer-prod-alarms"


@pytest.mark.parametrize(
    "change",
    [
        {"grace_in_minutes": 5},
        {"duration_share": 0.5},
        {"minimum_metrics": {"validation:f1": 0.5}},
        {"kms_key_arn": KEY_ARN},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_setting_that_changes_keeps_every_name(
    declare: Declare, prepared: PreparedJob, declared: Resources, change: dict[str, Any]
) -> None:
    names = ("name", "topic", "rule", "groupName", "dashboardName", "targetId")

    def named(found: Resources) -> dict[str, dict[str, Any]]:
        return {each.urn: {name: each.inputs.get(name) for name in names} for each in found.resources}

    before, after = named(declared), named(declare(with_alarms(prepared, email=["oncall@example.com"], **change)))

    assert {urn: after[urn] for urn in before if urn in after} == {urn: before[urn] for urn in before if urn in after}
    gone = {urn.rpartition("::")[2] for urn in before.keys() - after.keys()}
    assert gone == (
        {"breast-cancer-alarms-key", "breast-cancer-alarms-key-alias"} if "kms_key_arn" in change else set()
    )
