"""Each fault alone: schedules, what has become of their invocations, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operations.doctor.diagnosis import findings
from operations.doctor.facts import DeadLetters, Deployed, Facts
from operations.jobs.history import History, JobRun
from tests.operations.doctor.healthy import (
    ARN,
    DUE,
    JOB_OF_STACK,
    NOW,
    PREFIX,
    RUN,
    SCHEDULE,
    only_finding,
    with_deployed,
    with_job,
    with_runs,
    with_schedule,
)


def without_runs(facts: Facts) -> Facts:
    return replace(facts, jobs=(replace(facts.jobs[0], runs=History(PREFIX)),))


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


def test_a_schedule_with_an_input_that_is_no_request_blocks_and_is_not_told_as_changed_as_well() -> None:
    faults = tuple(f"fault {number}" for number in range(5))
    facts = with_schedule(input_faults=faults, deployed=Deployed(replace(SCHEDULE, target_input="no JSON")))

    found = only_finding(facts)

    assert (found.check, found.subject, found.blocks) == ("schedule-input", PREFIX, True)
    assert found.what == "SageMaker would refuse its deployed input: fault 0; fault 1; fault 2; and 2 more"


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
    failed = replace(
        RUN, status="Failed", secondary_status="Failed", failure_reason="AlgorithmError: no column diagnosis"
    )

    found = only_finding(with_runs(failed))

    assert (found.check, found.what) == ("run-failed", f"{RUN.name}: no column diagnosis")


def test_a_job_that_was_stopped_at_its_limit_is_told() -> None:
    stopped = replace(RUN, status="Stopped", secondary_status="MaxRuntimeExceeded", max_runtime_seconds=3600)

    found = only_finding(with_runs(stopped))

    assert found.check == "run-stopped-at-limit"
    assert found.what.startswith(f"{RUN.name}: it was stopped at its limit of 1 h: raise stopping_condition")


@pytest.mark.parametrize(
    "runs",
    [
        (replace(RUN, status="Stopped", secondary_status="Stopped"),),
        (replace(RUN, status="InProgress", secondary_status="Training"),),
        (RUN, replace(RUN, status="Failed", failure_reason="long ago")),
    ],
    ids=["somebody stopped it", "it runs", "one has completed since"],
)
def test_a_last_run_that_is_none_of_these_is_no_finding(runs: tuple[JobRun, ...]) -> None:
    assert findings(with_runs(*runs)) == []


OF_THE_DAY_BEFORE = replace(RUN, scheduled_time="2026-11-26T03:00:00Z", created=DUE - timedelta(days=1))


@pytest.mark.parametrize(
    "runs",
    [(), (OF_THE_DAY_BEFORE,), (replace(RUN, schedule_arn=f"{ARN}.weekly"),)],
    ids=["none at all", "of the day before", "of another schedule"],
)
def test_a_run_that_did_not_come_is_told_with_its_time(runs: tuple[JobRun, ...]) -> None:
    found = only_finding(with_runs(*runs))

    assert (found.check, found.subject, found.blocks) == ("run-missed", PREFIX, False)
    assert found.what == "it was due at 2026-11-27 03:00 UTC, and no training job has come of it"


@pytest.mark.parametrize(
    "facts",
    [
        replace(with_runs(OF_THE_DAY_BEFORE), now=DUE + timedelta(minutes=3)),
        without_runs(with_schedule(deployed=Deployed(SCHEDULE, NOW))),
        without_runs(with_deployed(expression="rate(1 day)")),
        with_runs(replace(OF_THE_DAY_BEFORE, created=NOW), is_whole=False),
    ],
    ids=["it may still come", "the schedule was changed since", "AWS alone knows its times", "not all jobs were read"],
)
def test_a_run_that_need_not_have_come_is_no_finding(facts: Facts) -> None:
    assert findings(facts) == []
