"""A pack that changes resources, asked over its protocol as the engine asks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal.declaring.program import Declaration, OfflineMocks, declare
from rehearsal.declaring.property_values import UNKNOWN
from rehearsal.declaring.recording_monitor import RegisteredResource
from rehearsal.declaring.stack_configuration import StackConfiguration, read_stack_configuration
from rehearsal.judging.policy_answers import Violation
from rehearsal.judging.policy_pack import PolicyPack, Remedied

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUEUE = "urn:pulumi:staging::fixture::fixture:index:Job$aws:sqs/queue:Queue::dead-letters"
PACK = """
import os

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

QUEUE = "aws:sqs/queue:Queue"


def two_days(args):
    if args.resource_type == QUEUE:
        kept = {name: args.props[name] for name in args.props if name != "sqsManagedSseEnabled"}
        return kept | {"messageRetentionSeconds": 172800}


def doubled(args):
    if args.resource_type == QUEUE:
        args.props["messageRetentionSeconds"] *= 2
        return args.props


def same(args):
    return args.props


def needs_the_document(args):
    if args.resource_type == "aws:iam/rolePolicy:RolePolicy":
        raise UnknownValueError(UNKNOWN_STRING_VALUE, ["policy"])


def seen(args, report):
    if args.resource_type == QUEUE:
        report(f"{int(args.props['messageRetentionSeconds'])} s, encrypted: {'sqsManagedSseEnabled' in args.props}")


def seen_in_the_stack(args, report):
    for resource in args.resources:
        if resource.resource_type == QUEUE:
            seconds = int(resource.props["messageRetentionSeconds"])
            report(f"{seconds} s, encrypted: {'sqsManagedSseEnabled' in resource.props}", resource.urn)


def policy(name, remediate, validate=None):
    return ResourceValidationPolicy(name, f"{name}.", validate, EnforcementLevel.DISABLED, remediate=remediate)


PolicyPack(
    "changing",
    [
        policy("two-days", two_days, seen),
        policy("doubled", doubled),
        policy("same", same),
        policy("needs-the-document", needs_the_document),
        policy("only-judges", None, seen),
        StackValidationPolicy("the-stack", "The stack.", seen_in_the_stack, EnforcementLevel.DISABLED),
    ],
)
"""
WITHOUT_THE_METHOD = """
import pulumi_policy.policy as sdk
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerServicer

sdk._PolicyAnalyzerServicer.Remediate = AnalyzerServicer.Remediate
"""


@pytest.fixture(scope="module")
def declaration() -> Declaration:
    return declare(FIXTURES / "project", "staging", lambda region: OfflineMocks(region=region), preview=True)


@pytest.fixture(scope="module")
def configuration() -> StackConfiguration:
    return read_stack_configuration(FIXTURES / "project", "staging")


@pytest.fixture
def pack_dir(tmp_path: Path) -> Path:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tmp_path / "__main__.py").write_text(PACK)
    return tmp_path


def judged(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration, **levels: str
) -> tuple[Remedied, list[Violation]]:
    path = pack_dir / "levels.json"
    path.write_text(json.dumps({name.replace("_", "-"): level for name, level in levels.items()}))
    with PolicyPack(pack_dir, configuration, preview=True, policy_configuration=path) as pack:
        remedied = pack.remediate(declaration)
        return remedied, list(pack.judge(remedied.declaration))


def queue_of(declaration: Declaration) -> RegisteredResource:
    return next(resource for resource in declaration.resources if resource.urn == QUEUE)


def names(remedied: Remedied) -> list[tuple[str, str, list[str]]]:
    return [(cure.policy, cure.urn, [change.name for change in cure.changes]) for cure in remedied.remediations]


def test_a_change_replaces_the_inputs_for_all_that_comes_after_it(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    levels = {"two_days": "remediate", "doubled": "remediate", "same": "remediate", "the_stack": "advisory"}
    remedied, violations = judged(pack_dir, configuration, declaration, **levels)

    assert names(remedied) == [
        ("two-days", QUEUE, ["messageRetentionSeconds", "sqsManagedSseEnabled"]),
        ("doubled", QUEUE, ["messageRetentionSeconds"]),
    ]
    assert remedied.violations == ()
    before, after = queue_of(declaration), queue_of(remedied.declaration)
    changed = {name: value for name, value in before.inputs.items() if name != "sqsManagedSseEnabled"}
    assert after.inputs == changed | {"messageRetentionSeconds": 345600}
    assert (after.outputs["messageRetentionSeconds"], "sqsManagedSseEnabled" in after.outputs) == (345600, False)
    assert after.raw_outputs["id"] == UNKNOWN
    unchanged = [resource for resource in declaration.resources if resource.urn != QUEUE]
    assert [resource for resource in remedied.declaration.resources if resource.urn != QUEUE] == unchanged
    # What is left is mandatory, though a remediation was made.
    assert [(found.policy, found.enforcement, found.urn, found.message.split("\n")[1]) for found in violations] == [
        ("two-days", "mandatory", QUEUE, "345600 s, encrypted: False"),
        ("the-stack", "advisory", QUEUE, "345600 s, encrypted: False"),
    ]


def test_a_policy_at_another_level_changes_nothing(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    remedied, violations = judged(pack_dir, configuration, declaration, two_days="mandatory", doubled="advisory")

    assert remedied == Remedied(declaration)
    assert [found.message.split("\n")[1] for found in violations] == ["1209600 s, encrypted: True"]


def test_a_policy_that_cannot_change_anything_judges(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    remedied, violations = judged(pack_dir, configuration, declaration, only_judges="remediate")

    assert remedied == Remedied(declaration)
    assert [(found.policy, found.enforcement) for found in violations] == [("only-judges", "mandatory")]


def test_a_policy_that_needs_an_unknown_is_an_advisory_violation(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    remedied, violations = judged(pack_dir, configuration, declaration, needs_the_document="remediate")

    assert remedied.remediations == ()
    assert remedied.declaration == declaration
    assert violations == []
    assert remedied.violations == (
        Violation(
            policy="needs-the-document",
            enforcement="advisory",
            message=(
                "can't run remediation 'needs-the-document' from policy pack 'changing@v0.0.1' during preview: string "
                "value at .policy can't be known during preview"
            ),
            urn=QUEUE.replace("aws:sqs/queue:Queue::dead-letters", "aws:iam/rolePolicy:RolePolicy::scheduler-policy"),
            description="needs-the-document.",
            pack="changing",
        ),
    )


def test_a_pack_that_does_not_know_remediations_changes_nothing(
    pack_dir: Path, configuration: StackConfiguration, declaration: Declaration
) -> None:
    (pack_dir / "__main__.py").write_text(WITHOUT_THE_METHOD + PACK)
    remedied, violations = judged(pack_dir, configuration, declaration, two_days="remediate")

    assert remedied == Remedied(declaration)
    assert [found.message.split("\n")[1] for found in violations] == ["1209600 s, encrypted: True"]
