"""Least privilege by evaluation, for each stack and each example: all calls that are needed, and none beside them."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from policy_sentry.querying.all import get_all_actions
from policy_sentry.shared.iam_data import get_service_prefix_data

from components.alarm_permissions import WILDCARD_REASONS as OF_ALARMS
from components.aws_names import AwsScope
from components.execution_role_policy import WILDCARD_REASONS
from rehearsal.declaring.program import Declaration, OfflineMocks, declare
from rehearsal.judging.judgement import declared_schedules, sample_request
from rehearsal.judging.stack_check import artifact_store_of
from rehearsal.permissions.alarm_calls import alarm_calls
from rehearsal.permissions.permissions import AwsCall, judge, judge_trust
from rehearsal.permissions.role_calls import execution_role_calls, scheduler_role_calls
from rehearsal.permissions.role_documents import RoleDocuments, declared_roles
from rehearsal.sealed_environment import ACCOUNT_ID

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = sorted(path.parent.name for path in (ROOT / "examples").glob("*/Pulumi.yaml"))
NEIGHBOURS_AT_LEAST: Final = 30
OTHER_ACCOUNT: Final = "999999999999"
NEVER: Final = (
    *("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole"),
    *("iam:CreateAccessKey", "iam:CreateUser", "sts:AssumeRole", "s3:DeleteBucket", "s3:PutBucketPolicy"),
    *("s3:PutObjectAcl", "s3:DeleteObjectVersion", "s3:GetBucketPolicy", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"),
    *("secretsmanager:PutSecretValue", "secretsmanager:ListSecrets", "sagemaker:DeleteModel", "sagemaker:CreateModel"),
    *("sagemaker:CreateNotebookInstance", "sagemaker:CreateProcessingJob", "sagemaker:StopTrainingJob"),
    *("states:UpdateStateMachine", "states:StopExecution", "sns:SetTopicAttributes", "sns:Subscribe"),
    *("scheduler:UpdateSchedule", "scheduler:DeleteSchedule", "sqs:ReceiveMessage", "sqs:PurgeQueue"),
    *("ecr:PutImage", "ecr:DeleteRepository", "logs:DeleteLogGroup", "ec2:RunInstances", "lambda:InvokeFunction"),
)
OTHER_CONTEXT: Final = {
    "iam:PassRole": {"iam:PassedToService": "ec2.amazonaws.com"},
    "sagemaker:AddTags": {"sagemaker:TaggingAction": "CreateModel"},
    "s3:ListBucket": {"s3:prefix": "elsewhere/"},
    "cloudwatch:PutMetricData": {"cloudwatch:namespace": "Elsewhere"},
    "sagemaker:CreateTrainingJob": {"sagemaker:InstanceTypes": ("ml.p4d.24xlarge",)},
}
NAMED: Final = {*WILDCARD_REASONS, *OF_ALARMS}
KINDS: Final = ("scheduler", "execution", "alarms")
Calls = dict[str, list[tuple[RoleDocuments, AwsCall]]]
OF_THE_COMPONENT: Final = """
import json, pathlib
import pulumi
from components import ScheduledTrainingJob, ScheduledTrainingJobArgs
from provider.plain_inputs import plain_settings

for name, properties in json.loads(pathlib.Path("jobs.json").read_text()).items():
    settings, problems = plain_settings(properties, ScheduledTrainingJobArgs)
    assert not problems
    pulumi.export(name, ScheduledTrainingJob(name, ScheduledTrainingJobArgs(**settings)).outputs())
"""


def properties_in(example: Path) -> dict[str, Any]:
    """The component's properties by its name, in a program that is no Python."""
    program = example / "index.ts"
    if program.exists():  # an object literal of these values is a flow mapping in YAML
        name, _, literal = program.read_text().partition('new ScheduledTrainingJob("')[2].partition('", ')
        return {name: yaml.safe_load(literal.partition(");")[0])}
    resources = yaml.safe_load((example / "Pulumi.yaml").read_text())["resources"]
    assert {each["type"] for each in resources.values()} == {"scheduled-training:ScheduledTrainingJob"}
    as_json = json.dumps({name: each["properties"] for name, each in resources.items()}, default=datetime.isoformat)
    properties: dict[str, Any] = json.loads(as_json)
    return properties


@cache
def declared(name: str, place: Path) -> Declaration:
    """What a stack, or an example in a stack of its own, declares at a first preview."""
    if name in {"staging", "prod"}:
        return declare(ROOT, name, lambda region: OfflineMocks(region=region), preview=True)
    directory = shutil.copytree(ROOT / "examples" / name, place / name, ignore=shutil.ignore_patterns("Pulumi.*.yaml"))
    if not (directory / "__main__.py").exists():
        (directory / "jobs.json").write_text(json.dumps(properties_in(directory)))
        (directory / "__main__.py").write_text(OF_THE_COMPONENT)
    (directory / "Pulumi.dev.yaml").write_text("config: {}\n")
    return declare(directory, "dev", lambda region: OfflineMocks(region=region), preview=True)


