"""What it costs to declare jobs with the component, beside the same resources declared flat, by hand.

Each measurement is a process of its own on one processor: the SDK's test monitor answers at once, so what is timed is
the program, in CPU seconds. The process is forked from one that has loaded and read all there is to load and read. The
programs take turns at being the first; figures are medians, and a ratio is the median of the rounds' ratios. Not of the
least of each: on a shared machine a processor's speed changes from second to second, so that the least is a matter of
luck, while what is measured right after one another mostly has the same speed.

The component's program is what `__main__.py` does: after each job it lets the SDK send what was declared. By hand one
declares everything and leaves the sending to the end, for which the SDK needs longer; "flat, in turns" is the flat
program with such turns, so that the second ratio is the component alone, which also makes the outputs that a stack
exports.

Python's garbage collector is off, as `__main__.py` has it: it walks all that the SDK keeps until the end, again and
again, whoever declared it. What it would cost is in the last columns.
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
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks import whole_program
from benchmarks.report import Table, peak_memory_in_megabytes

ROUNDS: Final = {1: 60, 10: 60, 100: 30, 500: 10}
"""Rounds of measurements for each number of jobs: what takes less time varies more."""
PROJECT: Final = Path(__file__).parent.parent
PROGRAMS: Final = ("component", "flat", "flat in turns")

Figures = dict[str, float]
Declare = Callable[[], Awaitable[None] | None]


def table(rounds: Mapping[int, int] = ROUNDS) -> Table:
    """Measure all job counts; one row each."""
    return Table("Declaring jobs", "python -m benchmarks.program", __doc__ or "", _HEADER, tuple(_rows(rounds)))


_HEADER: Final = (
    "jobs",
    "component, CPU s",
    "flat, CPU s",
    "ratio",
    "flat, in turns, CPU s",
    "ratio",
    "component, ms per job",
    "component, MB",
    "flat, MB",
    "component, collecting, CPU s",
    "flat, collecting, CPU s",
)


def _rows(rounds: Mapping[int, int]) -> Iterator[tuple[str, ...]]:
    for count, turns in rounds.items():
        command = [sys.executable, "-m", "benchmarks.program", "--measure", str(count), str(turns)]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
        yield _row(count, *json.loads(finished.stdout.splitlines()[-1]))


def _row(count: int, taken: list[dict[str, Figures]], collecting: dict[str, Figures]) -> tuple[str, ...]:
    def median(program: str, of: str = "seconds") -> float:
        return statistics.median(each[program][of] for each in taken)

    def ratio(other: str) -> float:
        return statistics.median(each["component"]["seconds"] / each[other]["seconds"] for each in taken)

    return (
        str(count),
        f"{median('component'):.3f}",
        f"{median('flat'):.3f}",
        f"{ratio('flat'):.2f}",
        f"{median('flat in turns'):.3f}",
        f"{ratio('flat in turns'):.2f}",
        f"{1000 * median('component') / count:.1f}",
        f"{median('component', 'megabytes'):.0f}",
        f"{median('flat', 'megabytes'):.0f}",
        *(f"{collecting[program]['seconds']:.3f}" for program in ("component", "flat")),
    )


def _measure(count: int, rounds: int) -> tuple[list[dict[str, Figures]], dict[str, Figures]]:
    """Each round's figures by program, and one more of each with the collector on."""
    with tempfile.TemporaryDirectory() as directory:
        programs = _prepared(count, Path(directory))
        taken = []
        for turn in range(rounds):
            first = turn % len(PROGRAMS)
            order = (*PROGRAMS[first:], *PROGRAMS[:first])
            taken.append({name: _in_a_process(programs[name], collecting=False) for name in order})
        return taken, {name: _in_a_process(programs[name], collecting=True) for name in PROGRAMS}


def _in_a_process(declare: Declare, *, collecting: bool) -> Figures:
    """What declaring takes in a process that is forked for it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(_declared(declare, collecting=collecting)).encode())
        except BaseException:  # noqa: BLE001 - shown here, and the parent fails for it
            traceback.print_exc()
        finally:
            os._exit(0)  # what was inherited is the parent's to end
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    if not text:
        raise SystemExit("a measurement failed, as its process says above")
    figures: Figures = json.loads(text)
    return figures


def _declared(declare: Declare, *, collecting: bool) -> Figures:
    """CPU seconds of the declaration, and peak memory of this process."""
    from pulumi.runtime import mocks, settings
    from pulumi.runtime.stack import run_in_stack

    class AtOnce(mocks.Mocks):
        """Answers with what was asked."""

        def call(self, _: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
            return {}, []

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
            return f"{args.name}-id", {**args.inputs, "arn": f"arn:{args.name}", "url": f"url:{args.name}"}

    with asyncio.Runner() as runner:
        runner.get_loop()
        mocks.set_mocks(AtOnce(), project="scheduled-training", stack="prod", preview=False)
        settings.ROOT.set(None)  # `set_mocks` makes a root stack; `run_in_stack` makes the real one
        if not collecting:
            gc.disable()
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        started = time.process_time()
        runner.run(run_in_stack(declare))
        seconds = time.process_time() - started
    return {"seconds": seconds, "megabytes": peak_memory_in_megabytes()}


def _prepared(count: int, directory: Path) -> dict[str, Declare]:
    """The programs, with settings and imports loaded beforehand, so that only declaring is timed."""
    import yaml

    from benchmarks.flat_program import declare_flat
    from components.aws_names import AwsScope, JobNames
    from components.prepared_job import PreparedJob
    from components.scheduled_training_job import ScheduledTrainingJob
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

    async def component() -> None:
        for name, spec in settings.training_jobs.items():
            names = JobNames(scope, settings.name_prefix(name))
            args = PreparedJob(names, spec, spec.schedule, bundle, directory, tags=settings.tags_of(name))
            ScheduledTrainingJob(name, args)
            await asyncio.sleep(0)

    def one_flat(name: str) -> None:
        declare_flat(name, settings.name_prefix(name), bundle.digest, path, settings.tags_of(name))

    def flat() -> None:
        for name in settings.training_jobs:
            one_flat(name)

    async def flat_in_turns() -> None:
        for name in settings.training_jobs:
            one_flat(name)
            await asyncio.sleep(0)

    return dict(zip(PROGRAMS, (component, flat, flat_in_turns), strict=True))


def main() -> None:
    """Print the tables, that of whole programs as well, or measure one row where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.program", description=__doc__)
    parser.add_argument("--measure", nargs=2, type=int, metavar=("JOBS", "ROUNDS"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, help=f"rounds per row ({', '.join(map(str, ROUNDS.values()))})")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measure(*options.measure)))
    else:
        for measured, usual in ((table, ROUNDS), (whole_program.table, whole_program.ROUNDS)):
            print(measured(dict.fromkeys(usual, options.rounds) if options.rounds else usual).text(), flush=True)


if __name__ == "__main__":
    main()
