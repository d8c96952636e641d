"""The pack's own way of serving gives the SDK's answers, message by message."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pulumi_policy.policy as sdk
import pytest
from pulumi.runtime.proto import analyzer_pb2

import serving
from findings import MISSING, UNKNOWN
from pack import NAME, POLICIES
from resources import Resource
from rules import RULES

if TYPE_CHECKING:
    from conftest import Secret, StackUnderTest

Json: TypeAlias = Any
ABOUT = (NAME, "0.0.1", POLICIES, sdk.EnforcementLevel.MANDATORY, *[None] * 7)
EXAMPLES = {
    f"{rule.policy_name} {kind}": example.resources
    for rule in RULES
    for kind, example in (("good", rule.good), ("bad", rule.bad))
}


def servicers() -> tuple[Json, Json]:
    """The SDK's servicer and ours."""
    return getattr(sdk, "_PolicyAnalyzerServicer")(*ABOUT), serving.Servicer(*ABOUT)  # noqa: B009 - private to the SDK


def configured(config: dict[str, tuple[str, dict[str, Json]]]) -> tuple[Json, Json]:
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, (level, properties) in config.items():
        request.policyConfig[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level)
        request.policyConfig[name].properties.update(properties)
    both = servicers()
    for servicer in both:
        servicer.Configure(request, None)
    return both


def requests(resources: list[Resource]) -> tuple[list[Json], Json]:
    conftest = next(m for name, m in sys.modules.items() if name.endswith("conftest") and hasattr(m, "StackUnderTest"))
    stack = []
    for resource in resources:
        message = conftest._request(analyzer_pb2.AnalyzerResource, resource)
        for name, urns in resource.depends_on.items():
            message.propertyDependencies[name].urns.extend(sorted(urns))
        stack.append(message)
    single = [conftest._request(analyzer_pb2.AnalyzeRequest, resource) for resource in resources]
    return single, analyzer_pb2.AnalyzeStackRequest(resources=stack)


def answers(servicer: Json, resources: list[Resource]) -> list[Json]:
    single, stack = requests(resources)
    return [*(servicer.Analyze(request, None) for request in single), servicer.AnalyzeStack(stack, None)]


def assert_same_answers(both: tuple[Json, Json], resources: list[Resource]) -> list[Json]:
    theirs, ours = (answers(servicer, resources) for servicer in both)
    assert ours == theirs
    return [diagnostic for answer in ours for diagnostic in answer.diagnostics]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_the_same_answer(name: str) -> None:
    found = assert_same_answers(servicers(), list(EXAMPLES[name]))
    policy, kind = name.split()
    assert (policy in {diagnostic.policyName for diagnostic in found}) == (kind == "bad")


@pytest.mark.parametrize("path", ["schedule.target", "schedule.target.input", "scheduler_role.name", "bundle.key"])
def test_unknowns_have_the_same_answer(path: str, good_stack: StackUnderTest) -> None:
    assert_same_answers(servicers(), good_stack.set(path, UNKNOWN).resources)


def test_a_secret_and_a_dependency_have_the_same_answer(good_stack: StackUnderTest, secret: type[Secret]) -> None:
    good_stack.set("schedule.target.input.CheckpointConfig", MISSING).set("scheduler_policy.role", UNKNOWN)
    good_stack.depends_on = {"scheduler_policy": {"role": frozenset({good_stack.urn("scheduler_role"), "urn:of:none"})}}
    resources = good_stack.resources
    target = next(r for r in resources if r.name == "schedule").properties["target"]
    target["input"] = secret(target["input"])
    assert {found.policyName for found in assert_same_answers(servicers(), resources)} == {"SG15-spot-checkpoint"}