@pytest.fixture(scope="module", params=["staging", "prod", *EXAMPLES])
def calls_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Calls:
    """Pairs of a role's documents and the calls that the role makes, by the kind of role; not all have alarms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        declaration = declared(request.param, tmp_path_factory.mktemp("examples"))
    scope = AwsScope("aws", declaration.configuration["aws:region"], ACCOUNT_ID)
    roles = declared_roles(declaration.resources)
    found: Calls = {"scheduler": [], "execution": [], "alarms": []}
    found["alarms"] = [(roles[name], call) for name, call in alarm_calls(declaration.resources, scope)]
    schedules = declared_schedules(declaration.resources, scope)
    assert schedules
    for schedule in schedules:
        wanted = sample_request(schedule)
        store = artifact_store_of(declaration.exports, schedule)
        made = execution_role_calls(wanted, scope=scope, object_uris={}, artifact_store=store)
        for kind, arn, calls in (
            ("scheduler", schedule.role_arn, scheduler_role_calls(schedule, wanted)),
            ("execution", wanted["RoleArn"], made),
        ):
            found[kind] += [(roles[arn.rpartition("/")[2]], call) for call in calls]
    return found


def named_otherwise(service: str, rest: str) -> str:
    """The last part of an ARN with another name: that of a bucket, a log stream, or whatever it ends with."""
    if service == "s3":
        return f"other-{rest}"
    if service == "logs":
        group, mark, stream = rest.partition(":log-stream:")
        return f"{group}{mark}other-{stream}" if stream else "log-group:/aws/lambda/other"
    kind, separator, name = rest.rpartition(":" if service == "states" else "/")
    return f"{kind}{separator}other-{name}"


def neighbours(call: AwsCall) -> Iterator[AwsCall]:
    """Calls that are like one, on something that is another's, or for another purpose."""
    if call.action in OTHER_CONTEXT:
        yield replace(call, context={**call.context, **OTHER_CONTEXT[call.action]})
    yield from (replace(call, action=action) for action in NEVER if call.action != action)
    if call.resource == "*":
        return
    *start, region, account, rest = call.resource.split(":", 5)
    if account:
        yield replace(call, resource=":".join([*start, region, OTHER_ACCOUNT, rest]))
    if region:
        yield replace(call, resource=":".join([*start, "ap-south-2", account, rest]))
    if not rest.startswith("network-interface/"):  # whose ids nobody knows before they exist
        yield replace(call, resource=":".join([*start, region, account, named_otherwise(start[-1], rest)]))
    if start[-1] == "s3" and "/" in rest:
        bucket, _, key = rest.partition("/")
        yield replace(call, resource=":".join([*start, region, account, f"{bucket}/elsewhere/{key}"]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_that_is_needed_is_allowed(calls_of: Calls, kind: str) -> None:
    assert calls_of[kind] or kind == "alarms"
    for role, call in calls_of[kind]:
        assumed = call.service_principal is not None
        answer = judge_trust(call, role.trust) if assumed else judge(call, role.permissions)
        assert answer.allowed, (call, answer.reason)


@pytest.mark.parametrize("kind", KINDS)
def test_its_neighbours_are_denied(calls_of: Calls, kind: str) -> None:
    asked = [(role, call) for role, call in calls_of[kind] if call.service_principal is None]
    beside = {
        (each.action, each.resource, str(each.context)): (role, each)
        for role, call in asked
        for each in neighbours(call)
    }

    allowed = [each for role, each in beside.values() if judge(each, role.permissions).allowed]

    assert allowed == []
    assert len(beside) >= NEIGHBOURS_AT_LEAST or not calls_of[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_action_exists_and_a_star_stands_only_where_nothing_else_is_taken(calls_of: Calls, kind: str) -> None:
    documents = {id(document): document for role, _ in calls_of[kind] for document in role.permissions}
    statements = [statement for document in documents.values() for statement in document.statements]
    assert statements or not calls_of[kind]
    for statement in statements:
        assert set(statement.actions) <= get_all_actions(), "AWS's Service Authorization Reference has them"
        if "*" in statement.resources:
            assert set(statement.actions) <= NAMED, statement


@pytest.mark.parametrize("action", sorted(NAMED))
def test_what_is_named_to_stand_on_a_star_takes_no_resource(action: str) -> None:
    assert kinds_of_resource(action) == []


def kinds_of_resource(action: str) -> list[str]:
    """The types of resource that an action takes beside "*"."""
    service, _, name = action.partition(":")
    (told,) = [
        each for key, each in get_service_prefix_data(service)["privileges"].items() if key.lower() == name.lower()
    ]
    return [kind for kind in told["resource_types"] if kind]
