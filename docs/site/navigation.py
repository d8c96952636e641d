"""What the site's pages are and in which order; a page that is not here fails the tests and the build.

Pages are named without `.md`, below docs/. The index page gets this as its tables of contents.
"""

from typing import Final

NAVIGATION: Final = {
    "Start": ["get-started", "concepts"],
    "How to": [
        "schedules",
        "many-jobs",
        "data-buckets",
        "dated-data",
        "file-systems",
        "data-checks",
        "own-code",
        "images",
        "machines",
        "private-network",
        "tracking",
        "training-job",
        "component",
        "migrating",
        "delivery",
    ],
    "Operate": [
        "operating",
        "verify",
        "runs",
        "models",
        "alarms",
        "runbook",
        "report",
        "doctor",
        "dead-letters",
        "costs",
        "cleanup",
        "troubleshooting",
    ],
    "Reference": ["configuration", "command-line", "policies", "bad-inputs", "refusals"],
    "Decisions": ["adr/README"],
}
"""Caption -> pages."""
BELOW: Final = {"adr/README": "adr/[0-9]*"}
"""Page -> the pages below it, as a pattern."""


def toctrees(captions: dict[str, list[str]]) -> str:
    """Tables of contents in MyST's words."""
    return "\n".join(_toctree(pages, f":caption: {caption}") for caption, pages in captions.items())


def below(page: str) -> str:
    """The table of contents of a page that has others below it; "" of any other."""
    return _toctree([BELOW[page]], ":glob:") if page in BELOW else ""


def _toctree(pages: list[str], option: str) -> str:
    # From the site's root, whichever page it stands on.
    lines = ["```{toctree}", ":hidden:", option, "", *(f"/{page}" for page in pages), "```", ""]
    return "\n".join(lines)
