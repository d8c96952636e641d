"""The forms in which a check is printed; by itself, so that the command line starts without what checks."""

from enum import StrEnum


class CheckFormat(StrEnum):
    """In which form a check is printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
