"""Where this project's training code is: inside the installed package, or in the repository beside this one."""

from pathlib import Path
from typing import Final

SHIPPED_CODE: Final = "training_code"
"""The name of this project's own training code, as a `source.directory`."""


def shipped_code_directory() -> Path:
    """The directory, wherever this package is."""
    here = Path(__file__).parent
    return here / SHIPPED_CODE if (here / SHIPPED_CODE).is_dir() else here.parent / SHIPPED_CODE
