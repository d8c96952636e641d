"""What it costs to declare jobs with the component, beside the same resources declared flat, by hand.

Each measurement is a process of its own on one processor: the SDK's test monitor answers at once, so what is timed is
the program, in CPU seconds. The two programs are measured in pairs, and take turns at being the first; figures are
medians, and the ratio is the median of the pairs' ratios. Not of the least of each: on a shared machine a processor's
speed changes from second to second, so that the least is a matter of luck, while both of a pair mostly have the same
speed. The component also makes the outputs that a stack exports.

Python's garbage collector is off, as `__main__.py` has it: it walks all that the SDK keeps until the end, again and
again, whoever declared it, and frees next to nothing. What it would cost is in the last columns, for both.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Table, peak_memory_in_megabytes

PAIRS: Final = {1: 30, 10: 30, 100: 24, 500: 10}
"""Pairs of measurements for each number of jobs: what takes less time varies more."""
PROJECT: Final = Path(__file__).parent.parent

Pair = tuple[dict[str, float], dict[str, float]]


def table(pairs: Mapping[int, int] = PAIRS) -> Table:
    """Measure all job counts; one row each."""
    return Table("Declaring jobs", "python -m benchmarks.program", __doc__ or "", _HEADER, tuple(_rows(pairs)))


_HEADER: Final = (
    "jobs",
    "component, CPU s",
    "flat, CPU s",
    "ratio",
    "component, ms per job",
    "component, MB",
    "flat, MB",
    "component, collecting, CPU s",
    "flat, collecting, CPU s",
)


def _rows(pairs: Mapping[int, int]) -> Iterator[tuple[str, ...]]:
    for count, rounds in pairs.items():
        taken = [_pair(count, flat_first=bool(turn % 2)) for turn in range(rounds)]
        collecting = [_measure(program, count, "--collect")["seconds"] for program in ("component", "flat")]

        def median(side: int, of: str, taken: Sequence[Pair] = taken) -> float:
            return statistics.median(pair[side][of] for pair in taken)

        yield (
            str(count),
            f"{median(0, 'seconds'):.3f}",
            f"{median(1, 'seconds'):.3f}",
            f"{statistics.median(component['seconds'] / flat['seconds'] for component, flat in taken):.2f}",
            f"{1000 * median(0, 'seconds') / count:.1f}",
            f"{median(0, 'megabytes'):.0f}",
            f"{median(1, 'megabytes'):.0f}",
            *(f"{each:.3f}" for each in collecting),
        )


def _pair(count: int, *, flat_first: bool) -> Pair:
    """The figures of the component and of the flat program, one measured right after the other."""
    first, second = ("flat", "component") if flat_first else ("component", "flat")
    figures = {first: _measure(first, count), second: _measure(second, count)}
    return figures["component"], figures["flat"]


def _measure(program: str, count: int, *more: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.program", "--declare", program, str(count), *more]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    figures: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return figures


def _declare(program: str, count: int, *, collecting: bool) -> None:
    """Declare in this process and print what it took: CPU seconds of the declaration, peak memory of the process."""
    from pulumi.runtime import mocks, settings
    from pulumi.runtime.stack import run_in_stack

    class AtOnce(mocks.Mocks):
        """Answers with what was asked."""

        def call(self, _: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
            return {}, []

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "url": f"url:{args.name}"}

    with tempfile.TemporaryDirectory() as directory, asyncio.Runner() as runner:
        declare = _prepared(program, count, Path(directory))
        runner.get_loop()
        mocks.set_mocks(AtOnce(), project="scheduled-training", stack="prod", preview=False)
        settings.ROOT.set(None)  # `set_mocks` makes a root stack; `run_in_stack` makes the real one
        if not collecting:
            gc.disable()
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        started = time.process_time()
        runner.run(run_in_stack(declare))
        seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "megabytes": peak_memory_in_megabytes()}))


def _prepared(program: str, count: int, directory: Path) -> Callable[[], None]:
    """Load settings and imports beforehand, so that only declaring is timed."""
    import yaml

    from benchmarks.flat_program import declare_flat
    from components.aws_names import AwsScope, JobNames
    from components.scheduled_training_job import ScheduledTrainingJob, ScheduledTrainingJobArgs
    from components.source_bundle import bundle_source, read_source_files, write_bundle
    from settings import PROJECT_NAMESPACE, parse_settings

    values = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text())["config"]
    own = {name.partition(":")[2]: value for name, value in values.items() if name.startswith(PROJECT_NAMESPACE)}
    job = next(iter(own["training_jobs"].values()))
    own["training_jobs"] = {f"job-{number}": job for number in range(count)}
    settings = parse_settings(own, "prod", values["aws:region"])
    scope = AwsScope("aws", settings.region, "123456789012")
    bundle = bundle_source(read_source_files(PROJECT / "training_code"), "train.py")
    path = write_bundle(bundle, directory)

    def component() -> None:
        for name, spec in settings.training_jobs.items():
            names = JobNames(scope, settings.name_prefix(name))
            args = ScheduledTrainingJobArgs(names, spec, spec.schedule, bundle, directory, settings.tags_of(name))
            ScheduledTrainingJob(name, args)

    def flat() -> None:
        for name in settings.training_jobs:
            declare_flat(name, settings.name_prefix(name), bundle.digest, path, settings.tags_of(name))

    return {"component": component, "flat": flat}[program]


def main() -> None:
    """Print the table, or declare once where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.program", description=__doc__)
    parser.add_argument("--declare", nargs=2, metavar=("PROGRAM", "JOBS"), help=argparse.SUPPRESS)
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--pairs", type=int, help=f"pairs of measurements per row ({', '.join(map(str, PAIRS.values()))})"
    )
    options = parser.parse_args()
    if options.declare:
        _declare(options.declare[0], int(options.declare[1]), collecting=options.collect)
    else:
        print(table(dict.fromkeys(PAIRS, options.pairs) if options.pairs else PAIRS).text())


if __name__ == "__main__":
    main()
