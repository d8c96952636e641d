"""What each step of a first flight comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from operations.costs.price_table import Price
from operations.costs.run_cost import longest_run_cost
from operations.doctor.finding import Finding, Unseen
from operations.jobs.history import JobRun
from operations.jobs.model_versions import StandingVersion
from operations.verifying.price import most, question
from operations.verifying.steps import (
    Outcome,
    Step,
    artifact_step,
    delivery_step,
    doctor_step,
    has_passed,
    interruption_step,
    run_step,
    untracked_delivery_step,
    version_step,
)

CREATED = datetime(2026, 11, 27, 3, tzinfo=UTC)
MODEL = "s3://bucket/outputs/churn-1/output/model.tar.gz"
RUN = JobRun(
    "churn-1",
    "Completed",
    "Completed",
    CREATED,
    training_seconds=60,
    model_artifact=MODEL,
    environment={"REGISTERED_MODEL_NAME": "churn"},
)
SECOND = replace(RUN, name="churn-2")
FAILED = replace(
    SECOND, status="Failed", secondary_status="Failed", failure_reason="AlgorithmError: no column diagnosis"
)
VERSION = StandingVersion("churn", "3", ("champion",), "churn-1", "champion: it keeps all limits")
BLOCKS = Finding("quota", "ml.m5.large", "the quota is 0", "ask for more", blocks=True)
ADVISES = replace(BLOCKS, check="dead-letters", blocks=False)
PASSED, FAULT, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED


@pytest.mark.parametrize(
    ("step", "outcome", "said"),
    [
        (
            doctor_step([ADVISES], [Unseen("a", "b")]),
            PASSED,
            "nothing blocks; 1 findings advise, 1 things could not be",
        ),
        (doctor_step([ADVISES, BLOCKS], []), FAULT, "quota: ml.m5.large: the quota is 0"),
        (run_step(RUN), PASSED, "churn-1 completed in 60 s"),
        (run_step(FAILED), FAULT, "churn-2 ended as Failed: no column diagnosis"),
        (artifact_step(RUN, 1200), PASSED, f"{MODEL}, 1200 bytes"),
        (artifact_step(RUN, 0), FAULT, f"{MODEL} is empty"),
        (artifact_step(RUN, None), FAULT, f"{MODEL} is not there"),
        (artifact_step(replace(RUN, model_artifact=""), None), FAULT, "churn-1 tells of no model in S3"),
        (version_step(RUN, VERSION), PASSED, "version 3 of churn, champion (champion: it keeps all limits)"),
        (version_step(RUN, None), FAULT, "churn has no version of churn-1"),
        (version_step(SECOND, VERSION), FAULT, "version 3 of churn is of churn-1"),
        (
            delivery_step(RUN, SECOND, VERSION, VERSION),
            PASSED,
            "churn-2 made no second version: that of churn-1 stands",
        ),
        (delivery_step(RUN, SECOND, VERSION, replace(VERSION, version="4")), FAULT, "version 4 stands for the"),
        (delivery_step(RUN, SECOND, VERSION, None), FAULT, "no version stands for the invocation"),
        (delivery_step(RUN, FAILED, VERSION, None), FAULT, "churn-2 ended as Failed: no column diagnosis"),
        (untracked_delivery_step(RUN, "churn-1"), PASSED, "the model of churn-1 stands for the invocation"),
        (untracked_delivery_step(RUN, "churn-2"), FAULT, "the model of churn-2 stands for it, not that of churn-1"),
        (interruption_step(RUN, None, None), SKIPPED, "churn-1 had completed before it could be stopped"),
        (interruption_step(FAILED, None, None), FAULT, "churn-2 was stopped, and nothing was started again"),
        (interruption_step(FAILED, RUN, VERSION), PASSED, "churn-2 was stopped, and churn-1 completed the invocation"),
        (interruption_step(FAILED, RUN, None), FAULT, "churn has no version of it"),
        (interruption_step(FAILED, FAILED, None), FAULT, "was stopped, and churn-2 ended as Failed"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_step_says_what_it_came_to(step: Step, outcome: Outcome, said: str) -> None:
    assert step.outcome is outcome
    assert said in step.text


def test_a_flight_has_passed_where_no_step_failed() -> None:
    passed, skipped, failed = (Step("a", each, "") for each in (PASSED, SKIPPED, FAULT))

    assert has_passed([passed, skipped])
    assert not has_passed([passed, failed])


class OnePrice:
    region = "us-east-1"

    def hourly(self, instance_type: str) -> Price | None:
        return Price(0.5, "2026-11-27", "AWS Price List") if instance_type == "ml.m5.large" else None

    def storage(self) -> Price | None:
        return None


@pytest.mark.parametrize(
    ("instance_type", "said"),
    [
        ("ml.m5.large", "for at most 1 h: USD 2.00 at most, on demand (AWS Price List)"),
        ("ml.x9.huge", "for at most 1 h; price not known: there is none for ml.x9.huge"),
    ],
)
def test_the_most_that_runs_may_cost_is_said_with_machines_and_hours(instance_type: str, said: str) -> None:
    request = {
        "ResourceConfig": {"InstanceCount": 2, "InstanceType": instance_type, "VolumeSizeInGB": 0},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }

    told = most(longest_run_cost(request, OnePrice()), 2)

    assert told.startswith(f"2 training jobs, each on 2 x {instance_type} ")
    assert said in told


@pytest.mark.parametrize(
    ("interrupt", "is_heard", "begins", "tells"),
    [(False, False, "2", False), (False, True, "2", False), (True, False, "4", False), (True, True, "4", True)],
)
def test_an_interruption_is_told_beforehand_where_somebody_hears_of_it(
    interrupt: bool, is_heard: bool, begins: str, tells: bool
) -> None:
    request = {
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 0},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }

    asked = question(longest_run_cost(request, OnePrice()), interrupt=interrupt, is_heard=is_heard)

    assert asked.startswith(f"{begins} training jobs, ")
    assert asked.endswith("whoever hears the alarms is told that a training job was stopped") is tells
