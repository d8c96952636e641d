"""What a deployed stack is known by: a URN that changes makes Pulumi delete a resource and create another.

Whoever changes one of these gives the resource an alias, and adds a line here that shows the old URN among its aliases.
"""

import asyncio
import contextvars
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from components.aws_names import JobNames
from components.job_args import ScheduledTrainingJobArgs
from components.package_archives import PackageArchive
from components.prepared_job import PreparedJob
from components.scheduled_training_job import OUTPUTS, ScheduledTrainingJob
from components.source_bundle import SourceBundle
from components.training_packages import TrainingPackages
from rehearsal.declaring.program import OfflineMocks
from rehearsal.declaring.recording_monitor import RecordingMonitor
from rehearsal.sealed_environment import ACCOUNT_ID
from settings import TrainingJobSettings
from tests.components.test_job_args import GOOD

ROOT = "urn:pulumi:prod::team::"
COMPONENT = f"{ROOT}scheduled-training:index:ScheduledTrainingJob"
PACKAGES = "scheduled-training:index:TrainingPackages"
CHURN = {
    f"{COMPONENT}::churn",
    f"{COMPONENT}$aws:scheduler/scheduleGroup:ScheduleGroup::churn-group",
    f"{COMPONENT}$aws:scheduler/schedule:Schedule::churn-schedule",
    f"{COMPONENT}$aws:sqs/queue:Queue::churn-dead-letters",
    f"{COMPONENT}$aws:s3/bucketObjectv2:BucketObjectv2::churn-source-bundle",
    f"{COMPONENT}$aws:iam/role:Role::churn-scheduler-role",
    f"{COMPONENT}$aws:iam/rolePolicy:RolePolicy::churn-scheduler-policy",
    f"{COMPONENT}$aws:iam/role:Role::churn-execution-role",
    f"{COMPONENT}$aws:iam/rolePolicy:RolePolicy::churn-execution-policy",
}
EXECUTION = {urn for urn in CHURN if "churn-execution" in urn}


def urns(program: Callable[[], Any]) -> set[str]:
    """Of everything that a program registers but its stack, as the engine builds them."""
    monitor = RecordingMonitor(OfflineMocks(region="us-east-1"), preview=True)

    def run() -> None:
        settings: Any = mocks.MockSettings(  # type: ignore[no-untyped-call] # pulumi's mocks are not typed
            monitor=monitor, project="team", stack="prod", dry_run=True, organization=None, callbacks=None
        )
        configure(settings)
        asyncio.run(run_in_stack(lambda: program() and None))

    contextvars.Context().run(run)
    return {each.urn for each in monitor.resources_in_order() if each.type != "pulumi:pulumi:Stack"}


