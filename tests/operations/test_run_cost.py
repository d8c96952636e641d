"""What one run costs at most, from its request and the prices of a region."""

from __future__ import annotations

from typing import Any

import pytest

from operations.costs.price_table import Price, TablePrices, read_table
from operations.costs.run_cost import longest_run_cost


class Known:
    """Prices that a test makes up."""

    region = "eu-west-1"

    def __init__(self, volume: float | None = None, **machines: float) -> None:
        self._volume = volume
        self._machines = {f"ml.{name.replace('_', '.')}": usd for name, usd in machines.items()}

    def hourly(self, instance_type: str) -> Price | None:
        usd = self._machines.get(instance_type)
        return None if usd is None else Price(usd, "2026-09-25", "test")

    def storage(self) -> Price | None:
        return None if self._volume is None else Price(self._volume, "2026-09-25", "test")


def request(runtime: int | None = 3600, **resources: Any) -> dict[str, Any]:  # noqa: ANN401 - of ResourceConfig
    config = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 0} | resources
    stopping = {"MaxRuntimeInSeconds": runtime} if runtime else {}
    return {"ResourceConfig": {k: v for k, v in config.items() if v is not None}, "StoppingCondition": stopping}


def test_machines_are_paid_for_up_to_the_limit_of_the_run() -> None:
    cost = longest_run_cost(request(7200, InstanceCount=3), Known(m5_large=0.1))

    assert cost.usd == pytest.approx(0.6)
    assert (cost.machines, cost.seconds, cost.missing, cost.notes) == ("3 x ml.m5.large", 7200, (), ())


def test_without_a_limit_a_run_may_take_a_day() -> None:
    assert longest_run_cost(request(None), Known(m5_large=1)).usd == pytest.approx(24)


def test_volumes_are_shared_out_over_a_month() -> None:
    cost = longest_run_cost(request(InstanceCount=2, VolumeSizeInGB=730), Known(0.1, m5_large=1))

    assert cost.usd == pytest.approx(2 + 2 * 0.1)


def test_machines_with_storage_of_their_own_rent_no_volume() -> None:
    known = Known(0.1, g5_xlarge=1)

    assert longest_run_cost(request(InstanceType="ml.g5.xlarge", VolumeSizeInGB=730), known).usd == pytest.approx(1)


def test_volumes_whose_price_is_not_known_are_left_out_and_that_is_said() -> None:
    cost = longest_run_cost(request(VolumeSizeInGB=30), Known(m5_large=1))

    assert cost.usd == pytest.approx(1)
    assert cost.notes == ("without the volumes of 30 GB: their price in eu-west-1 is not known",)


def test_groups_are_rented_together() -> None:
    groups = [
        {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 2},
        {"InstanceGroupName": "b", "InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
    ]
    cost = longest_run_cost(request(InstanceType=None, InstanceGroups=groups), Known(m5_large=1, g5_xlarge=5))

    assert (cost.usd, cost.machines) == (pytest.approx(7), "2 x ml.m5.large and ml.g5.xlarge")


def test_of_preferences_the_dearest_counts() -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}, {"InstanceType": "ml.m5.large"}]
    asked = request(InstanceType=None, InstanceCount=6, InstancePreferences=preferences)
    cost = longest_run_cost(asked, Known(m5_large=1, g5_xlarge=5))

    assert (cost.usd, cost.machines) == (pytest.approx(6), "6 x ml.m5.large")
    assert cost.notes == ("the dearest of ml.g5.xlarge, 6 x ml.m5.large; SageMaker takes what there is",)
    assert longest_run_cost(asked, Known(m5_large=1)).usd is None, "the other one may be dearer"


def test_nothing_is_said_of_a_machine_whose_price_is_not_known() -> None:
    cost = longest_run_cost(request(InstanceType="ml.p9.48xlarge"), Known(0.1, m5_large=1))

    assert (cost.usd, cost.missing, cost.prices) == (None, ("ml.p9.48xlarge",), ())


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"ResourceConfig": {"KeepAlivePeriodInSeconds": 600}}, "the machines wait for up to 600 s after a run"),
        ({"ResourceConfig": {"TrainingPlanArn": "arn"}}, "the machines of a training plan are paid with the plan"),
        ({"DebugRuleConfigurations": [{"InstanceType": "ml.t3.medium"}]}, "rules on machines of their own"),
    ],
)
def test_what_is_billed_besides_is_said(changes: dict[str, Any], note: str) -> None:
    asked = request()
    of_config = asked["ResourceConfig"] | changes.pop("ResourceConfig", {})
    cost = longest_run_cost({**asked, **changes, "ResourceConfig": of_config}, Known(m5_large=1))

    assert cost.usd == pytest.approx(1)
    assert [told for told in cost.notes if told.startswith(note)]


def test_the_newest_block_of_the_table_counts() -> None:
    from datetime import date

    def block(day: int, usd: float, **more: float) -> dict[str, Any]:
        return {"region": "r", "date": date(2026, 9, day), "usd_per_hour": {"ml.m5.large": usd}, **more}

    table = read_table({"prices": [block(3, 3.0), block(1, 1.0, usd_per_gb_month=0.1), block(2, 2.0)]})

    assert table["r"].machines == {"ml.m5.large": Price(3.0, "2026-09-03", "table of 2026-09-03")}
    assert table["r"].storage == Price(0.1, "2026-09-01", "table of 2026-09-01")


def test_every_price_of_the_table_is_a_price_and_every_block_says_where_it_is_from() -> None:
    import tomllib
    from pathlib import Path

    from operations.costs import price_table

    blocks = tomllib.loads(Path(price_table.__file__).with_name("prices.toml").read_text())["prices"]

    for block in blocks:
        assert set(block) <= {"region", "date", "via", "usd_per_gb_month", "usd_per_hour"}
        assert len(block["via"]) > 20
        for name, usd in block["usd_per_hour"].items():
            assert name.startswith("ml.")
            assert 0.05 < usd < 200, name
            assert TablePrices(block["region"]).hourly(name) is not None
    assert all(TablePrices("us-east-1").hourly(name) for name in ("ml.m5.large", "ml.m5.xlarge"))
    assert TablePrices("us-east-1").hourly("ml.p9.48xlarge") is None
    assert (TablePrices("mars-1").hourly("ml.m5.large"), TablePrices("mars-1").storage()) == (None, None)
