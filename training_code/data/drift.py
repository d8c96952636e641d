"""What has changed between the data that the champion learnt from and this run's: a small set of checks, in words."""

from __future__ import annotations

from collections.abc import Iterator

from data.profile import NUMBERS, QUANTILES, WORDS, Column, Profile

FEWER_ROWS = 0.5
"""Share of the champion's rows below which a delivery was probably not whole."""
MORE_MISSING = 0.1
"""By how much the share of missing values may grow (0 to 1)."""
UNSEEN = 0.05
"""Share of rows whose word the champion never saw, from which it is told."""
OTHER_SHARE = 0.2
"""By how much the share of a class may change (0 to 1)."""
_LOW, _MIDDLE, _HIGH = (QUANTILES.index(each) for each in (0.05, 0.5, 0.95))
_SHOWN = 5


def findings(now: Profile, champion: Profile) -> list[str]:
    """Each change that matters, in a sentence; none where the data is as it was.

    Told are: far fewer rows; columns that are gone or new; another kind of values; more missing values; words that were
    never seen; numbers whose middle is where few were; classes that are gone, new, or of another share.
    """
    found = []
    if now.rows < FEWER_ROWS * champion.rows:
        found.append(f"{now.rows:,} rows, where the champion learnt from {champion.rows:,}")
    gone = [name for name in champion.columns if name not in now.columns]
    new = [name for name in now.columns if name not in champion.columns]
    found += [f"{_named(gone)} gone: the champion learnt from it"] if gone else []
    found += [f"{_named(new)} new: the champion does not know it"] if new else []
    for name, column in now.columns.items():
        if name in champion.columns:
            found += [f"column {name!r} {each}" for each in _changes(column, champion.columns[name])]
    return [*found, *(f"the target {each}" for each in _target_changes(now.target, champion.target))]


def _changes(now: Column, before: Column) -> Iterator[str]:
    if now.kind != before.kind:
        yield f"holds {now.kind}, where it held {before.kind}"
        return
    if now.missing > before.missing + MORE_MISSING:
        yield f"lacks {now.missing:.0%} of its values, where it lacked {before.missing:.0%}"
    if now.kind == WORDS and before.is_whole:
        unseen = {word: share for word, share in now.shares.items() if word not in before.shares}
        if (share := sum(unseen.values())) > UNSEEN:
            yield f"holds words that the champion never saw in {share:.0%} of its rows, such as {_listed(unseen)}"
    if now.kind == NUMBERS and now.quantiles and before.quantiles:
        low, middle, high = before.quantiles[_LOW], now.quantiles[_MIDDLE], before.quantiles[_HIGH]
        if not low <= middle <= high:
            yield f"has a median of {middle:.6g}, where 90 % of the values were from {low:.6g} to {high:.6g}"


def _target_changes(now: Column, before: Column) -> Iterator[str]:
    if now.kind != WORDS or before.kind != WORDS:
        yield from _changes(now, before)
        return
    if gone := [word for word in before.shares if word not in now.shares]:
        yield f"lacks the class {_listed(gone)}"
    if new := [word for word in now.shares if word not in before.shares]:
        yield f"has the class {_listed(new)}, which the champion does not know"
    for word, share in now.shares.items():
        if abs(share - before.shares.get(word, share)) > OTHER_SHARE:
            yield f"is {word!r} in {share:.0%} of the rows, where it was in {before.shares[word]:.0%}"


def _named(names: list[str]) -> str:
    return f"column {names[0]!r} is" if len(names) == 1 else f"columns {_listed(names)} are"


def _listed(words: list[str] | dict[str, float]) -> str:
    names = list(words)
    return ", ".join(map(repr, names[:_SHOWN])) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