def test_levels_settings_and_exemptions_have_the_same_answer(good_stack: StackUnderTest) -> None:
    exemption = {"resource": "schedule", "reason": "until the cluster is there", "expires": "2999-12-31"}
    both = configured(
        {
            "SG15-spot-checkpoint": ("ADVISORY", {"exemptions": [exemption]}),
            "SG16-spot-max-wait": ("DISABLED", {}),
            "SG19-dead-letter-queue": ("REMEDIATE", {}),
            "SG20-few-retries": ("ADVISORY", {"maximumRetryAttempts": 1.0}),
            "SG18-cost-caps": ("MANDATORY", {"misspelt": 1}),
        }
    )
    good_stack.set("schedule.target.input.CheckpointConfig", MISSING).set("queue.sqsManagedSseEnabled", False)
    good_stack.set("schedule.target.input.StoppingCondition.MaxWaitTimeInSeconds", 1800)
    found = {(d.policyName, d.enforcementLevel) for d in assert_same_answers(both, good_stack.resources)}
    assert found >= {
        ("SG00-exemptions", analyzer_pb2.ADVISORY),
        ("SG19-dead-letter-queue", analyzer_pb2.MANDATORY),
        ("SG20-few-retries", analyzer_pb2.ADVISORY),
    }
    assert not {name for name, _ in found} & {"SG15-spot-checkpoint", "SG16-spot-max-wait"}


def test_notes_of_the_provider_have_the_same_answer(good_stack: StackUnderTest) -> None:
    resources = good_stack.resources
    target = next(r for r in resources if r.name == "schedule").properties["target"]
    target |= {"__defaults": ["retryPolicy"], "retryPolicy": {"__defaults": [], "__internal": "canary"}}
    role = good_stack.parts["scheduler_role"][1]
    role["assumeRolePolicy"]["Statement"][0]["Principal"]["__defaults"] = ["name"]
    resources.append(Resource("aws:iam/role:Role", "another", "urn:another", role))
    assert [found.policyName for found in assert_same_answers(servicers(), resources)] == ["SG20-few-retries"]


def test_a_setting_that_looks_like_such_a_note_is_a_mistake(good_stack: StackUnderTest) -> None:
    both = configured({"SG20-few-retries": ("MANDATORY", {"__maximumRetryAttempts": 1.0})})
    (found,) = assert_same_answers(both, good_stack.resources)
    assert found.message.splitlines()[1].startswith("config.__maximumRetryAttempts: this rule has no such setting.")


def test_a_resource_is_read_once_for_all_policies_and_not_before_one_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Json] = []
    fields = serving._fields
    monkeypatch.setattr(serving, "_fields", lambda struct: read.append(struct) or fields(struct))
    ours = servicers()[1]
    properties = {"name": "forest", "target": UNKNOWN}
    asked_for, overlooked = (
        requests([Resource(kind, "forest", "urn:forest", properties)])
        for kind in ("aws:scheduler/schedule:Schedule", "aws:s3/bucketObjectv2:BucketObjectv2")
    )
    for single, stack in (overlooked, asked_for):
        ours.Analyze(single[0], None)
        ours.AnalyzeStack(stack, None)
    assert read == [asked_for[0][0].properties, asked_for[1].resources[0].properties]


@pytest.mark.parametrize("level", ["REMEDIATE", "MANDATORY", "DISABLED"])
def test_a_remediation_has_the_same_answer(level: str, good_stack: StackUnderTest) -> None:
    good_stack.set("queue.sqsManagedSseEnabled", False)
    theirs, ours = (
        [servicer.Remediate(request, None) for request in requests(good_stack.resources)[0]]
        for servicer in configured({"SG19-dead-letter-queue": (level, {}), "SG18-cost-caps": (level, {})})
    )
    assert ours == theirs
    assert sum(len(answer.remediations) for answer in ours) == (level == "REMEDIATE")


def test_without_a_policy_that_remediates_no_resource_is_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "deserialize_properties", lambda *_: pytest.fail("the SDK reads the resource"))
    single, _ = requests([Resource("aws:sqs/queue:Queue", "queue", "urn:queue", {"sqsManagedSseEnabled": False})])
    assert servicers()[1].Remediate(single[0], None) == analyzer_pb2.RemediateResponse()


def test_an_sdk_without_the_seam_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sdk, "_PolicyAnalyzerServicer")
    serving.read_each_resource_once()
    assert not hasattr(sdk, "_PolicyAnalyzerServicer")


def test_the_sdk_serves_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "_PolicyAnalyzerServicer", object)
    serving.read_each_resource_once()
    assert getattr(sdk, "_PolicyAnalyzerServicer") is serving.Servicer  # noqa: B009 - private to the SDK
