"""Public tables that packages ship, as teams have such tables: words, dates, missing values and numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pandas
from sklearn.datasets import load_wine


@dataclass(frozen=True)
class Public:
    """A table and the column to learn. `dates` are no features as they stand, and `names` tell the rows apart."""

    load: Callable[[], pandas.DataFrame]
    target: str
    regression: bool = False
    dates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, str]:
        """What any training on this table has to be told."""
        return {"target_column": self.target} | ({"task": "regression"} if self.regression else {})

    def features(self, frame: pandas.DataFrame) -> list[str]:
        """The columns that are learnt from."""
        return [each for each in frame.columns if each not in (self.target, *self.dates, *self.names)]


def _shipped(package: str, path: str) -> bytes:
    """A file of a package, which is not imported: only its data is of use."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    content = (Path(spec.origin).parent / path).read_bytes()
    if not path.endswith(".zip"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0])


def _csv(package: str, path: str) -> Callable[[], pandas.DataFrame]:
    return lambda: pandas.read_csv(io.BytesIO(_shipped(package, path)))


def _cars() -> pandas.DataFrame:
    frame = pandas.DataFrame(pandas.read_json(io.BytesIO(_shipped("vega_datasets", "_data/cars.json"))))
    return frame.assign(Year=pandas.to_datetime(frame["Year"]))


def _airports() -> pandas.DataFrame:
    """A thousand of them, one with quotes in its name."""
    return _csv("vega_datasets", "_data/airports.csv")().iloc[800:1800]


def _wine() -> pandas.DataFrame:
    frame: pandas.DataFrame = load_wine(as_frame=True).frame
    return frame


TABLES: dict[str, Public] = {
    "penguins": Public(_csv("palmerpenguins", "data/penguins.csv"), "species"),
    "raw penguins": Public(_csv("palmerpenguins", "data/penguins-raw.csv"), "Species", dates=("Date Egg",)),
    "gapminder": Public(_csv("gapminder", "gapminder.csv"), "lifeExp", regression=True),
    "continents": Public(_csv("gapminder", "gapminder.csv"), "continent"),
    "cars": Public(_cars, "Origin", dates=("Year",)),
    "weather": Public(_csv("vega_datasets", "_data/seattle-weather.csv"), "weather", dates=("date",)),
    "riots": Public(
        _csv("vega_datasets", "_data/la-riots.csv"),
        "type",
        dates=("death_date",),
        names=("first_name", "last_name", "address"),
    ),
    "airports": Public(_airports, "latitude", regression=True),
    "electricity": Public(_csv("vega_datasets", "_data/iowa-electricity.csv"), "source", dates=("year",)),
    "employment": Public(
        _csv("vega_datasets", "_data/us-employment.csv"), "nonfarm_change", regression=True, dates=("month",)
    ),
    "arrests": Public(_csv("sklego", "data/arrests.zip"), "released"),
    "hearts": Public(_csv("sklego", "data/hearts.zip"), "target"),
    "heroes": Public(_csv("sklego", "data/heroes.zip"), "role", names=("name",)),
    "abalone": Public(_csv("sklego", "data/abalone.zip"), "rings", regression=True),
    "wine": Public(_wine, "target"),
}


@cache
def table(name: str) -> pandas.DataFrame:
    """The rows of a table; whoever changes them changes a copy."""
    return TABLES[name].load()
