"""What all tests share."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long one example takes says something about the machine's other work, not about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _exception_hook_as_before() -> Iterator[None]:
    """A program that a test runs may change how its end is shown, as ours does for the engine."""
    hook = sys.excepthook
    yield
    sys.excepthook = hook
