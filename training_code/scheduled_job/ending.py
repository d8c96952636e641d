"""Ends the process, from whichever thread."""

from __future__ import annotations

import os
import sys
import threading
from typing import NoReturn


def end_process(code: int) -> NoReturn:
    """End it: in the main thread as Python does, with all that is to be done at its end.

    In another thread that would end the thread alone, and a job that has failed would go on and be green.
    """
    if threading.current_thread() is threading.main_thread():
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
