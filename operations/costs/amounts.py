"""Dollars, durations and numbers of times, as people read them."""

from __future__ import annotations


def in_usd(usd: float | None) -> str:
    """`USD 12.40`; less than ten cents with two digits that count; `?` where it is not known."""
    if usd is None:
        return "?"
    return f"USD {usd:,.2f}" if usd >= 0.1 or usd == 0 else f"USD {usd:.2g}"


def in_time(seconds: float) -> str:
    """`1 h 30 min`, `90 s`: two units at most."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, hours = round(whole / 60), 0
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join([f"{number} {unit}" for number, unit in units if number][:2])


def in_times(number: float) -> str:
    """`30.4`, `0.083`, `43,800`."""
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"
