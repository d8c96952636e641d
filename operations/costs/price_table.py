"""What a machine costs an hour: of the dated table that is kept with this program, for whoever has no network."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

_FILE: Final = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Price:
    """US dollars, the day that they are of (ISO 8601), and who says so, in words."""

    usd: float
    date: str
    source: str


class Prices(Protocol):
    """What training costs on demand in one region; None where it is not known."""

    @property
    def region(self) -> str: ...

    def hourly(self, instance_type: str) -> Price | None:
        """One machine for an hour."""

    def storage(self) -> Price | None:
        """One gigabyte of a machine's volume for a month."""


@dataclass(frozen=True)
class _Region:
    machines: Mapping[str, Price]
    storage: Price | None


@dataclass(frozen=True)
class TablePrices:
    """The table's prices of one region; the file is read when the first of them is asked for."""

    region: str

    def hourly(self, instance_type: str) -> Price | None:
        """One machine for an hour, as `ml.m5.large`."""
        known = _regions().get(self.region)
        return known.machines.get(instance_type) if known else None

    def storage(self) -> Price | None:
        """One gigabyte of a machine's volume for a month."""
        known = _regions().get(self.region)
        return known.storage if known else None


@cache
def _regions() -> Mapping[str, _Region]:
    return read_table(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def read_table(table: Mapping[str, Any]) -> dict[str, _Region]:
    """The content of the file by region; what stands in several of its blocks is taken from the newest."""
    found: dict[str, _Region] = {}
    for block in sorted(table["prices"], key=lambda block: block["date"]):
        date = block["date"].isoformat()

        def price(usd: float, date: str = date) -> Price:
            return Price(float(usd), date, f"table of {date}")

        before = found.get(block["region"], _Region({}, None))
        machines = {name: price(usd) for name, usd in block["usd_per_hour"].items()}
        volume = block.get("usd_per_gb_month")
        storage = before.storage if volume is None else price(volume)
        found[block["region"]] = _Region({**before.machines, **machines}, storage)
    return found
