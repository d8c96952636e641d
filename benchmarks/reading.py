"""What reading a channel costs, beside the two readers that people use: seconds and peak memory.

Each reads the CSV file of a training channel and holds a stratified fifth of the rows out; each is a process of its
own, and they take turns. "pandas" is `read_csv` and `train_test_split`, "pyarrow" is its CSV reader with all cores,
made a frame and split in the same way. Ours also finds out how the file is written, hashes it, judges every column over
all rows, says how much memory a run will need, makes a profile of the data and converts to 32 bits. Seconds begin when
everything is imported; memory is a process's own peak, imports included. The flights are those of the other benchmarks;
the wide table has 2,000 columns of numbers, the long one 5 million rows of nine numbers and a word. Figures are
medians; "beside" is the ratio to pandas, round by round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.flights import SEED, write_channels
from benchmarks.report import Table

ROUNDS: Final = 3
WIDE: Final = (20_000, 2_000)
LONG: Final = (5_000_000, 9)
PROGRAMS: Final = ("pandas", "pyarrow", "ours")
_BLOCK: Final = 100_000
_SCRIPT: Final = Path(__file__).parent / "scripts" / "reading.py"
_WORDS: Final = ("north", "south", "east", "west")
_HEADER: Final = ("table", "rows", "columns", "file MB", "program", "seconds", "beside", "peak MB", "peak beside")


@dataclass(frozen=True)
class Figures:
    """Of one process: seconds of reading, peak memory."""

    seconds: float
    megabytes: float


def table(rounds: int = ROUNDS) -> Table:
    """Measure every program with every table."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, directory, count, columns in _tables(Path(scratch)):
            taken: dict[str, list[Figures]] = {program: [] for program in PROGRAMS}
            for _ in range(rounds):
                for program in PROGRAMS:
                    taken[program].append(_run(program, directory))
            size = sum(each.stat().st_size for each in directory.iterdir()) / 1e6
            told = (name, f"{count:,}", f"{columns:,}", f"{size:.0f}")
            rows.extend((*told, program, *_figures(own, taken["pandas"])) for program, own in taken.items())
    return Table("Reading", "python -m benchmarks.reading", __doc__ or "", _HEADER, tuple(rows))


def _figures(own: Sequence[Figures], basis: Sequence[Figures]) -> tuple[str, ...]:
    pairs = list(zip(own, basis, strict=True))
    return (
        f"{statistics.median(each.seconds for each in own):.2f}",
        f"{statistics.median(mine.seconds / other.seconds for mine, other in pairs):.2f}",
        f"{statistics.median(each.megabytes for each in own):.0f}",
        f"{statistics.median(mine.megabytes / other.megabytes for mine, other in pairs):.2f}",
    )


def _tables(scratch: Path) -> Sequence[tuple[str, Path, int, int]]:
    write_channels(scratch, 1)
    flights = scratch / "training"
    lines = sum(1 for _ in (flights / "flights.csv").open("rb")) - 1
    return [
        ("flights", flights, lines, 14),
        ("wide", _written(scratch / "wide", *WIDE), WIDE[0], WIDE[1] + 1),
        ("long", _written(scratch / "long", *LONG, words=True), LONG[0], LONG[1] + 2),
    ]


def _written(directory: Path, rows: int, numbers: int, *, words: bool = False) -> Path:
    """A channel of random numbers with two decimals, a word where it is asked for, and `target`."""
    import numpy
    import pyarrow
    from pyarrow import csv

    directory.mkdir()
    random = numpy.random.default_rng(SEED)
    names = [*(f"number_{place}" for place in range(numbers)), *(["word"] if words else []), "target"]
    writer = None
    for start in range(0, rows, _BLOCK):
        count = min(_BLOCK, rows - start)
        columns: list[object] = [numpy.round(random.normal(size=count), 2) for _ in range(numbers)]
        columns += [numpy.array(_WORDS)[random.integers(0, len(_WORDS), count)]] if words else []
        columns.append(random.integers(0, 2, count))
        block = pyarrow.table(dict(zip(names, columns, strict=True)))
        writer = writer or csv.CSVWriter(directory / "table.csv", block.schema)
        writer.write_table(block)
    if writer is not None:
        writer.close()
    return directory


def _run(program: str, directory: Path) -> Figures:
    """One process.

    Raises:
        SystemExit: it failed; with the end of what it printed.
    """
    done = subprocess.run(
        [sys.executable, str(_SCRIPT), program, str(directory)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{program} failed:\n{done.stderr[-3000:]}")
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measurements per row ({ROUNDS})")
    print(table(parser.parse_args().rounds).text())


if __name__ == "__main__":
    main()
