"""Small pictures for a page: scales, axes, dots, lines and bars, as SVG text. No script, no fonts, no colours.

Colours and sizes come from the page's style, by classes. What a picture shows is said in words as well, in its title
and description, and in a table or caption beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup

WIDTH: Final = 340
"""Of a picture, in its own units: about a phone's pixels, so that its letters have the page's size there."""
HEIGHT: Final = 190
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 24
"""Room around what is drawn: for the numbers of the axes."""
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIME_STEPS: Final = tuple(
    timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 48, 24 * 7, 24 * 14, 24 * 30, 24 * 91, 24 * 182, 24 * 365)
)


@dataclass(frozen=True)
class Scale:
    """From values to places in a picture. A single value is in the middle."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value, to a tenth of a unit."""
        if self.high == self.low:
            return round((self.start + self.end) / 2, 1)
        part = (value - self.low) / (self.high - self.low)
        return round(self.start + part * (self.end - self.start), 1)


@dataclass(frozen=True)
class Tick:
    """A place on an axis that has a number."""

    value: float
    label: str


def across(low: float, high: float) -> Scale:
    """From left to right."""
    return Scale(low, high, LEFT, WIDTH - RIGHT)


def upwards(low: float, high: float) -> Scale:
    """From the bottom to the top."""
    return Scale(low, high, HEIGHT - BOTTOM, TOP)


def round_ticks(low: float, high: float, about: int = 4) -> list[Tick]:
    """Round numbers from at most `low` to at least `high`."""
    if not high > low:
        low, high = (low - abs(low) * 0.1, low + abs(low) * 0.1) if low else (0.0, 1.0)
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in _STEPS if size * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if round(step / power, 2) == 2.5 else 0))
    return [Tick(number * step, f"{number * step:,.{digits}f}") for number in range(first, last + 1)]


def time_ticks(low: datetime, high: datetime, about: int = 5) -> list[Tick]:
    """Round moments between two, as seconds since 1970."""
    span = max(high - low, timedelta(hours=1))
    years = _TIME_STEPS[-1] * math.ceil(span / _TIME_STEPS[-1] / about)
    step = next((size for size in _TIME_STEPS if span / size <= about), years)
    form = "%H:%M" if step < timedelta(days=1) else "%d %b" if span < timedelta(days=300) else "%b %Y"
    first = math.ceil(low.timestamp() / step.total_seconds())
    moments = [number * step.total_seconds() for number in range(first, first + about + 2)]
    return [Tick(at, datetime.fromtimestamp(at, UTC).strftime(form)) for at in moments if at <= high.timestamp()]


def picture(title: str, description: str, identifier: str, parts: Iterable[Markup]) -> Markup:
    """One picture with its name and what it shows, for those who do not see it."""
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title>'
        '<desc id="{id}-d">{description}</desc>{parts}</svg>'
    ).format(w=WIDTH, h=HEIGHT, id=identifier, title=title, description=description, parts=Markup("").join(parts))


def axes(across_: Scale, ticks_across: Sequence[Tick], upwards_: Scale, ticks_upwards: Sequence[Tick]) -> Markup:
    """Lines at the upward ticks, and the numbers of both axes; of numbers that would touch, the later is left out."""
    lines = [
        Markup('<path class="grid" d="M{} {}H{}"/><text class="up" x="{}" y="{}">{}</text>').format(
            LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4, tick.label
        )
        for tick in ticks_upwards
        for y in [upwards_.at(tick.value)]
    ]
    free = -math.inf
    for tick in ticks_across:
        x, half = across_.at(tick.value), 3.4 * len(tick.label)
        x = min(max(x, LEFT - 10 + half), WIDTH - half)
        if x - half < free:
            continue
        free = x + half + 6
        lines.append(Markup('<text class="across" x="{}" y="{}">{}</text>').format(round(x, 1), HEIGHT - 6, tick.label))
    return Markup("").join(lines)


def dots(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    """A round dot at each place: a line without length and with round ends, a dozen bytes each."""
    return _marks(points, kind, "h0")


def crosses(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    """A cross at each place, which differs from a dot without any colour."""
    return _marks(((x - 2.5, round(y - 2.5, 1)) for x, y in points), kind, "l5 5m0-5l-5 5")


def dashes(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    """A short level line at each place, which differs from dots and crosses without any colour."""
    return _marks(((x - 3, y) for x, y in points), kind, "h6")


def _marks(points: Iterable[tuple[float, float]], kind: str, shape: str) -> Markup:
    path = "".join(f"M{x:g} {y:g}{shape}" for x, y in dict.fromkeys(points))
    return Markup('<path class="{}" d="{}"/>').format(kind, path) if path else Markup("")


def line(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    """One line through the places."""
    path = "".join(f"{'L' if number else 'M'}{x:g} {y:g}" for number, (x, y) in enumerate(points))
    return Markup('<path class="{}" d="{}"/>').format(kind, path) if path else Markup("")


def bar(x: float, width: float, low: float, high: float, kind: str) -> Markup:
    """An upright bar from `low` to `high`, both places in the picture."""
    return Markup('<path class="{}" d="M{:g} {:g}h{:g}V{:g}h{:g}z"/>').format(
        kind, round(x, 1), low, round(width, 1), high, -round(width, 1)
    )
