"""What a person asks for who enables or disables schedules; it loads nothing, as commands are made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Schedules of a stack, and whether they are to be enabled."""

    stack: str
    enabled: bool
    job: str | None = None
    schedule: str | None = None
