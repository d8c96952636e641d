"""Settings of the rules: every cap and list counts, every mistake is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from check_configuration import file_mistakes, main
from configuration import EXEMPTIONS, mistakes
from findings import UNKNOWN
from rule import Level
from rule_settings import settings_schema
from rules import RULES

if TYPE_CHECKING:
    from conftest import Judge, Pack, StackUnderTest

pytestmark = pytest.mark.slow

POLICIES = Path(__file__).parents[2] / "policies"
JOB = "schedule.target.input."


@pytest.mark.parametrize(("name", "index"), [("staging", 0), ("prod", 1)])
def test_a_stacks_file_gives_every_rule_its_level(name: str, index: int) -> None:
    config = json.loads((POLICIES / f"{name}.json").read_text())
    levels = {
        policy: entry if isinstance(entry, str) else entry["enforcementLevel"] for policy, entry in config.items()
    }
    assert levels == {rule.policy_name: rule.levels[index].value for rule in RULES}
    assert list(file_mistakes(config)) == []


def test_without_a_file_the_levels_are_those_of_prod(pack: Pack) -> None:
    prod = {rule.policy_name: int(rule.levels[1] is Level.MANDATORY) for rule in RULES}
    assert {p.name: p.enforcementLevel for p in pack.info().policies if not p.name.startswith("SG00")} == prod


@pytest.mark.parametrize(
    ("policy", "given", "change", "found"),
    [
        (
            "SG03-star-only-where-needed",
            {"alsoOnlyStar": ["new:Action"]},
            ("execution_policy.policy.Statement.3.Action", "new:action"),
            0,
        ),
        ("SG04-pass-one-role", {"services": ["ecs-tasks.amazonaws.com"]}, ("queue.name", "q"), 1),
        (
            "SG05-scheduler-role-short-list",
            {"alsoAllowed": ["sqs:PurgeQueue"]},
            ("scheduler_policy.policy.Statement.3.Action.+", "sqs:PurgeQueue"),
            0,
        ),
        (
            "SG09-no-broad-managed-policies",
            {"allowed": ["AmazonS3ReadOnlyAccess"]},
            ("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
            0,
        ),
        (
            "SG09-no-broad-managed-policies",
            {"broad": ["*"]},
            ("execution_role.managedPolicyArns", ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]),
            1,
        ),
        (
            "SG10-declared-buckets",
            {"buckets": ["elsewhere"]},
            ("execution_policy.policy.Statement.0.Resource.+", "arn:aws:s3:::elsewhere/a/*"),
            0,
        ),
        ("SG14-spot-used", {"reasonTag": "stack"}, (f"{JOB}EnableManagedSpotTraining", False), 0),
        ("SG16-spot-max-wait", {"maxWaitTimeInSeconds": 7199.0}, ("queue.name", "q"), 1),
        ("SG18-cost-caps", {"maxRuntimeInSeconds": 3599.0}, ("queue.name", "q"), 1),
        ("SG18-cost-caps", {"maxInstanceCount": 0.0}, ("queue.name", "q"), 1),
        ("SG18-cost-caps", {"maxVolumeSizeInGB": 29.0}, ("queue.name", "q"), 1),
        ("SG18-cost-caps", {"instanceTypes": ["ml.p5.*"]}, (f"{JOB}ResourceConfig.InstanceType", "ml.p5.48xlarge"), 0),
        (
            "SG18-cost-caps",
            {"maxKeepAlivePeriodInSeconds": 600.0},
            (f"{JOB}ResourceConfig.KeepAlivePeriodInSeconds", 600),
            0,
        ),
        ("SG20-few-retries", {"maximumRetryAttempts": 1.0}, ("queue.name", "q"), 1),
        ("SG22-customer-keys", {"familiesWithLocalStorage": ["m5"]}, (f"{JOB}OutputDataConfig.KmsKeyId", ""), 1),
        ("SG24-no-secrets", {"harmlessNames": ["csrf_token"]}, (f"{JOB}HyperParameters.csrf_token", "x"), 0),
        ("SG24-no-secrets", {"secretNames": ["*_PIN"]}, (f"{JOB}Environment.DOOR_PIN", "1234"), 1),
        ("SG27-tags-and-image", {"tags": ["stack", "team"]}, ("queue.name", "q"), 1),
        ("SG27-tags-and-image", {"movingTags": ["1.9-0-cpu-py3"]}, ("queue.name", "q"), 1),
    ],
)
def test_a_setting_counts(  # noqa: PLR0917 -- a table's columns and the fixtures
    policy: str, given: dict[str, Any], change: tuple[str, Any], found: int, pack: Pack, good_stack: StackUnderTest
) -> None:
    pack.configure({policy: given})
    good_stack.set(*change)
    diagnostics = [d for resource in good_stack.resources for d in pack.analyze(resource)]
    diagnostics += pack.analyze_stack(good_stack.resources)
    # What the job is, and what its role may start, are two findings of one cap.
    own = [d for d in diagnostics if d.policy == policy]
    about = [d for d in own if policy != "SG18-cost-caps" or "].Condition" not in d.message]
    assert [d.policy for d in about] == [policy] * found


def test_what_is_declared_unrelated_is_left_alone_and_said_so(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set("execution_policy.policy.Statement.0.Action", "s3:*")
    pack.configure({"SG02-no-wildcard-actions": {"unrelated": ["exec*"]}})
    policy = next(resource for resource in good_stack.resources if resource.name == "execution_policy")
    assert [d for d in pack.analyze(policy) if d.policy == "SG02-no-wildcard-actions"] == []
    reason = pack.not_applicable(policy)["SG02-no-wildcard-actions"]
    assert reason == "the configuration declares it unrelated to training"


def test_a_schedule_of_an_unknown_target_can_be_unrelated(pack: Pack, good_stack: StackUnderTest) -> None:
    schedule = good_stack.set("schedule.target.arn", UNKNOWN).set("schedule.target.input", UNKNOWN).resources[-1]
    pack.configure({"SG01-known-at-preview": {"unrelated": ["another"]}})
    assert [found.policy for found in pack.analyze(schedule)] == ["SG01-known-at-preview"]
    pack.configure({"SG01-known-at-preview": {"unrelated": ["sched*"]}})
    assert pack.analyze(schedule) == []
    reason = pack.not_applicable(schedule)["SG01-known-at-preview"]
    assert reason == "the configuration declares it unrelated to training"


def test_a_schedule_of_training_jobs_is_never_unrelated(pack: Pack, good_stack: StackUnderTest) -> None:
    pack.configure({"SG01-known-at-preview": {"unrelated": ["*"]}})
    good_stack.set("schedule.target.input", UNKNOWN)
    schedule = next(resource for resource in good_stack.resources if resource.name == "schedule")
    assert [d.policy for d in pack.analyze(schedule)] == ["SG01-known-at-preview"]


def test_every_setting_of_every_rule_has_a_test_above() -> None:
    tested = {(case[0], name) for case in test_a_setting_counts.pytestmark[0].args[1] for name in case[1]}
    assert {(rule.policy_name, name) for rule in RULES for name in rule.config} == tested


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.policy_name)
def test_the_defaults_fit_their_own_schema(rule: Any, findings_of: Judge) -> None:  # noqa: ANN401 -- either kind of rule
    schema = settings_schema(rule)
    assert mistakes(schema, {name: entry["default"] for name, entry in schema.items()}) == []
    assert all(entry["description"] for entry in schema.values())


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"maxInstanceCount": "four"},
            'config.maxInstanceCount is "four": the setting must be of type integer. Cure: correct the policy pack\'s '
            "configuration file.",
        ),
        (
            {"maxInstanceCount": -1},
            "config.maxInstanceCount is -1: the setting must be at least 0. Cure: correct the policy pack's "
            "configuration file.",
        ),
        (
            {"instanceTypes": ["m5.large"]},
            'config.instanceTypes[0] is "m5.large": the setting must match ^ml\\.. Cure: correct the policy pack\'s '
            "configuration file.",
        ),
        (
            {"instanceTypes": []},
            "config.instanceTypes is []: the setting must have at least 1 item. Cure: correct the policy pack's "
            "configuration file.",
        ),
        (
            {"exemptions": [{"resource": "schedule", "reason": "long enough", "expires": "2999-02-30"}]},
            'config.exemptions[0].expires is "2999-02-30": the setting must be a day that there is. Cure: correct the '
            "policy pack's configuration file.",
        ),
        (
            {"maxInstances": 4},
            "config.maxInstances: this rule has no such setting. Cure: use one of: exemptions, instanceTypes, "
            "maxInstanceCount, maxKeepAlivePeriodInSeconds, maxRuntimeInSeconds, maxVolumeSizeInGB, unrelated.",
        ),
        (
            {"exemptions": [{"resource": "schedule", "expires": "2999-01-01"}]},
            "config.exemptions[0].reason: the setting is required. Cure: add it.",
        ),
        (
            {"exemptions": [{"resource": "schedule", "reason": "no", "expires": "2999-01-01"}]},
            'config.exemptions[0].reason is "no": the setting must have at least 10 characters. Cure: correct the '
            "policy pack's configuration file.",
        ),
        (
            {"exemptions": [{"resource": "schedule", "reason": "long enough", "expires": "next year"}]},
            f'config.exemptions[0].expires is "next year": the setting must match '
            f"{EXEMPTIONS['items']['properties']['expires']['pattern']}. Cure: correct the policy pack's configuration "
            "file.",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_a_violation_that_names_it(
    given: dict[str, Any], line: str, pack: Pack, good_stack: StackUnderTest
) -> None:
    pack.configure({"SG18-cost-caps": given})
    schedules = [resource for resource in good_stack.resources if resource.type.endswith(":Schedule")]
    found = [d for resource in schedules for d in pack.analyze(resource)]
    assert [(d.policy, d.level, d.message.splitlines()[1]) for d in found] == [("SG18-cost-caps", "mandatory", line)]


def test_a_mistake_in_the_settings_of_a_stack_rule_is_reported_once(pack: Pack, good_stack: StackUnderTest) -> None:
    pack.configure({"SG10-declared-buckets": {"bucket": ["a"]}})
    (found,) = pack.analyze_stack(good_stack.resources)
    assert found.message.splitlines()[1] == (
        "config.bucket: this rule has no such setting. Cure: use one of: buckets, exemptions."
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[]", "config: not a JSON object. Cure: write {POLICY: LEVEL or {SETTINGS}}."),
        ("{", "config: cannot be read: "),
        (
            '{"SG15-spot-checkpiont": "advisory"}',
            "config.SG15-spot-checkpiont: the pack has no such policy. Cure: use one of: SG01",
        ),
        (
            '{"SG15-spot-checkpoint": "optional"}',
            "config.SG15-spot-checkpoint.enforcementLevel: the setting must be one of: advisory, disabled, mandatory, "
            "remediate. Cure: correct the policy pack's configuration file.",
        ),
        (
            '{"SG15-spot-checkpoint": 3}',
            "config.SG15-spot-checkpoint: neither a level nor settings. Cure: use one of: ",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(
    content: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)
    assert main([str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"{file}: {line}")


def test_levels_for_all_and_environments_are_no_mistakes() -> None:
    assert list(file_mistakes({"all": "advisory", "environments": ["ml/prod"], "SG00-exemptions": "disabled"})) == []


def test_a_good_file_is_taken_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(POLICIES / "staging.json"), str(POLICIES / "prod.json")]) == 0
    assert capsys.readouterr() == ("", "")
