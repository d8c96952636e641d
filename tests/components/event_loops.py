"""An event loop for each thread of Pulumi's test monitor, closed: one left to the garbage may complain of its end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_event_loop() -> Iterator[None]:
    """The monitor's threads each leave an event loop behind, of which nobody knows; here they are given one to close.

    A thread whose loop is running already, the program's own, keeps that.
    """
    if asyncio._get_running_loop() is not None:
        yield
        return
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
