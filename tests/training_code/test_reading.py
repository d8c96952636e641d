"""A reading beside other work: it ends with its process, whether anybody asked for its rows or not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.training_code.conftest import ROOT

ENDLESS = f"""
import io, sys, time
sys.path.insert(0, {str(ROOT / "training_code")!r})
import pyarrow
from pyarrow import csv
from data.reading import Reading, end_process

class Endless(io.RawIOBase):
    blocks = 0
    def readable(self):
        return True
    def readinto(self, buffer):
        view = memoryview(buffer)
        count = len(view) // 4 * 4
        view[:count] = b"1,2\\n" * (count // 4)
        Endless.blocks += 1
        return count

Reading(lambda: csv.read_csv(pyarrow.input_stream(Endless())))
while not Endless.blocks:
    time.sleep(0.01)
print("nothing to train")
"""


@pytest.mark.parametrize("code", [0, 1])
def test_a_process_ends_while_rows_are_read_that_nobody_asked_for(code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{ENDLESS}end_process({code})"], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (code, "nothing to train\n", "")


def test_a_process_without_a_reading_ends_as_usual() -> None:
    program = ENDLESS.partition("Reading(lambda")[0] + "import atexit; atexit.register(print, 'bye'); end_process(3)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (3, "bye\n")
