"""Where the seconds of a training job go, beside those of scikit-learn with all cores and of what MLflow's guide shows.

The programs, rows and trees of the training benchmark: 100 trees of depth 5 on 261,876 flights. A phase ends when the
log says so. Before the first rows, Python, pyarrow and the packages that read are loaded; meanwhile and until growing
begins, scikit-learn and MLflow are loaded, the rows are read and checked, a run is opened and claimed. After the forest
is grown it is judged; then come the importance of the features and the file of the model, and at last the pictures, the
model in MLflow's format, and the sending of all that to the server, which takes its share of the two cores. Figures are
medians, in seconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import training
from benchmarks.flights import write_channels
from benchmarks.report import Table

_ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    "first rows": {training.OURS: "memory: "},
    "ready to grow": {training.OURS: "checkpoint: none"},
    "grown": {training.OURS: "growing: 100 of 100"},
    "judged": dict.fromkeys((training.OURS, training.ALL_CORES, training.TRACKED), "validation:accuracy="),
    "saved": {training.OURS: "saving: "},
}
"""Phase -> program -> how the line begins that ends it; what a program does not say belongs to its next phase."""
_HEADER: Final = ("program", *_ENDS, "the end", "all")


def table(rounds: int = training.ROUNDS) -> Table:
    """Measure the programs in turns; a row each."""
    programs = (training.ALL_CORES, training.TRACKED, training.OURS)
    taken: dict[str, list[dict[str, float]]] = {program: [] for program in programs}
    with tempfile.TemporaryDirectory() as scratch, training.serve(Path(scratch) / "servers") as servers:
        write_channels(Path(scratch) / "rows", 1)
        for turn in range(rounds):
            for place, program in enumerate(programs):
                directory = Path(scratch) / f"{turn}-{place}"
                figures = training.run(program, training.HYPERPARAMETERS, Path(scratch) / "rows", directory, servers)
                taken[program].append(phases(program, figures.lines, figures.seconds))
    rows = [
        (program, *(_median([each.get(phase) for each in own]) for phase in (*_ENDS, "the end", "all")))
        for program, own in taken.items()
    ]
    return Table("Where the seconds go", "python -m benchmarks.phases", __doc__ or "", _HEADER, rows)


def phases(program: str, lines: Sequence[tuple[float, str]], seconds: float) -> dict[str, float]:
    """How long each phase took that the program's `lines` tell of, and all of it."""
    taken, before = {"all": seconds}, 0.0
    for phase, beginnings in _ENDS.items():
        beginning = beginnings.get(program)
        at = next((at for at, line in lines if beginning and line.startswith(beginning)), None)
        if at is not None:
            taken[phase], before = at - before, at
    return taken | {"the end": seconds - before}


def _median(values: Sequence[float | None]) -> str:
    told = [value for value in values if value is not None]
    return f"{statistics.median(told):.1f}" if told else ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phases", description=__doc__)
    parser.add_argument("--rounds", type=int, default=training.ROUNDS, help=f"measurements ({training.ROUNDS})")
    print(table(parser.parse_args().rounds).text())


if __name__ == "__main__":
    main()
