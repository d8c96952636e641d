"""What all tests share."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long one example takes says something about the machine's other work, not about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _ctrl_c_as_before() -> Iterator[None]:
    """A program that a test runs may change what Ctrl-C does, as ours does under the engine."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)
