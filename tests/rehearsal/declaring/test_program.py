import asyncio
import gc
import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks as pulumi_mocks

from rehearsal.declaring.program import Declaration, OfflineMocks, UnknownInvokeError, answer_invoke, declare
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.declaring.recording_monitor import DuplicateResourceError

COMPONENT = "urn:pulumi:staging::fixture::fixture:index:Job::forest"
CHILD = "urn:pulumi:staging::fixture::fixture:index:Job$"


def offline(region: str) -> OfflineMocks:
    return OfflineMocks(region=region)


@pytest.fixture(scope="module")
def preview() -> Declaration:
    return declare(Path(__file__).parents[1] / "fixtures" / "project", "staging", offline, preview=True)


def program(tmp_path: Path, source: str) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: fixture\n")
    (tmp_path / "Pulumi.staging.yaml").write_text("config: {aws:region: us-east-1}\n")
    (tmp_path / "__main__.py").write_text(source)
    return tmp_path


def test_every_resource_is_seen_with_the_urn_that_the_engine_gives(preview: Declaration) -> None:
    assert {resource.urn for resource in preview.resources} == {
        "urn:pulumi:staging::fixture::pulumi:pulumi:Stack::fixture-staging",
        COMPONENT,
        f"{CHILD}aws:scheduler/scheduleGroup:ScheduleGroup::group",
        f"{CHILD}aws:sqs/queue:Queue::dead-letters",
        f"{CHILD}aws:iam/role:Role::scheduler",
        f"{CHILD}aws:iam/role:Role::execution",
        f"{CHILD}aws:iam/rolePolicy:RolePolicy::scheduler-policy",
        f"{CHILD}aws:s3/bucketObjectv2:BucketObjectv2::bundle",
        f"{CHILD}aws:scheduler/schedule:Schedule::schedule",
    }
    assert [resource.custom for resource in preview.resources[:3]] == [False, False, True]
    assert preview.resources[1].parent == preview.resources[0].urn


def test_a_resource_comes_after_all_that_it_depends_on(preview: Declaration) -> None:
    seen: set[str] = set()
    for resource in preview.resources:
        assert set(resource.dependencies) <= seen
        seen.add(resource.urn)
    schedule = next(resource for resource in preview.resources if resource.name == "schedule")
    assert set(schedule.dependencies) == {
        f"{CHILD}aws:scheduler/scheduleGroup:ScheduleGroup::group",
        f"{CHILD}aws:sqs/queue:Queue::dead-letters",
        f"{CHILD}aws:iam/role:Role::scheduler",
        f"{CHILD}aws:iam/role:Role::execution",
        f"{CHILD}aws:s3/bucketObjectv2:BucketObjectv2::bundle",
    }


def test_inputs_are_plain_values(preview: Declaration) -> None:
    schedule = next(resource for resource in preview.resources if resource.name == "schedule")
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert schedule.inputs["target"]["roleArn"] == "arn:aws:iam::123456789012:role/forest-staging-scheduler"
    assert schedule.inputs["target"]["deadLetterConfig"] == {
        "arn": "arn:aws:sqs:us-east-1:123456789012:forest-staging-dead-letters"
    }


def test_what_only_the_cloud_knows_is_unknown_at_a_preview(preview: Declaration) -> None:
    policy = next(resource for resource in preview.resources if resource.name == "scheduler-policy")
    assert policy.inputs["policy"] == UNKNOWN
    assert policy.inputs["role"] == "forest-staging-scheduler"
    assert policy.raw_inputs["policy"] == UNKNOWN
    assert policy.raw_outputs["id"] == UNKNOWN
    assert policy.property_dependencies["policy"] == (f"{CHILD}aws:sqs/queue:Queue::dead-letters",)
    assert all(resource.id == "" for resource in preview.resources)


