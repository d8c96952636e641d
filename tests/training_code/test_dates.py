from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy
import pandas
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

import inference
from data import dataset, dates, encoding
from data.dates import ISO, DateForm
from endpoint.model import Model
from failure import TrainingError
from models import skops_files
from models.model_files import TRUSTED_TYPES
from options.hyperparameter_rules import DATE_PARTS
from options.hyperparameters import Hyperparameters, parse
from tests.training_code.small_channels import Channel, parquet

FIRST = datetime(2024, 2, 27, 22, 30, 15)  # as files have it
TIMES = [FIRST + timedelta(hours=7 * number) for number in range(40)]


def told(**settings: str) -> Hyperparameters:
    found, _, faults = parse([part for name, value in settings.items() for part in (f"--{name}", value)])
    assert faults == []
    return found


def rows(form: str, missing: int | None = None) -> str:
    lines = [
        f"{'' if number == missing else time.strftime(form)};{number};{number % 2}\n"
        for number, time in enumerate(TIMES)
    ]
    return "when;size;target\n" + "".join(lines)


def read(directory: Path, settings: Hyperparameters) -> dataset.Dataset:
    return dataset.read(directory, directory, settings)


def fault(directory: Path, settings: Hyperparameters) -> str:
    with pytest.raises(TrainingError) as caught:
        read(directory, settings)
    return str(caught.value)


def parts_of(time: datetime) -> list[float]:
    seconds = time.replace(tzinfo=UTC).timestamp()
    return [time.year, time.month, time.day, time.weekday(), time.hour, seconds]


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)))  # as files have it
def test_the_parts_are_those_of_the_calendar(time: datetime) -> None:
    time = time.replace(microsecond=0)

    assert DateForm(ISO, DATE_PARTS).numbers([time.isoformat()]).tolist() == [parts_of(time)]


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]
)
def test_dates_become_numbers_when_asked_however_they_are_written(channel: Channel, form: str) -> None:
    data = read(channel({"a.csv": rows(form)}), told(date_columns="when"))

    assert list(data.training.features) == [*(f"when_{part}" for part in DATE_PARTS), "size"]
    expected = numpy.array([parts_of(time) for time in TIMES], dtype="float32")
    assert (data.training.features.iloc[:, :6].to_numpy() == expected).all()
    assert data.raw_validation.features["when"].tolist() == [time.strftime(form) for time in TIMES]


def test_auto_takes_each_column_that_holds_dates_or_times(channel: Channel) -> None:
    directory = channel({"a.csv": rows("%Y-%m-%d;%H:%M").replace("when", "day;clock", 1)})

    features = read(directory, told(date_columns="auto", date_parts="month,hour,seconds")).training.features

    assert list(features) == ["day_month", "day_hour", "day_seconds", "clock_hour", "clock_seconds", "size"]
    assert features["clock_hour"].tolist() == [time.hour for time in TIMES]
    assert features["clock_seconds"].tolist() == [time.hour * 3600 + time.minute * 60 for time in TIMES]


