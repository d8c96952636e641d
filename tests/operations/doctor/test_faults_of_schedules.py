"""Each fault alone: schedules, what has become of their invocations, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operations.doctor.diagnosis import findings
from operations.doctor.facts import DeadLetters, Deployed
from tests.operations.doctor.healthy import (
    ARN,
    DUE,
    HEALTHY,
    JOB_OF_STACK,
    NOW,
    PREFIX,
    RUN,
    SCHEDULE,
    only_finding,
    with_deployed,
    with_job,
    with_schedule,
)


def test_a_schedule_that_is_not_there_blocks() -> None:
    found = only_finding(with_schedule(deployed=None))

    assert (found.check, found.subject, found.blocks) == ("schedule-missing", PREFIX, True)


def test_a_schedule_that_somebody_disabled_blocks() -> None:
    found = only_finding(with_deployed(state="DISABLED"))

    assert (found.check, found.what, found.blocks) == (
        "schedule-disabled",
        "the stack declares ENABLED, and it is DISABLED",
        True,
    )


def test_a_schedule_that_the_stack_itself_declares_as_disabled_is_well() -> None:
    declared = JOB_OF_STACK.model_copy(update={"schedule_state": "DISABLED"})
    deployed = Deployed(replace(SCHEDULE, state="DISABLED"))

    assert findings(with_schedule(declared=declared, deployed=deployed)) == []


def test_a_schedule_that_somebody_enabled_is_told() -> None:
    found = only_finding(with_schedule(declared=JOB_OF_STACK.model_copy(update={"schedule_state": "DISABLED"})))

    assert (found.check, found.blocks) == ("schedule-enabled", False)


def test_a_schedule_with_another_input_than_declared_is_told() -> None:
    found = only_finding(with_deployed(target_input='{"TrainingJobName": "by hand"}'))

    assert (found.check, found.subject, found.blocks) == ("schedule-changed", PREFIX, False)


@pytest.mark.parametrize(
    "over", [{"expression": "at(2026-01-01T00:00:00)"}, {"end_date": "2026-11-27T04:00:00Z"}], ids=["at", "end"]
)
def test_a_schedule_that_is_never_due_again_blocks(over: dict[str, Any]) -> None:
    found = only_finding(with_deployed(**over))

    assert (found.check, found.blocks) == ("never-due", True)


def test_a_time_zone_that_this_machine_does_not_know_is_told() -> None:
    found = only_finding(with_deployed(time_zone="Mars/Olympus"))

    assert (found.check, found.what) == ("time-zone", "cron(0 3 * * ? *) in Mars/Olympus cannot be read here")


def test_two_stacks_with_one_name_prefix_are_told_with_the_other_one() -> None:
    found = only_finding(with_job(group_tags={"stack": "prod-eu"}))

    assert (found.check, found.blocks) == ("name-prefix", True)
    assert found.what == f"the schedule group {PREFIX} is tagged as one of stack prod-eu, not of prod"


def test_a_dead_letter_is_told_with_what_it_says() -> None:
    found = only_finding(with_job(dead_letters=DeadLetters(1, ("AccessDeniedException: may not iam:PassRole",))))

    assert (found.check, found.blocks) == ("dead-letters", False)
    assert found.what == "1 invocation waits: AccessDeniedException: may not iam:PassRole"


def test_a_queue_that_is_gone_is_told() -> None:
    assert only_finding(with_job(dead_letters=None)).check == "dead-letter-queue-missing"


def test_a_job_that_failed_is_told_with_its_reason() -> None:
    failed = replace(RUN, status="Failed", secondary_status="Failed", reason="AlgorithmError: no column diagnosis")

    found = only_finding(with_job(runs=(failed,)))

    assert (found.check, found.what) == ("run-failed", f"{RUN.name}: AlgorithmError: no column diagnosis")


def test_a_job_that_was_stopped_at_its_limit_is_told() -> None:
    stopped = replace(RUN, status="Stopped", secondary_status="MaxRuntimeExceeded")

    found = only_finding(with_job(runs=(stopped,)))

    assert (found.check, found.what) == ("run-stopped-at-limit", f"{RUN.name}: MaxRuntimeExceeded")


@pytest.mark.parametrize(
    "runs",
    [
        (replace(RUN, status="Stopped", secondary_status="Stopped"),),
        (replace(RUN, status="InProgress", secondary_status="Training"),),
        (RUN, replace(RUN, status="Failed", reason="long ago")),
    ],
    ids=["somebody stopped it", "it runs", "one has completed since"],
)
def test_a_last_run_that_is_none_of_these_is_no_finding(runs: Any) -> None:  # noqa: ANN401 - of Run
    assert findings(with_job(runs=runs)) == []


@pytest.mark.parametrize(
    "runs",
    [(), (replace(RUN, created=DUE - timedelta(days=1)),), (replace(RUN, schedule_arn=f"{ARN}.weekly"),)],
    ids=["none at all", "of the day before", "of another schedule"],
)
def test_a_run_that_did_not_come_is_told_with_its_time(runs: Any) -> None:  # noqa: ANN401 - of Run
    found = only_finding(with_job(runs=runs))

    assert (found.check, found.subject, found.blocks) == ("run-missed", PREFIX, False)
    assert found.what == "it was due at 2026-11-27 03:00 UTC, and no training job has come since"


@pytest.mark.parametrize(
    "facts",
    [
        replace(with_job(runs=()), now=DUE + timedelta(minutes=10)),
        with_job(runs=(), schedules={"": replace(HEALTHY.jobs[0].schedules[""], deployed=Deployed(SCHEDULE, NOW))}),
        with_job(runs=(), schedules={"": replace(HEALTHY.jobs[0].schedules[""], last_due=None)}),
    ],
    ids=["it may still come", "the schedule was changed since", "it was never due"],
)
def test_a_run_that_need_not_have_come_is_no_finding(facts: Any) -> None:  # noqa: ANN401 - of Facts
    assert findings(facts) == []
