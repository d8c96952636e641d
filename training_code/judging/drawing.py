"""What all pictures have in common: how they look, and how one is written with its numbers beside it.

They are grey: a reader who prints them, or tells no red from green, loses nothing. Lines differ by dashes and marks,
areas by hatching. Figures are built as objects, without pyplot: no display is needed, and the style is set for the
moment of drawing only. Matplotlib is imported when something is drawn: it takes longer to import than a small forest to
grow.
"""

from __future__ import annotations

import csv
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLACK, DARK, GREY, LIGHT = "black", "0.35", "0.55", "0.85"
HATCH = "////"
LINES: tuple[Mapping[str, Any], ...] = tuple(
    {"color": color, "linestyle": dashes, "marker": mark, "markersize": 4, "markerfacecolor": "white"}
    for color, marks in ((BLACK, (None,) * 4), (GREY, ("o", "s", "^", "D")))
    for dashes, mark in zip(("-", "--", ":", "-."), marks, strict=True)
)
"""As many lines as an eye can keep apart in one picture."""
REFERENCE: Mapping[str, Any] = {"color": BLACK, "linestyle": (0, (1, 3)), "linewidth": 1.3}
"""The line of what a guess, or a perfect model, would give."""

_DOTS_PER_INCH = 110
_CHARACTERS_PER_INCH = 12
"""Of the title, in letters of middling width."""
_STYLE: Any = {  # Matplotlib's type of it is one literal for each of its settings
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "figure.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.handlelength": 3.2,
    # A dollar sign in the name of a class or column is one, and begins no formula.
    "text.parse_math": False,
}

Column = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class LeftOut:
    """A picture that there is not, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Picture:
    """A picture before it is drawn: its numbers (`columns` of one length, by name) and what draws them.

    `title` is a sentence that says what there is to see, `note` what it is made of; `size` is in inches.
    """

    name: str
    title: str
    note: str
    columns: Mapping[str, Column]
    size: tuple[float, float]
    draw: Callable[[Figure, Any], None]

    @property
    def _characters(self) -> int:
        """Of a line of the title."""
        return int(self.size[0] * _CHARACTERS_PER_INCH)

    def figure(self) -> Figure:
        """Draw it, with `draw(figure, axes)`."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        with rc_context(_STYLE):
            figure = Figure(self.size, _DOTS_PER_INCH, layout="constrained")
            axes = figure.add_subplot()
            lines = [line for text in (self.title, self.note) for line in textwrap.wrap(text, self._characters)]
            figure.suptitle("\n".join(lines), x=0.01, ha="left", linespacing=1.4)
            self.draw(figure, axes)
        return figure

    def write(self, directory: Path) -> Path:
        """Write NAME.png, and give its path."""
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        path = directory / f"{self.name}.png"
        with rc_context(_STYLE):
            # Not `savefig`: it draws once more beforehand, to lay out what drawing itself lays out.
            canvas: Any = FigureCanvasAgg(self.figure())  # Matplotlib has no types for what it does
            canvas.print_png(path)
        return path

    def write_numbers(self, directory: Path) -> Path:
        """Write the numbers as NAME.csv, without `_plot`, and give its path."""
        path = directory / f"{self.name.removesuffix('_plot')}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows(zip(*map(_cells, self.columns.values()), strict=True))
        return path


def short(text: str, limit: int = 16) -> str:
    """A name on one line, and not longer than `limit` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def number(value: float) -> str:
    """A number for a title: three digits that count, with commas."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = 2 - math.floor(math.log10(abs(value)))
    if digits > 6 or abs(value) >= 1e15:
        return f"{value:.2e}"
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def some_of(shown: int, count: int, what: str) -> str:
    """`5 of 1,000 rows`, or `1,000 rows` where all are shown."""
    return f"{shown:,} of {count:,} {what}" if shown < count else f"{count:,} {what}"


def _cells(column: Column) -> Iterable[Any]:
    values = column if isinstance(column, Sequence) else column.tolist()
    return ("" if isinstance(value, float) and math.isnan(value) else value for value in values)
