"""Dates and times as numbers: their form is found out from their words, and scikit-learn's own steps take them apart.

The steps are made of functions of NumPy and pandas alone, so that a saved model takes dates as words wherever it is
loaded, without code of ours (docs/adr/0032).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy
from numpy.typing import NDArray

from failure import TrainingError, shown

if TYPE_CHECKING:
    import pandas
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

ISO: Final = "ISO8601"
"""As pandas calls 2026-11-26, 2026-11-26 03:00:00 and 2026-11-26T03:00:00.5+01:00."""
_WITH_SIGNS: Final = ("%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y")
_DAYS: Final = (
    *("%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y"),
    *("%b %d %Y", "%b %d, %Y", "%B %d %Y", "%B %d, %Y"),
    *(form.replace("-", sign) for form in _WITH_SIGNS for sign in "-/ "),
)
_TIMES: Final = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_OF_PROGRAMS: Final = (
    *("%d%b%Y", "%d%b%y", "%d%b%Y:%H:%M:%S", "%d%b%y:%H:%M:%S"),  # SAS
    *("%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S.%f %Z"),  # BigQuery
    *("%b %d %Y %I:%M%p", "%b %d %Y %I:%M:%S%p"),  # SQL Server
    *("%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S %Z", "%d/%b/%Y:%H:%M:%S %z"),  # C, mail, web servers
)
FORMS: Final = (
    *(*_TIMES, *_DAYS, *_OF_PROGRAMS),
    *(f"{day}{sign}{time}" for day in _DAYS for time in _TIMES for sign in " T"),
)
"""What is tried where ISO 8601 does not fit, in the words of strptime."""
_FEW: Final = 50
_FARTHEST: Final = 2.0**40
"""Seconds, some 35,000 years: sums of whole numbers as great as this one are exact."""
_SECONDS_OF_A_DAY: Final = 86400
_OF_A_TIME: Final = ("hour", "seconds")


@dataclass(frozen=True)
class DateForm:
    """How a column writes dates or times (`strptime`'s words, or ISO), and the numbers that they become."""

    format: str
    parts: tuple[str, ...]

    @property
    def is_time_of_day(self) -> bool:
        """Whether there is a time and no day."""
        return self.format in _TIMES

    def names(self, column: str) -> list[str]:
        """The names of the columns of numbers, in order."""
        return [f"{column}_{part}" for part in self.parts]

    def numbers(self, words: Sequence[str]) -> NDArray[numpy.float64]:
        """The parts (words x parts) of each word."""
        import pandas

        taken: NDArray[numpy.float64] = self.steps().fit_transform(pandas.Series(list(words), dtype=object))
        return taken

    def steps(self) -> Pipeline:
        """What makes the parts (rows x parts) of a series of words, or of dates; missing ones are NaN.

        Whole units since 1970 are counted, and their differences are the parts: the day of a month is the number of
        days less that at which the month began.
        """
        import pandas
        from sklearn.pipeline import make_pipeline, make_union

        # Each unit as NumPy counts it, and what is added: years from 1970, days from the 1st, weeks from a Thursday.
        units = make_union(
            _count("Y", 1970),
            _count("M", 1970 * 12 + 1),
            _count("M", 0, "D"),
            _count("W", 0),
            _count("D", 1),
            _count("h", 24),
            _count("s", _SECONDS_OF_A_DAY if self.is_time_of_day else 0),
            _early_in_week(),
        )
        return make_pipeline(
            _step(pandas.to_datetime, format=self.format, utc=True),
            _step(numpy.asarray, dtype="datetime64[s]"),
            _step(numpy.expand_dims, axis=1),
            units,
            _step(numpy.tensordot, b=self._weights(), axes=1),
        )

    def _weights(self) -> NDArray[numpy.float64]:
        """How much of each unit is in each part (units x parts), in the order of `steps`."""
        of_day = -_SECONDS_OF_A_DAY if self.is_time_of_day else 0
        shares = {
            "year": (1, 0, 0, 0, 0, 0, 0, 0),
            "month": (-12, 1, 0, 0, 0, 0, 0, 0),
            "day": (0, 0, -1, 0, 1, 0, 0, 0),
            "day_of_week": (0, 0, 0, -7, 1, 0, 0, -1),
            "hour": (0, 0, 0, 0, -24, 1, 0, 0),
            "seconds": (0, 0, 0, 0, of_day, 0, 1, 0),
        }
        return numpy.array([shares[part] for part in self.parts], dtype="float64").T


def form_of(words: Sequence[str], column: str, told: str | None, parts: Iterable[str]) -> DateForm | None:
    """The form in which all the words are written, `told` or found out; None where there is none.

    Raises:
        TrainingError: when several forms fit, so that a day may be a month.
    """
    forms = [told] if told else [ISO, *(each for each in FORMS if _may_be(words[0], each))]
    fits = [each for each in forms if _fits(words[:_FEW], each) and _fits(words, each)][: 1 if told else 2]
    if fits and fits[0] != ISO and len(fits) > 1:
        one, other = (_read(words[:1], each).iloc[0].strftime("%Y-%m-%d") for each in fits)
        raise TrainingError(
            f"column {column!r}: {shown(words[0])} may be {one} or {other}, and so may all of its dates; set "
            f"date_format to {fits[0]!r} or {fits[1]!r}"
        )
    if not fits:
        return None
    form = DateForm(fits[0], tuple(parts))
    return DateForm(fits[0], tuple(each for each in parts if each in _OF_A_TIME)) if form.is_time_of_day else form


def _may_be(word: str, form: str) -> bool:
    """Whether Python reads a word in a form: it is asked first, because pandas takes a hundred times as long."""
    try:
        datetime.strptime(word.strip(), form)  # nobody asks where that is
    except ValueError:
        return False
    return True


def _fits(words: Sequence[str], form: str) -> bool:
    return bool(_read(words, form).notna().all())


def _read(words: Sequence[str], form: str) -> pandas.Series:
    import pandas

    return pandas.to_datetime(pandas.Series(list(words), dtype=object), format=form, utc=True, errors="coerce")


def _step(function: Any, **arguments: Any) -> BaseEstimator:  # noqa: ANN401  # any function of an array
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(function, kw_args=arguments)


def _count(unit: str, added: float, back_to: str | None = None) -> Pipeline:
    """Whole units since 1970, or the number of `back_to` at which they began; NaN for no date."""
    from sklearn.pipeline import make_pipeline

    units = [f"datetime64[{each}]" for each in (unit, back_to) if each]
    # NumPy's number for no date is far below all others.
    limits = {"xp": [-_FARTHEST, _FARTHEST], "fp": [added - _FARTHEST, added + _FARTHEST]}
    return make_pipeline(
        *(_step(numpy.asarray, dtype=each) for each in units),
        _step(numpy.asarray, dtype="float64"),
        _step(numpy.interp, **limits, left=numpy.nan, right=numpy.nan),
    )


def _early_in_week() -> Pipeline:
    """5 from Monday to Wednesday, -2 on other days: from Thursday's weeks to Monday's, in which Monday is 0."""
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        _step(numpy.asarray, dtype="datetime64[D]"),
        _step(numpy.is_busday, weekmask="1110000"),
        _step(numpy.interp, xp=[0, 1], fp=[-2, 5]),
    )
