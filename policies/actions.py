"""Which actions accept no resource but ``*``, from ``actions_without_resources.txt`` (see its head for the source)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("actions_without_resources.txt")


def accepts_only_star(action: str) -> bool:
    """Tell whether ``service:Action`` exists and accepts nothing but ``Resource: "*"``; a wildcard never does."""
    service, _, name = action.lower().partition(":")
    return name in _by_service().get(service, "").split()


@cache
def _by_service() -> Mapping[str, str]:
    # Read on first use: few documents have a Resource "*", and the engine starts the pack at every preview.
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