def test_exports_are_read_with_unknowns(preview: Declaration) -> None:
    assert preview.exports == {
        "schedule_arn": UNKNOWN,
        "queue_url": UNKNOWN,
        "settings": {"message": "hello", "limits": {"small": 1, "large": 2}},
        "replicas": 2,
    }


def test_two_stacks_can_be_declared_in_one_process_and_nothing_stays_behind(project_dir: Path) -> None:
    threads = threading.active_count()
    folder, stack, configured = Path.cwd(), pulumi.get_stack(), pulumi.Config("aws").get("region")
    declared = [declare(project_dir, stack, offline, preview=True) for stack in ("prod", "staging", "prod")]
    assert [declaration.exports["replicas"] for declaration in declared] == [3, 2, 3]
    assert declared[0].exports == declared[2].exports
    assert threading.active_count() == threads
    assert (Path.cwd(), pulumi.get_stack(), pulumi.Config("aws").get("region")) == (folder, stack, configured)
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()


class Creating(pulumi_mocks.Mocks):
    """Mocks that give each resource an id and an ARN."""

    def __init__(self) -> None:
        self.created: list[str] = []

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return answer_invoke(args.token, account_id="123456789012", region="us-east-1"), []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.created.append(args.name)
        return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "url": f"http://{args.name}"}


def test_outside_a_preview_the_mocks_outputs_reach_the_program(project_dir: Path) -> None:
    mocks = Creating()
    declared = declare(project_dir, "staging", mocks, preview=False)
    policy = next(resource for resource in declared.resources if resource.name == "scheduler-policy")
    assert json.loads(policy.inputs["policy"])["Statement"][0]["Resource"] == "arn:dead-letters"
    assert declared.exports["schedule_arn"] == "arn:schedule"
    assert declared.exports["queue_url"] == "http://dead-letters"
    assert UNKNOWN not in str([resource.outputs for resource in declared.resources])
    before = mocks.created[: mocks.created.index("schedule")]
    assert {"group", "dead-letters", "scheduler", "execution", "bundle"} <= set(before)


def test_a_preview_creates_nothing(project_dir: Path) -> None:
    mocks = Creating()
    declared = declare(project_dir, "staging", mocks, preview=True)
    assert mocks.created == []
    assert declared.exports["schedule_arn"] == UNKNOWN


def test_an_exception_of_the_program_comes_through_as_it_is(tmp_path: Path) -> None:
    source = "import pulumi\nclass SettingsError(pulumi.RunError): ...\nraise SettingsError('bucket: got 1')\n"
    with pytest.raises(Exception, match=r"^bucket: got 1$") as raised:
        declare(program(tmp_path, source), "staging", offline, preview=True)
    assert type(raised.value).__name__ == "SettingsError"


def test_what_the_program_logs_is_heard_at_once(tmp_path: Path) -> None:
    heard: list[str] = []
    source = "import pulumi\npulumi.log.info('begins')\npulumi.log.debug('nobody asks')\nraise ValueError('ends')\n"

    with pytest.raises(ValueError, match="ends"):
        declare(program(tmp_path, source), "staging", offline, preview=True, on_message=heard.append)

    assert heard == ["begins"]


def test_an_exit_of_the_program_comes_through_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as raised:
        declare(program(tmp_path, "raise SystemExit(3)\n"), "staging", offline, preview=True)
    assert raised.value.code == 3


def test_an_exception_while_a_resource_is_created_comes_through_as_it_is(project_dir: Path) -> None:
    class Failing(Creating):
        def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            if args.name == "group":
                raise LookupError("no room for groups")
            return super().new_resource(args)

    with pytest.raises(LookupError, match=r"^no room for groups$"):
        declare(project_dir, "staging", Failing(), preview=False)


