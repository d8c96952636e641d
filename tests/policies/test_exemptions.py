"""Exemptions are shown while they count, and stop counting when they expire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from findings import MISSING

if TYPE_CHECKING:
    from conftest import Pack, StackUnderTest

COUNT = "target.input.ResourceConfig.InstanceCount"
EXEMPTION = {"resource": "schedule", "reason": "backfill agreed with finance", "expires": "2999-12-31"}
FAULT = f"{COUNT} is 9: more than the 4 allowed here"


@pytest.fixture
def large_job(good_stack: StackUnderTest) -> StackUnderTest:
    return good_stack.set(f"schedule.{COUNT}", 9)


def judged(pack: Pack, stack: StackUnderTest, *exemptions: dict[str, Any]) -> list[tuple[str, str, str]]:
    pack.configure({"SG18-cost-caps": {"exemptions": list(exemptions)}})
    found = [diagnostic for resource in stack.resources for diagnostic in pack.analyze(resource)]
    return [(d.policy, d.level, d.message.splitlines()[1]) for d in found]


def test_an_exemption_silences_the_rule_and_is_shown(pack: Pack, large_job: StackUnderTest) -> None:
    assert judged(pack, large_job, EXEMPTION) == [
        (
            "SG00-exemptions",
            "advisory",
            f"{COUNT} is 9: exempt from SG18 until 2999-12-31 (backfill agreed with finance): more than the 4 allowed "
            "here. Cure: before then, lower it to at most 4.",
        )
    ]


def test_an_expired_exemption_no_longer_counts(pack: Pack, large_job: StackUnderTest) -> None:
    expired = {**EXEMPTION, "expires": "2020-02-29"}
    assert judged(pack, large_job, expired) == [
        (
            "SG18-cost-caps",
            "mandatory",
            f"{FAULT} (its exemption expired on 2020-02-29). Cure: lower it to at most 4.",
        )
    ]


@pytest.mark.parametrize(
    "other", [{"resource": "queue"}, {"resource": "sched"}, {"path": "target.input.ResourceConfig.VolumeSizeInGB"}]
)
def test_an_exemption_of_something_else_does_not_count(
    other: dict[str, str], pack: Pack, large_job: StackUnderTest
) -> None:
    assert judged(pack, large_job, {**EXEMPTION, **other}) == [
        ("SG18-cost-caps", "mandatory", f"{FAULT}. Cure: lower it to at most 4.")
    ]


@pytest.mark.parametrize("way", ["urn", "path"])
def test_an_exemption_may_name_the_urn_or_one_path(way: str, pack: Pack, large_job: StackUnderTest) -> None:
    narrow = {"urn": {"resource": large_job.urn("schedule")}, "path": {"path": COUNT}}[way]
    assert [policy for policy, *_ in judged(pack, large_job, {**EXEMPTION, **narrow})] == ["SG00-exemptions"]


def test_an_exemption_of_one_path_leaves_the_others(pack: Pack, large_job: StackUnderTest) -> None:
    large_job.set("schedule.target.input.ResourceConfig.VolumeSizeInGB", 500)
    found = judged(pack, large_job, {**EXEMPTION, "path": COUNT})
    assert [(policy, level) for policy, level, _ in found] == [
        ("SG18-cost-caps", "mandatory"),
        ("SG00-exemptions", "advisory"),
    ]


def test_the_next_resource_knows_nothing_of_an_exemption_before_it(pack: Pack, large_job: StackUnderTest) -> None:
    judged(pack, large_job, EXEMPTION)
    queue = large_job.resources[1]
    assert [pack.analyze(queue) for _ in range(8)] == [[]] * 8


def test_a_finding_about_the_stack_can_be_exempt_too(pack: Pack, good_stack: StackUnderTest) -> None:
    good_stack.set("scheduler_policy.policy.Statement.1.Condition", MISSING)
    exemption = {**EXEMPTION, "resource": "scheduler_policy"}
    pack.configure({"SG06-own-training-jobs-only": {"exemptions": [exemption]}})
    assert [(d.policy, d.level, d.urn) for d in pack.analyze_stack(good_stack.resources)] == [
        ("SG00-exemptions-of-the-stack", "advisory", good_stack.urn("scheduler_policy"))
    ]
