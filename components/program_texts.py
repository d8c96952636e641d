"""Texts that a program is started with, as arguments or variables: no operating system hands over what ends them.

Source: POSIX, `exec` and `environ`: both are arrays of texts that end with a null byte.
"""

from typing import Final

from pydantic import AfterValidator

_END: Final = "\0"


def require_whole(text: str) -> str:
    """The text.

    Raises:
        ValueError: no program can be given all of it.
    """
    if _END in text:
        raise ValueError("allowed: text without U+0000, which ends every argument and variable of a program")
    return text


WHOLE: Final = AfterValidator(require_whole)
"""For a text that becomes an argument or a variable; behind its limits, so that these are told as those of text."""
