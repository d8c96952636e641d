"""The files that are generated, and what belongs into them."""

from pathlib import Path
from typing import Final

from reference import configuration_page

PROJECT: Final = Path(__file__).parents[1]


def written_files() -> dict[Path, str]:
    """Path -> content of each generated file."""
    return {PROJECT / "docs" / "configuration.md": configuration_page.page()}
