"""How often schedules fire a month, what that costs, and what the last runs really did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from components.schedule_spec import ScheduleSpec
from operations.costs.amounts import in_time, in_times, in_usd
from operations.costs.check_lines import declared_costs, job_lines
from operations.costs.fires import fires_a_month
from operations.costs.price_table import TablePrices
from operations.costs.printing import select
from operations.costs.schedule_costs import CostError, ScheduleCost, as_document, schedule_cost
from operations.deployed_jobs import OutputsError
from rehearsal.invoking.deployed_schedule import DeployedSchedule

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PREFIX = "arn:aws:scheduler:us-east-1:123456789012:schedule"
REQUEST: dict[str, Any] = {
    "TrainingJobName": "forest-<aws.scheduler.execution-id>",
    "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 0},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "EnableManagedSpotTraining": False,
}


def schedule(name: str = "forest", group: str = "forest", **changes: Any) -> DeployedSchedule:  # noqa: ANN401 - as below
    told: dict[str, Any] = {
        "name": name,
        "group_name": group,
        "arn": f"{PREFIX}/{group}/{name}",
        "state": "ENABLED",
        "target_arn": "",
        "target_input": json.dumps(REQUEST),
        "role_arn": "",
        "expression": "cron(0 3 ? * MON *)",
    }
    return DeployedSchedule(**{**told, **changes})


def cost(described: tuple[dict[str, Any], ...] = (), **changes: Any) -> ScheduleCost:  # noqa: ANN401 - as schedule
    return schedule_cost(schedule(**changes), TablePrices("us-east-1"), NOW, described)


def run(billed: int, trained: int = 0, *, spot: bool = False, name: str = "forest", **more: object) -> dict[str, Any]:
    return {
        "ResourceConfig": REQUEST["ResourceConfig"],
        "BillableTimeInSeconds": billed,
        "TrainingTimeInSeconds": trained or billed,
        "EnableManagedSpotTraining": spot,
        "Environment": {"SCHEDULE_ARN": f"{PREFIX}/forest/{name}"},
        **more,
    }


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("cron(0 3 * * ? *)", 365 / 12),
        ("cron(0 3 ? * MON *)", 52 / 12),
        ("cron(0 3 1 1 ? *)", 1 / 12),
        ("cron(0,30 9-17 ? * MON-FRI *)", 261 * 9 * 2 / 12),
        ("cron(0 3 L * ? *)", 1),
        ("cron(* * * * ? *)", 365 * 24 * 60 / 12),
        ("rate(1 minute)", 365 * 24 * 60 / 12),
        ("rate(7 days)", 365 / 7 / 12),
        ("at(2026-12-01T00:00:00)", 1),
        ("at(2025-12-01T00:00:00)", 0),
        ("cron(0 3 31 2 ? *)", 0),
        ("cron(0 3 ? * MON 2026)", 4.3333),
    ],
)
def test_a_month_has_the_mean_of_a_year(expression: str, times: float) -> None:
    assert fires_a_month(ScheduleSpec(expression=expression), NOW) == pytest.approx(times, rel=1e-3)


def test_a_schedule_that_ends_soon_has_what_is_left_of_it() -> None:
    ends = ScheduleSpec(expression="cron(0 3 * * ? *)", end_date=datetime(2026, 12, 5, tzinfo=UTC))

    assert fires_a_month(ends, NOW) == 7


def test_a_month_is_runs_by_times() -> None:
    told = cost()

    assert (told.run.usd, told.fires) == (0.23, pytest.approx(52 / 12))
    assert told.month == pytest.approx(0.23 * 52 / 12)
    assert (told.real, told.real_month, told.spot) == (None, None, "")


def test_spot_has_no_price_until_runs_have_shown_what_it_saves() -> None:
    on_spot = {"target_input": json.dumps(REQUEST | {"EnableManagedSpotTraining": True})}

    assert cost(**on_spot).spot == "up to 90 % less, AWS decides"
    assert cost(**on_spot).month == pytest.approx(0.23 * 52 / 12), "it is the most that may be paid"
    runs = (run(100, 500, spot=True), run(200, 500, spot=True))
    assert cost(runs, **on_spot).spot == "70% less in the last runs"


def test_the_last_runs_are_those_of_this_schedule_that_were_billed() -> None:
    runs = (run(0), run(1800), run(3600, name="forest.weekly"), run(900, TrainingJobStatus="Failed"))

    real = cost(runs).real

    assert real is not None
    assert (real.runs, real.billed_seconds, real.saving) == (2, 1350, None)
    assert real.usd == pytest.approx(0.23 * 1350 / 3600)
    assert cost((run(0), run(60, name="other"))).real is None


def test_a_run_is_priced_by_the_machines_that_it_had() -> None:
    then = {"InstanceType": "ml.m5.4xlarge", "InstanceCount": 2, "VolumeSizeInGB": 0}
    unknown = {"InstanceType": "ml.p9.48xlarge", "InstanceCount": 1, "VolumeSizeInGB": 0}

    assert cost((run(3600, ResourceConfig=then),)).real_month == pytest.approx(2 * 0.922 * 52 / 12)
    assert cost((run(60), run(60, ResourceConfig=unknown))).real_month is None


def test_what_is_no_schedule_of_a_training_job_is_named() -> None:
    with pytest.raises(CostError, match=r"^schedule forest/forest cannot be read: .*; training-jobs check says more$"):
        cost(target_input="{")


@pytest.mark.parametrize(("wanted", "number"), [(None, 2), ("forest", 1), ("forest-prod", 1), ("other-prod.weekly", 1)])
def test_costs_are_of_a_job_by_its_name_in_the_stack_or_of_what_is_named_on_aws(
    wanted: str | None, number: int
) -> None:
    costs = [cost(name="forest-prod", group="forest-prod"), cost(name="other-prod.weekly", group="other-prod")]

    assert len(select(costs, "prod", wanted)) == number
    with pytest.raises(OutputsError, match="no job and no schedule 'fores'; its schedules: forest-prod, other-prod"):
        select(costs, "prod", "fores")


def test_a_program_reads_the_same() -> None:
    weekly = cost(name="forest.weekly", state="DISABLED")
    document = as_document("prod", [cost((run(1800),)), weekly], ["a note"])

    assert (document["version"], document["stack"], document["currency"]) == (1, "prod", "USD")
    assert document["month_at_most"] == pytest.approx(0.23 * 52 / 12), "what is off costs nothing"
    first, second = document["schedules"]
    assert first["last_runs"]["run"] == pytest.approx(0.115)
    assert (second["state"], second["last_runs"]) == ("DISABLED", None)
    assert first["prices"] == [{"usd": 0.23, "date": "2026-09-25", "source": "table of 2026-09-25"}]
    assert json.loads(json.dumps(document)) == document


def test_a_check_has_one_line_for_each_job() -> None:
    missing = json.loads(schedule().target_input) | {"ResourceConfig": {"InstanceType": "ml.p9.large"}}
    costs = declared_costs(
        [
            schedule(),
            schedule("forest.daily", expression="cron(0 3 * * ? *)"),
            schedule("own", "default", state="DISABLED", expression="rate(7 days)"),
            schedule("new", "new", target_input=json.dumps(missing)),
            schedule("bad", "bad", target_input="{"),
        ],
        NOW,
    )

    assert job_lines(costs) == [
        (
            "forest",
            "a run at most USD 0.23 (ml.m5.xlarge, 1 h), 34.8 a month: USD 7.99 on demand; prices of 2026-09-25",
        ),
        (
            "own",
            "a run at most USD 0.23 (ml.m5.xlarge, 1 h), 4.35 a month if enabled: USD 1.00 on demand; prices of "
            "2026-09-25",
        ),
        (
            "new",
            "no price is known of ml.p9.large in us-east-1: it is not in this version's table; training-jobs cost asks "
            "AWS's Price List (pricing:GetProducts)",
        ),
    ]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (in_usd(None), "?"),
        (in_usd(0.0), "USD 0.00"),
        (in_usd(0.00512), "USD 0.0051"),
        (in_usd(0.12075), "USD 0.12"),
        (in_usd(12345.678), "USD 12,345.68"),
        (in_time(90), "90 s"),
        (in_time(3600), "1 h"),
        (in_time(5400), "1 h 30 min"),
        (in_time(28 * 86400), "28 d"),
        (in_times(30.4167), "30.4"),
        (in_times(43800.0), "43,800"),
        (in_times(1.0), "1"),
        (in_times(1 / 12), "0.0833"),
    ],
)
def test_figures_are_written_for_people(shown: str, text: str) -> None:
    assert shown == text
