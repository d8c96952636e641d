"""The pack as its own process, asked over gRPC as the engine asks it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from findings import MISSING, UNKNOWN, parse
from rules import RULES

if TYPE_CHECKING:
    from conftest import Pack, Secret, StackUnderTest

pytestmark = pytest.mark.slow

POLICIES = Path(__file__).parents[2] / "policies"
JOB = "schedule.target.input."
Json: TypeAlias = Any


def messages(pack: Pack, stack: StackUnderTest) -> list[str]:
    return [
        *(f"{d.policy} {d.level} {d.message}" for resource in stack.resources for d in pack.analyze(resource)),
        *(f"{d.policy} {d.level} {d.message}" for d in pack.analyze_stack(stack.resources)),
    ]


@pytest.mark.parametrize("configuration", ["staging.json", "prod.json"])
def test_the_good_stack_has_no_violation(configuration: str, pack: Pack, good_stack: StackUnderTest) -> None:
    pack.configure(json.loads((POLICIES / configuration).read_text()))
    assert messages(pack, good_stack) == []


def test_a_violation_is_the_description_and_one_line(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set(f"{JOB}StoppingCondition.MaxWaitTimeInSeconds", 1800)
    assert messages(pack, good_stack) == [
        "SG16-spot-max-wait mandatory "
        "A job with managed spot training needs MaxWaitTimeInSeconds, at least MaxRuntimeInSeconds and capped.\n"
        "target.input.StoppingCondition.MaxWaitTimeInSeconds is 1800: shorter than MaxRuntimeInSeconds (3600), which "
        "SageMaker rejects. Cure: raise it to at least 3600."
    ]


def test_a_violation_of_the_stack_names_its_resource(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set("scheduler_policy.policy.Statement.3.Action.+", "sqs:PurgeQueue")
    (diagnostic,) = pack.analyze_stack(good_stack.resources)
    assert (diagnostic.policy, diagnostic.urn) == (
        "SG05-scheduler-role-short-list",
        good_stack.urn("scheduler_policy"),
    )


def test_an_unknown_job_is_one_mandatory_violation_and_no_advisory_note(pack: Pack, good_stack: StackUnderTest) -> None:
    assert messages(pack, good_stack.set("schedule.target.input", UNKNOWN)) == [
        "SG01-known-at-preview mandatory "
        "The training job and the policy documents must be known at preview: an unknown switches rules off.\n"
        "target.input is unknown: no rule can judge it, and an unknown never passes. Cure: build it from values that "
        "are known before the deployment, such as account id, region and names."
    ]


@pytest.mark.parametrize(
    "path",
    [
        "schedule.target",
        "schedule.target.arn",
        "schedule.target.roleArn",
        "schedule.target.retryPolicy",
        "schedule.target.deadLetterConfig",
        "schedule.scheduleExpression",
        "schedule.flexibleTimeWindow",
        "queue.sqsManagedSseEnabled",
        "scheduler_role.name",
        "scheduler_role.assumeRolePolicy",
        "scheduler_role.inlinePolicies",
        "scheduler_role.managedPolicyArns",
        "scheduler_policy.role",
        "scheduler_policy.policy",
        "bundle.key",
    ],
)
def test_no_unknown_makes_the_sdk_switch_a_rule_off(path: str, pack: Pack, good_stack: StackUnderTest) -> None:
    assert [line for line in messages(pack, good_stack.set(path, UNKNOWN)) if "can't run policy" in line] == []


def test_a_role_known_by_dependency_only_is_judged(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set("scheduler_role.name", UNKNOWN).set("scheduler_policy.role", UNKNOWN)
    good_stack.set("schedule.target.roleArn", UNKNOWN).set("scheduler_policy.policy.Statement.3.Resource", "*")
    good_stack.set("scheduler_policy.policy.Statement.3.Action", ["sqs:SendMessage", "sqs:PurgeQueue"])
    role = frozenset({good_stack.urn("scheduler_role")})
    good_stack.depends_on = {
        "scheduler_policy": {"role": role},
        "schedule": {"target": role | {good_stack.urn("execution_role"), good_stack.urn("queue")}},
    }
    found = [d.message.splitlines()[1] for d in pack.analyze_stack(good_stack.resources)]
    assert found == [
        'policy.Statement[3].Action[1] is "sqs:PurgeQueue": the scheduler role needs no such permission to start the '
        "training job. Cure: take it out; the training code's permissions belong to the execution role."
    ]


def test_a_job_marked_secret_is_judged_like_any_other(
    pack: Pack, good_stack: StackUnderTest, secret: type[Secret]
) -> None:
    schedule = next(
        resource
        for resource in good_stack.set(f"{JOB}CheckpointConfig", MISSING).resources
        if resource.name == "schedule"
    )
    target = dict(schedule.properties["target"])
    schedule.properties["target"] = {**target, "input": secret(target["input"])}  # type: ignore[index] -- a dict here
    assert [d.policy for d in pack.analyze(schedule)] == ["SG15-spot-checkpoint"]


@pytest.mark.parametrize("form", ["text", "object"])
@pytest.mark.parametrize("fault", ["", "schedule.target.retryPolicy", "schedule.target.deadLetterConfig"])
def test_what_the_provider_notes_in_the_inputs_changes_no_finding(
    form: str, fault: str, pack: Pack, good_stack: StackUnderTest
) -> None:
    if fault:
        good_stack.set(fault, {})
    bare = {
        resource.name: resource.properties if form == "text" else good_stack.parts[resource.name][1]
        for resource in good_stack.resources
    }
    noted, without = (
        [type(r)(r.type, r.name, r.urn, properties[r.name], r.depends_on) for r in good_stack.resources]
        for properties in (noted_by_the_provider(bare), bare)
    )
    found = [[d for r in resources for d in pack.analyze(r)] for resources in (noted, without)]
    assert found[0] == found[1]
    # A request that is no text is a fault by itself.
    assert bool(found[1]) == bool(fault or form == "object")
    assert pack.analyze_stack(noted) == pack.analyze_stack(without)


def noted_by_the_provider(value: Json) -> Json:
    """Inputs with the notes that bridged providers leave in every object, nested ones included."""
    if isinstance(value, dict):
        notes = {"__defaults": ["name"], "__internal": "canary"}
        return notes | {name: noted_by_the_provider(item) for name, item in value.items()}
    return [noted_by_the_provider(item) for item in value] if isinstance(value, list) else value


def test_a_name_of_the_job_that_looks_like_such_a_note_is_judged(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set(f"{JOB}Environment.__PASSWORD", "canary")
    assert [line.split()[0] for line in messages(pack, good_stack)] == ["SG24-no-secrets"]


@pytest.mark.parametrize("place", ["Environment", "HyperParameters", "Tags", "TrainingJobName", "ResourceConfig"])
def test_no_message_shows_a_secret_of_the_job(place: str, pack: Pack, good_stack: StackUnderTest) -> None:
    canary = "postgres://me:canary-4711@db.example/ml"
    if place in {"Environment", "HyperParameters"}:
        good_stack.set(f"{JOB}{place}.DB_PASSWORD", canary).set(f"{JOB}{place}.harmless", canary)
    else:
        # Break everything else, with the secret where secrets belong: nothing may drag it into a message.
        good_stack.set(f"{JOB}Environment.API_KEY", canary).set(f"{JOB}{place}", MISSING)
    found = messages(pack, good_stack)
    assert [line for line in found if "canary" in line] == []
    assert [line for line in found if "SG24" in line] != []


def test_every_message_can_be_read_back(pack: Pack, good_stack: StackUnderTest) -> None:
    for path in ("CheckpointConfig", "VpcConfig", "Tags", "OutputDataConfig.KmsKeyId", "StoppingCondition"):
        good_stack.set(f"{JOB}{path}", MISSING)
    good_stack.set("execution_policy.policy.Statement.0.Resource", ["*", "arn:aws:s3:::a b/*"])
    lines = [message.splitlines()[1] for message in messages(pack, good_stack)]
    assert len(lines) > 8
    assert [parse(line).line() for line in lines] == lines


def test_what_is_not_judged_says_why(pack: Pack, good_stack: StackUnderTest) -> None:
    queue = good_stack.resources[1]
    reasons = pack.not_applicable(queue)
    assert reasons["SG15-spot-checkpoint"] == "the rule does not look at aws:sqs/queue:Queue"
    assert reasons["SG00-exemptions"] == "no exemption covers anything here"


def test_the_pack_describes_every_rule(pack: Pack) -> None:
    described = {policy.name: policy for policy in pack.info().policies}
    assert set(described) == {rule.policy_name for rule in RULES} | {"SG00-exemptions", "SG00-exemptions-of-the-stack"}
    for rule in RULES:
        policy = described[rule.policy_name]
        assert (policy.displayName, policy.description, policy.url) == (rule.title, rule.description, rule.url)
        assert (policy.framework.name, policy.framework.specification) == (
            rule.reference.framework,
            rule.reference.specification,
        )
        assert policy.remediation_steps == rule.cure
        assert policy.severity > 0
        assert "exemptions" in policy.configSchema.properties


def test_the_pack_starts_the_way_the_engine_starts_it() -> None:
    arguments = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(POLICIES)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=POLICIES) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        process.kill()
    assert 0 < port < 65536