def test_a_provider_function_that_is_not_known_is_named(tmp_path: Path) -> None:
    source = "import pulumi\npulumi.runtime.invoke('aws:ec2/getVpc:getVpc', {}).value\n"
    with pytest.raises(UnknownInvokeError) as raised:
        declare(program(tmp_path, source), "staging", offline, preview=True)
    assert str(raised.value) == (
        "the program calls the provider function aws:ec2/getVpc:getVpc, which cannot be answered offline; answered are "
        "aws:index/getCallerIdentity:getCallerIdentity, aws:index/getPartition:getPartition, "
        "aws:index/getRegion:getRegion: add its answer to rehearsal/declaring/program.py"
    )


def test_an_existing_resource_cannot_be_read(tmp_path: Path) -> None:
    source = "import pulumi_aws as aws\naws.sqs.Queue.get('old', 'http://queue')\n"
    with pytest.raises(UnknownInvokeError) as raised:
        declare(program(tmp_path, source), "staging", offline, preview=True)
    assert str(raised.value) == (
        "the program reads the existing aws:sqs/queue:Queue 'http://queue' as 'old', which cannot be done offline: "
        "configure the value that it needs instead"
    )


def test_two_resources_with_one_urn_are_reported(tmp_path: Path) -> None:
    source = "import pulumi_aws as aws\naws.sqs.Queue('q')\naws.sqs.Queue('q')\n"
    with pytest.raises(DuplicateResourceError) as raised:
        declare(program(tmp_path, source), "staging", offline, preview=True)
    assert str(raised.value) == (
        "the program declares two resources of type aws:sqs/queue:Queue named 'q' with the same parent "
        "(urn:pulumi:staging::fixture::aws:sqs/queue:Queue::q): give one of them another name"
    )


def test_modules_beside_the_program_are_found(tmp_path: Path) -> None:
    folder = program(tmp_path, "import pulumi, beside_the_program\npulumi.export('a', beside_the_program.A)\n")
    (folder / "beside_the_program.py").write_text("A = 1\n")
    assert declare(folder, "staging", offline, preview=True).exports == {"a": 1}


def test_the_callers_environment_decides_nothing_in_the_program(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", '{"fixture:message": "from the environment"}')
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", '["fixture:message"]')
    monkeypatch.setenv("AWS_PROFILE", "production")
    before = dict(os.environ)
    source = "import os, pulumi\npulumi.export('profile', 'AWS_PROFILE' in os.environ)\n"
    source += "pulumi.export('endpoint', os.environ['AWS_ENDPOINT_URL'])\n"
    source += "pulumi.export('from_engine', sorted(pulumi.runtime.get_config_env()))\n"

    exports = declare(program(tmp_path, source), "staging", offline, preview=True).exports

    assert exports == {"profile": False, "endpoint": "http://127.0.0.1:9", "from_engine": []}
    assert dict(os.environ) == before


def test_a_secret_is_shown_to_policies_as_a_secret(tmp_path: Path) -> None:
    source = "import pulumi, pulumi_aws as aws\naws.sqs.Queue('q', name=pulumi.Output.secret('hidden'))\n"
    queue = declare(program(tmp_path, source), "staging", offline, preview=True).resources[-1]
    assert queue.inputs["name"] == "hidden"
    assert queue.raw_inputs["name"]["value"] == "hidden"


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-east-1", "aws", "amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, partition: str, suffix: str) -> None:
    answer = answer_invoke("aws:index/getPartition:getPartition", account_id="1", region=region)
    assert (answer["partition"], answer["dnsSuffix"]) == (partition, suffix)


def test_the_fixture_project_can_be_anywhere(tmp_path: Path, project_dir: Path) -> None:
    shutil.copytree(project_dir, tmp_path / "elsewhere")
    assert declare(tmp_path / "elsewhere", "prod", offline, preview=True).exports["replicas"] == 3


def test_what_a_program_does_to_its_process_ends_with_it(tmp_path: Path) -> None:
    before = sys.excepthook

    declare(
        program(tmp_path, "import gc, sys\nsys.excepthook = print\ngc.disable()\n"), "staging", offline, preview=True
    )

    assert sys.excepthook is before
    assert gc.isenabled()
