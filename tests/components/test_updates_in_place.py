"""A setting that changes is an update in place: no input that makes the provider replace a resource follows from it."""

import asyncio
import contextvars
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from components.job_args import ScheduledTrainingJobArgs
from components.scheduled_training_job import ScheduledTrainingJob
from rehearsal.declaring.program import OfflineMocks
from rehearsal.declaring.recording_monitor import RecordingMonitor
from rehearsal.sealed_environment import ACCOUNT_ID
from tests.components import job_options
from tests.components.test_job_args import GOOD

REPLACING: Final[Mapping[str, frozenset[str]]] = {
    "aws:scheduler/scheduleGroup:ScheduleGroup": frozenset({"name", "namePrefix", "region"}),
    "aws:scheduler/schedule:Schedule": frozenset({"name", "namePrefix", "groupName", "region"}),
    "aws:sqs/queue:Queue": frozenset({"name", "namePrefix", "fifoQueue", "region"}),
    "aws:iam/role:Role": frozenset({"name", "namePrefix", "path"}),
    "aws:iam/rolePolicy:RolePolicy": frozenset({"name", "namePrefix", "role"}),
    "aws:s3/bucketObjectv2:BucketObjectv2": frozenset({"bucket", "key", "region", "overrideProvider"}),
}
"""Inputs that are `ForceNew`. Source: schemas of the Terraform AWS provider's iam, s3, scheduler and sqs services."""

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
SCHEDULE, RESOURCES, TRACKING = GOOD["schedule"], GOOD["resources"], GOOD["tracking"]
CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "expression": {"schedule": SCHEDULE | {"expression": "cron(30 7 ? * TUE *)"}},
    "time zone": {"schedule": {"expression": "cron(30 7 ? * TUE *)", "time_zone": "Asia/Tokyo"}},
    "disabled": {"schedule": SCHEDULE | {"enabled": False}},
    "flexible window": {"schedule": SCHEDULE | {"flexible_time_window_in_minutes": 15}},
    "retries": {"schedule": SCHEDULE | {"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 7200}},
    "start and end": {
        "schedule": SCHEDULE | {"start_date": "2040-01-01T00:00:00Z", "end_date": "2041-01-01T00:00:00Z"}
    },
    "description": {"schedule": SCHEDULE | {"description": "another"}},
    "after completion": {"schedule": SCHEDULE | {"action_after_completion": "DELETE"}},
    "instance type": {"resources": RESOURCES | {"instance_type": "ml.c5.2xlarge"}},
    "volume": {"resources": RESOURCES | {"volume_size_in_gb": 77, "volume_kms_key_arn": KEY}},
    "stopping condition": {"stopping_condition": {"max_runtime_in_seconds": 1800}},
    "spot": {
        "managed_spot_training": True,
        "stopping_condition": {"max_runtime_in_seconds": 1800, "max_wait_time_in_seconds": 3600},
        "checkpoint": {"s3_path": "checkpoints/"},
    },
    "hyperparameters": {"hyperparameters": {"trees": 7}},
    "environment": {"environment": {"COLOUR": "red"}},
    "channels": {"channels": {"training": {"s3_path": "elsewhere/"}, "validation": {"s3_path": "held-out/"}}},
    "output": {"output": {"s3_path": "other-models/", "kms_key_arn": KEY}},
    "network": {"network": {"subnets": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}},
    "traffic": {"encrypt_inter_container_traffic": True},
    "data keys": {"data_kms_key_arns": [KEY]},
    "data buckets": {
        "data_buckets": {"lake-of-others": {}},
        "channels": {"training": {"s3_path": "s3://lake-of-others/churn/"}},
    },
    "metrics": {"metric_definitions": {"validation:loss": "loss=([0-9.]+)"}},
    "promotion": {"promotion": {"minimum_metrics": {"accuracy": 0.5}}},
    "image": {"training_image": {"uri": f"{ACCOUNT_ID}.dkr.ecr.us-east-1.amazonaws.com/ours:1"}},
    "tracking": {"tracking": TRACKING | {"experiment_name": "another", "registered_model_name": "another"}},
    "tags": {"tags": {"team": "another"}},
    "isolation": {"network_isolation": True},
    "metrics as a time series": {"metrics_time_series": True},
    "permissions boundary": {"permissions_boundary_arn": f"arn:aws:iam::{ACCOUNT_ID}:policy/boundary"},
} | {name: {name: value} for name, value in job_options.ALL.items() if name not in {"resources", "output"}}
MINE = {"directory": "mine", "entry_point": "fit.py"}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program's directory with a script of its own."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "fit.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def declared(**settings: object) -> dict[str, tuple[str, dict[str, Any]]]:
    """URN -> type and inputs of everything that the job's provider is told."""
    monitor = RecordingMonitor(OfflineMocks(region="us-east-1"), preview=True)

    def run() -> None:
        configured: Any = mocks.MockSettings(  # type: ignore[no-untyped-call] # pulumi's mocks are not typed
            monitor=monitor, project="team", stack="prod", dry_run=True, organization=None, callbacks=None
        )
        configure(configured)
        job = ScheduledTrainingJobArgs(**(GOOD | {"source": MINE} | settings))
        asyncio.run(run_in_stack(lambda: ScheduledTrainingJob("churn", job) and None))

    contextvars.Context().run(run)
    return {each.urn: (each.type, dict(each.inputs)) for each in monitor.resources_in_order() if each.custom}


def names(resources: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """URN -> the inputs that a resource cannot keep its identity without."""
    return {
        urn: {name: value for name, value in inputs.items() if name in REPLACING[type_]}
        for urn, (type_, inputs) in resources.items()
    }


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("change", CHANGES)
def test_a_setting_that_changes_replaces_nothing(change: str) -> None:
    before, after = declared(), declared(**CHANGES[change])

    assert after != before, "the setting reaches a resource"
    assert names(after) == names(before)


@pytest.mark.usefixtures("program")
def test_only_new_code_replaces_and_only_the_bundle_that_is_kept() -> None:
    before = declared()
    Path("mine/fit.py").write_text("print('new')")
    after = declared()

    replaced = {urn for urn in before if names(before)[urn] != names(after)[urn]}
    assert {urn.rpartition("::")[2] for urn in replaced} == {"churn-source-bundle"}


@pytest.mark.usefixtures("program")
def test_no_setting_of_a_job_is_left_out() -> None:
    changed = {setting for change in CHANGES.values() for setting in change}
    # Bucket and code say where the bundle is; the others make resources of their own, or need code that is not here.
    apart = {"bucket", "source", "further_schedules", "execution_role_arn", "accelerator", "alarms"}

    assert ScheduledTrainingJobArgs.model_fields.keys() - changed - apart == set()