def test_without_the_setting_dates_are_left_out_and_the_setting_is_named(
    channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    data = read(channel({"a.csv": rows("%Y-%m-%d")}), Hyperparameters())

    assert list(data.training.features) == ["size"]
    assert "holds dates or times, such as '2024-02-27', which date_columns makes numbers of" in capsys.readouterr().out


def test_days_that_may_be_months_are_refused_with_both_readings(channel: Channel) -> None:
    directory = channel({"a.csv": "when,size,target\n" + "03/04/2026,1,0\n05/04/2026,2,1\n" * 10})

    assert fault(directory, told(date_columns="when")) == (
        "column 'when': '03/04/2026' may be 2026-04-03 or 2026-03-04, and so may all of its dates; set date_format to "
        "'%d/%m/%Y' or '%m/%d/%Y'"
    )
    american = read(directory, told(date_columns="when", date_format="%m/%d/%Y", date_parts="month"))
    assert american.training.features["when_month"].tolist()[:2] == [3, 5]


def test_what_is_no_date_is_reported_with_its_place(channel: Channel) -> None:
    directory = channel({"a.csv": rows("%Y-%m-%d").replace("2024-02-28", "tomorrow", 1)})

    assert fault(directory, told(date_columns="when")) == (
        "training/a.csv, line 3, column 'when': date_columns names it, and 'tomorrow' is no date or time in a form "
        "that is known; set date_format to how they are written, such as %d.%m.%Y, or take the column out of "
        "date_columns"
    )
    assert "'tomorrow' is no date or time in the form %Y-%m-%d;" in fault(
        directory, told(date_columns="when", date_format="%Y-%m-%d")
    )


def test_digits_without_signs_are_dates_when_told(channel: Channel) -> None:
    data = read(channel({"a.csv": rows("%d%m%Y")}), told(date_columns="when", date_format="%d%m%Y", date_parts="day"))

    assert data.training.features["when_day"].tolist() == [time.day for time in TIMES]


def test_a_date_column_that_is_not_there_is_reported(channel: Channel) -> None:
    assert fault(channel({"a.csv": rows("%Y-%m-%d")}), told(date_columns="wen")).startswith(
        "training/a.csv: has no column 'wen'; its columns are 'when', 'size', 'target', closest is 'when'; set the "
        "hyperparameter date_columns"
    )


@pytest.mark.parametrize("kind", ["date32", "timestamp[ms]", "timestamp[us, tz=UTC]", "time32[s]"])
def test_parquet_s_dates_and_times_are_the_same(channel: Channel, kind: str) -> None:
    types = {"date32": pyarrow.date32(), "timestamp[ms]": pyarrow.timestamp("ms"), "time32[s]": pyarrow.time32("s")}
    values = [time.date() if kind == "date32" else time.time() if kind == "time32[s]" else time for time in TIMES]
    when = pyarrow.array(values, types.get(kind, pyarrow.timestamp("us", "UTC")))
    table = pyarrow.table({"when": when, "target": [number % 2 for number in range(40)]})

    features = read(channel({"a.parquet": parquet(table)}), told(date_columns="auto")).training.features

    hours = [0 if kind == "date32" else time.hour for time in TIMES]
    assert features["when_hour"].tolist() == hours
    assert ("when_year" in features) == (kind != "time32[s]")


@pytest.mark.parametrize("how", [{}, {"missing_values": "median"}])
def test_the_saved_model_takes_dates_as_words_and_missing_ones(
    channel: Channel, tmp_path: Path, how: dict[str, str]
) -> None:
    settings = told(date_columns="when", **how)
    data = read(channel({"a.csv": rows("%d.%m.%Y %H:%M", missing=5)}), settings)
    tree = DecisionTreeClassifier(random_state=0).fit(data.training.features, data.training.target)
    saved = encoding.whole(tree, data.encoding)
    path = tmp_path / "model.skops"
    skops_files.dump(saved, path, TRUSTED_TYPES)
    import skops.io

    loaded = skops.io.load(path, trusted=list(TRUSTED_TYPES))

    raw = data.raw_validation.features
    assert pandas.isna(raw["when"][5])
    for model in (saved, loaded):
        assert (model[:-1].transform(raw).to_numpy("float32") == data.training.features.to_numpy()).sum() >= 40 * 6
        assert (model.predict(raw) == tree.predict(data.training.features)).all()
        assert (model.predict(raw[::-1]) == tree.predict(data.training.features)[::-1]).all()


def test_sagemaker_s_endpoint_takes_dates_and_names_what_is_none(channel: Channel) -> None:
    data = read(channel({"a.csv": rows("%d.%m.%Y")}), told(date_columns="when"))
    assert data.encoding is not None
    tree = DecisionTreeClassifier(random_state=0).fit(data.training.features, data.training.target)
    model = Model(encoding.whole(tree, data.encoding), ("when", "size"), dates={"when": "%d.%m.%Y"})

    def ask(body: str) -> list[int]:
        labels: list[int] = inference.predict_fn(inference.input_fn(body, "text/csv"), model)["labels"]
        return labels

    assert ask("when,size\n28.02.2024,1\n01.03.2024,8\n") == [1, 0]
    with pytest.raises(ValueError, match=r"other than dates or times of the form %d.%m.%Y in 'when'"):
        ask("when,size\ntomorrow,1\n")
    with pytest.raises(ValueError, match="missing"):
        ask("when,size\n,1\n")


def test_a_form_is_found_for_each_that_is_known() -> None:
    late = datetime(2024, 12, 31, 23, 45, 10, 500_000, UTC)
    for form in dates.FORMS:
        found = dates.form_of([late.strftime(form)], "when", None, DATE_PARTS)
        assert found is not None, form
        written = pandas.to_datetime(late.strftime(form), format=form)
        read_back = datetime.fromtimestamp(found.numbers([late.strftime(form)])[0, -1], UTC)
        assert (read_back.hour, read_back.minute) == (written.hour, written.minute), form
        assert found.is_time_of_day or read_back.date() == written.date(), form
