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

Production's job has alarms, which are three times as many resources again. In rows without them the flat program is
written down by hand, as one does it; with them it declares what the component made, from values that are there, so that
it computes nothing at all for them.

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
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from benchmarks import whole_program
from benchmarks.report import Table, peak_memory_in_megabytes
from benchmarks.stack_of_jobs import jobs_of, stack_of_jobs

Row = tuple[int, bool]
"""How many jobs, and whether with their alarms."""
ROUNDS: Final[Mapping[Row, int]] = {
    (1, False): 60,
    (10, False): 60,
    (100, False): 30,
    (500, False): 10,
    (1, True): 60,
    (10, True): 30,
    (100, True): 10,
    (500, True): 3,
}
"""Rounds of measurements for each row: what takes less time varies more."""
PROJECT: Final = Path(__file__).parent.parent
PROGRAMS: Final = ("component", "flat", "flat in turns")

Figures = dict[str, float]
Declare = Callable[[], Awaitable[None] | None]


def table(rounds: Mapping[Row, int] = ROUNDS) -> Table:
    """Measure all rows."""
    return Table("Declaring jobs", "python -m benchmarks.program", __doc__ or "", _HEADER, tuple(_rows(rounds)))


_HEADER: Final = (
    "jobs",
    "alarms",
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


def _rows(rounds: Mapping[Row, int]) -> Iterator[tuple[str, ...]]:
    for (count, alarms), turns in rounds.items():
        command = [sys.executable, "-m", "benchmarks.program", "--measure", str(count), str(turns), str(int(alarms))]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
        yield _row(count, alarms, *json.loads(finished.stdout.splitlines()[-1]))


def _row(count: int, alarms: bool, taken: list[dict[str, Figures]], collecting: dict[str, Figures]) -> tuple[str, ...]:
    def median(program: str, of: str = "seconds") -> float:
        return statistics.median(each[program][of] for each in taken)

    def ratio(other: str) -> float:
        return statistics.median(each["component"]["seconds"] / each[other]["seconds"] for each in taken)

    return (
        str(count),
        "with" if alarms else "without",
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


def _measure(count: int, rounds: int, alarms: int) -> tuple[list[dict[str, Figures]], dict[str, Figures]]:
    """Each round's figures by program, and one more of each with the collector on."""
    with tempfile.TemporaryDirectory() as directory:
        programs = _prepared(count, Path(directory), alarms=bool(alarms))
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


def _prepared(count: int, directory: Path, *, alarms: bool) -> dict[str, Declare]:
    """The programs, with settings and imports loaded beforehand, so that only declaring is timed."""
    import yaml

    import components.job_alarms  # noqa: F401 - which the component loads at the first job that has alarms
    from benchmarks.flat_alarms import declare_flat_alarms, recorded_alarms
    from benchmarks.flat_program import declare_flat
    from components.aws_names import AwsScope, JobNames
    from components.prepared_job import PreparedJob
    from components.scheduled_training_job import ScheduledTrainingJob
    from components.source_bundle import bundle_source, read_source_files, write_bundle
    from settings import PROJECT_NAMESPACE, parse_settings

    values = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text())["config"]
    own = {name.partition(":")[2]: value for name, value in values.items() if name.startswith(PROJECT_NAMESPACE)}
    own["training_jobs"] = jobs_of(own["training_jobs"], count, alarms=alarms)
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

    project = stack_of_jobs(count, directory / "project", alarms=alarms)
    with ProcessPoolExecutor(1, get_context("spawn")) as other_process:  # so that none of it is left in this one
        watching = other_process.submit(recorded_alarms, project, list(settings.training_jobs)).result()

    def one_flat(name: str) -> None:
        declare_flat(name, settings.name_prefix(name), bundle.digest, path, settings.tags_of(name))
        declare_flat_alarms(watching[name])

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
    parser.add_argument("--measure", nargs=3, type=int, metavar=("JOBS", "ROUNDS", "ALARMS"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, help=f"rounds per row ({', '.join(map(str, ROUNDS.values()))})")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measure(*options.measure)))
    else:
        rounds = options.rounds
        print(table(dict.fromkeys(ROUNDS, rounds) if rounds else ROUNDS).text(), flush=True)
        whole = whole_program.ROUNDS
        print(whole_program.table(dict.fromkeys(whole, rounds) if rounds else whole).text(), flush=True)


if __name__ == "__main__":
    main()
