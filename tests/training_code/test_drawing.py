from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

from judging.drawing import LINES, Picture, number, short, some_of

ROOT = Path(__file__).parents[2]


def picture(name: str = "a_plot", **changes: object) -> Picture:
    columns = {"label": ["x", "y"], "value": numpy.array([0.1, numpy.nan]), "rows": numpy.array([3, 4])}
    values: dict[str, Any] = {
        "name": name,
        "title": "All is well",
        "note": "2 rows",
        "columns": columns,
        "size": (4.0, 3.0),
        "draw": lambda _, axes: axes.plot([0, 1], [0, 1]),
    }
    return Picture(**values | changes)


def test_a_picture_is_written_with_its_numbers_beside_it(tmp_path: Path) -> None:
    png, numbers = picture().write(tmp_path), picture().write_numbers(tmp_path)
    assert (png.name, numbers.name) == ("a_plot.png", "a.csv")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert numbers.read_text() == "label,value,rows\nx,0.1,3\ny,,4\n"


def test_names_with_commas_and_quotes_keep_them(tmp_path: Path) -> None:
    numbers = picture(columns={"label": ['a, "b"\nc']}).write_numbers(tmp_path)
    with numbers.open(newline="") as file:
        assert list(csv.reader(file)) == [["label"], ['a, "b"\nc']]


def test_columns_of_two_lengths_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        picture(columns={"a": [1, 2], "b": [1]}).write_numbers(tmp_path)


def test_the_title_is_the_sentence_and_below_it_the_note() -> None:
    assert picture().figure().get_suptitle() == "All is well\n2 rows"


def test_a_dollar_sign_begins_no_formula(tmp_path: Path) -> None:
    png = picture(title="$a_{$ and $b").write(tmp_path)
    assert png.exists()


def test_the_style_is_set_for_the_moment_of_drawing_only(tmp_path: Path) -> None:
    from matplotlib import rcParams

    before = dict(rcParams)
    picture().write(tmp_path)
    assert dict(rcParams) == before


def test_no_two_lines_look_the_same_without_colour() -> None:
    looks = {(line["linestyle"], line["marker"]) for line in LINES}
    assert len(looks) == len(LINES) == 8


@pytest.mark.slow
def test_matplotlib_is_loaded_when_something_is_drawn_and_pyplot_never() -> None:
    lines = [
        "import sys, tempfile, pathlib",
        "from judging import pictures, drawing",
        "print('matplotlib' in sys.modules)",
        "drawing.Picture('a', 't', 'n', {}, (4, 3), lambda *_: None).write(pathlib.Path(tempfile.mkdtemp()))",
        "print('matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT / "training_code",
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False\nTrue False\n", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.001234, "0.00123"),
        (12.345, "12.3"),
        (-12.345, "-12.3"),
        (1234567.0, "1,230,000"),
        (1e-9, "1.00e-09"),
        (3e20, "3.00e+20"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_in_a_title_has_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_a_long_name_is_cut_and_stands_on_one_line() -> None:
    assert short("setosa") == "setosa"
    assert short("two\nlines") == "two lines"
    assert short("x" * 17) == "x" * 15 + "…"


def test_what_is_shown_of_how_many() -> None:
    assert some_of(5, 1000, "rows") == "5 of 1,000 rows"
    assert some_of(1000, 1000, "rows") == "1,000 rows"