@pytest.fixture
def args(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "fit.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return GOOD | {"source": {"directory": "mine", "entry_point": "fit.py"}}


def job(**args: object) -> Callable[[], ScheduledTrainingJob]:
    return lambda: ScheduledTrainingJob("churn", ScheduledTrainingJobArgs(**args))


def test_the_urns_of_a_job(args: dict[str, Any]) -> None:
    assert urns(job(**args)) == CHURN


def test_the_urns_of_a_job_with_a_role_of_the_teams_own(args: dict[str, Any]) -> None:
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/studio"

    assert urns(job(**args, execution_role_arn=role)) == CHURN - EXECUTION


def test_the_urns_of_a_job_whose_artifact_store_is_looked_up(args: dict[str, Any]) -> None:
    other = {"schedule": {"expression": "rate(7 days)"}, "tracking": {"tracking_server": "other"}}
    own = urns(job(**(args | {"tracking": {"tracking_server": "ml"}}), further_schedules={"weekly": other}))

    assert own - CHURN == {f"{COMPONENT}$aws:scheduler/schedule:Schedule::churn-schedule.weekly"}


def test_the_urns_of_a_job_with_a_further_schedule(args: dict[str, Any]) -> None:
    further = {"weekly": {"schedule": {"expression": "rate(7 days)"}}}

    assert urns(job(**args, further_schedules=further)) - CHURN == {
        f"{COMPONENT}$aws:scheduler/schedule:Schedule::churn-schedule.weekly"
    }


def test_the_urns_of_a_job_with_alarms(args: dict[str, Any]) -> None:
    kinds, metric = ("alarms", "alarms-events", "alarms-watch"), {"validation:accuracy": 0.9}
    alarms = {"email": ["oncall@example.com"], "minimum_metrics": metric, "budget_in_usd": 50}
    further = {"weekly": {"schedule": {"expression": "rate(7 days)"}}}
    own = urns(job(**args, alarms=alarms, further_schedules=further)) - CHURN

    assert {urn.removeprefix(f"{COMPONENT}$") for urn in own} == {
        "aws:scheduler/schedule:Schedule::churn-schedule.weekly",
        "aws:sns/topic:Topic::churn-alarms-topic",
        "aws:sns/topicSubscription:TopicSubscription::churn-alarms-email.oncall@example.com",
        "aws:kms/key:Key::churn-alarms-key",
        "aws:kms/alias:Alias::churn-alarms-key-alias",
        "aws:sfn/stateMachine:StateMachine::churn-alarms-machine",
        *(f"aws:iam/role:Role::churn-{kind}-role" for kind in kinds),
        *(f"aws:iam/rolePolicy:RolePolicy::churn-{kind}-policy" for kind in kinds),
        "aws:cloudwatch/eventRule:EventRule::churn-alarms-rule",
        "aws:cloudwatch/eventTarget:EventTarget::churn-alarms-target",
        "aws:scheduler/schedule:Schedule::churn-alarms-watch",
        "aws:scheduler/schedule:Schedule::churn-alarms-watch.weekly",
        *(
            f"aws:cloudwatch/metricAlarm:MetricAlarm::churn-alarm-{key}"
            for key in (
                *("dead-letters", "dropped-invocations", "target-errors", "lost-dead-letters"),
                *("alarms-failed", "alarms-not-started", "duration", "below-validation:accuracy"),
            )
        ),
        "aws:cloudwatch/dashboard:Dashboard::churn-alarms-dashboard",
        "aws:budgets/budget:Budget::churn-alarms-budget",
    }


def test_alarms_that_are_switched_off_make_nothing(args: dict[str, Any]) -> None:
    assert urns(job(**args, alarms={"enabled": False, "email": ["oncall@example.com"]})) == CHURN


def test_the_urns_of_the_packages_of_one_job(args: dict[str, Any]) -> None:
    own = urns(job(**(args | {"source": {}}))) - CHURN

    # The last name ends with a digest of where the archive is, which follows from what is in it.
    assert {re.sub(r"-[0-9a-f]{12}$", "-<digest>", urn) for urn in own} == {
        f"{COMPONENT}${PACKAGES}::churn-packages",
        f"{COMPONENT}${PACKAGES}$aws:s3/bucketObjectv2:BucketObjectv2::churn-packages-<digest>",
    }


def test_the_urns_of_the_packages_that_a_stack_shares() -> None:
    archive = PackageArchive("packages", "six==1.17.0 --hash=sha256:00\n", "")

    assert urns(lambda: TrainingPackages("packages", [("s3://ml-data/training-code/packages/", archive)], {})) == {
        f"{ROOT}{PACKAGES}::packages",
        f"{ROOT}{PACKAGES}$aws:s3/bucketObjectv2:BucketObjectv2::packages-7d8fe329538b",
    }


def test_a_job_inside_a_component_is_a_part_of_it(args: dict[str, Any]) -> None:
    def nested() -> None:
        team = pulumi.ComponentResource("acme:index:Team", "risk")
        ScheduledTrainingJob("churn", ScheduledTrainingJobArgs(**args), pulumi.ResourceOptions(parent=team))

    inside = {urn.replace(ROOT, f"{ROOT}acme:index:Team$") for urn in CHURN}
    assert urns(nested) == {f"{ROOT}acme:index:Team::risk", *inside}


def test_a_job_that_a_stack_has_prepared_has_the_urns_of_any_other(
    staging: TrainingJobSettings, staging_names: JobNames, bundle: SourceBundle, tmp_path: Path
) -> None:
    prepared = PreparedJob(staging_names, staging, staging.schedule, bundle, tmp_path)

    assert urns(lambda: ScheduledTrainingJob("churn", prepared)) == CHURN


def test_the_names_of_outputs() -> None:
    assert list(OUTPUTS) == [
        *("schedule_name", "schedule_arn", "schedule_state", "target_input", "scheduler_role_arn"),
        *("execution_role_arn", "dead_letter_queue_url", "training_job_name_prefix", "channels", "s3_output_path"),
        *("experiment_name", "registered_model_name", "tracking_uri", "artifact_store"),
        *("alarm_topic_arn", "alarm_machine_arn", "dashboard_name"),
    ]
