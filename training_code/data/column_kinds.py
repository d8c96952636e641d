"""What columns hold, judged by some of their values: numbers, true and false, words, dates, or nothing at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from data.csv_dialect import Dialect
from data.spelled_numbers import FALSE, TRUE


class Kind(Enum):
    """What a column holds. Of NOTHING and WORDS the whole column tells more than its first lines."""

    NUMBERS = "numbers"
    TRUTH = "true and false"
    WORDS = "words"
    DATES = "dates"
    NOTHING = "no value"


PAIRS = (("no", "yes"), ("n", "y"), ("f", "t"))
"""Words that mean 0 and 1, in lower case; sorted, so that scikit-learn's own encoder gives the same numbers."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY_OF_WEEK = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[-/]\d{1,2}[-/]\d{2}"
    rf"|\d{{1,2}}[-/ ]?{_MONTH}[-/ ]?\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
)
_ZONE = r" ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)(?:\[[\w/+-]+\])?"
_TIME = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?[AP]M)?(?:{_ZONE})?"
_DATE_OR_TIME = re.compile(
    rf"(?:{_DAY_OF_WEEK})?{_DATE}(?:[T :]{_TIME})?|{_TIME}|\d{{8}}T\d{{6}}Z?"
    rf"|{_DAY_OF_WEEK}{_MONTH} +\d{{1,2}} {_TIME} \d{{4}}",
    re.IGNORECASE,
)


def kind_of(values: Sequence[str], dialect: Dialect) -> Kind:
    """What fields of a CSV file hold."""
    # Each once: most columns say the same again and again.
    there = [value for value in {value.strip() for value in values} if not dialect.is_missing(value)]
    if not there:
        return Kind.NOTHING
    if all(map(dialect.is_number, there)):
        return Kind.NUMBERS
    if all(value in TRUE or value in FALSE for value in there):
        return Kind.TRUTH
    return Kind.DATES if are_dates(there) else Kind.WORDS


def are_dates(words: Sequence[str]) -> bool:
    """Whether all words are dates, times or both, in one of the forms that common writers use."""
    return bool(words) and all(map(_DATE_OR_TIME.fullmatch, words))


def are_pair(words: Sequence[str]) -> bool:
    """Whether the words, two at most, mean yes and no."""
    return any({word.lower() for word in words} <= set(pair) for pair in PAIRS) and 0 < len(words) <= 2
