"""What the policy pack adds to a preview: its time and memory beside the time that declaring the same stack takes.

The stack is prod's job, so many times. Both are processes of their own that speak gRPC, as under the engine, whose part
is left out: declaring is the project's program, its imports done, and somebody who answers each call at once; judging
is the pack with prod's configuration, asked once for each resource and once for the stack, with requests that were made
beforehand. The figures are medians of several runs. The bar, a share of 25 %, is for CPU seconds, each process's own:
wall seconds hold the asking and the answering too, which is Python here, one call at a time, and Go in the engine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.over_grpc import declaring_seconds
from benchmarks.report import Table, peak_memory_in_megabytes
from benchmarks.stack_of_jobs import JOBS, STACK, stack_of_jobs

JOB_COUNTS: Final = (1, 10, 100, 500)
ROUNDS: Final = 3
PROJECT: Final = Path(__file__).parent.parent
_AT_LEAST_JOBS: Final = 20
"""Small stacks are measured so many times that this many jobs are declared and judged: the clock is coarse."""


def table(rounds: int = ROUNDS) -> Table:
    """Measure all job counts; one row each."""
    rows = []
    for count in JOB_COUNTS:
        taken = [_measure(count) for _ in range(rounds)]
        figures = {name: statistics.median(one[name] for one in taken) for name in taken[0]}
        shares = [statistics.median(_share(one, clock) for one in taken) for clock in ("seconds", "cpu")]
        rows.append(
            (
                str(count),
                f"{figures['resources']:.0f}",
                f"{figures['declare_seconds']:.3f}",
                f"{figures['resources_seconds'] + figures['stack_seconds']:.3f}",
                f"{shares[0]:.0%}",
                f"{figures['declare_cpu']:.3f}",
                f"{figures['resources_cpu'] + figures['stack_cpu']:.3f}",
                f"{shares[1]:.0%}",
                f"{1000 * figures['resources_seconds'] / figures['resources']:.2f}",
                f"{1000 * figures['stack_seconds'] / count:.2f}",
                f"{figures['megabytes']:.0f}",
            )
        )
    header = (
        "jobs",
        "resources",
        "declaring, s",
        "judging, s",
        "share",
        "declaring, CPU s",
        "judging, CPU s",
        "share of CPU",
        "a resource, ms",
        "the stack, ms per job",
        "pack, peak MB",
    )
    return Table("Judging jobs", "python -m benchmarks.policies", __doc__ or "", header, tuple(rows))


def _share(figures: dict[str, float], clock: str) -> float:
    return (figures[f"resources_{clock}"] + figures[f"stack_{clock}"]) / figures[f"declare_{clock}"]


def _measure(count: int) -> dict[str, float]:
    # Warnings are the SDK's own, of classes that it deprecates as it loads them.
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.policies", "--judge", str(count)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
    figures: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return figures


def _judge(count: int) -> None:
    """Declare and judge in this process and print what it took."""
    from pulumi.runtime.proto import analyzer_pb2

    from rehearsal.declaring.program import Declaration, OfflineMocks, declare
    from rehearsal.declaring.stack_configuration import read_stack_configuration
    from rehearsal.judging.policy_pack import PolicyPack, policy_configuration_file
    from rehearsal.judging.policy_requests import analyze_request, stack_resource

    repeats = max(1, _AT_LEAST_JOBS // count)
    with tempfile.TemporaryDirectory() as directory:
        project = stack_of_jobs(count, Path(directory) / "all")

        def declared(project: Path) -> Declaration:
            return declare(project, STACK, lambda region: OfflineMocks(region=region), preview=True)

        configuration = read_stack_configuration(project, STACK)
        taken = [declaring_seconds(project, STACK, configuration.values["aws:region"]) for _ in range(min(repeats, 3))]
        declaring = tuple(statistics.median(each) for each in zip(*taken, strict=True))
        first, declaration = declared(stack_of_jobs(1, Path(directory) / "one")), declared(project)

    def asked(about: Declaration) -> tuple[list[analyzer_pb2.AnalyzeRequest], analyzer_pb2.AnalyzeStackRequest]:
        resources = [stack_resource(resource, about) for resource in about.resources]
        requests = [analyze_request(resource, about) for resource in about.resources]
        return requests, analyzer_pb2.AnalyzeStackRequest(resources=resources)

    requests, stack = asked(declaration)
    # The engine hands the stack's configuration over in a variable of the environment, which holds 128 KiB at most.
    configuration = replace(
        configuration, values={name: value for name, value in configuration.values.items() if name != JOBS}
    )
    pack_dir = PROJECT / "policies"
    with PolicyPack(
        pack_dir,
        configuration,
        preview=True,
        policy_configuration=policy_configuration_file(pack_dir, STACK),
    ) as pack:
        analyzer = pack.analyzer
        for request in asked(first)[0]:  # for what the pack does once
            analyzer.Analyze(request)
        for_resources = _timed(lambda: [analyzer.Analyze(request) for request in requests], repeats, pack.process_id)
        for_stack = _timed(lambda: analyzer.AnalyzeStack(stack), repeats, pack.process_id)
        figures = {"resources": float(len(requests)), "megabytes": peak_memory_in_megabytes(pack.process_id)}
    for name, (seconds, cpu) in {"declare": declaring, "resources": for_resources, "stack": for_stack}.items():
        figures |= {f"{name}_seconds": seconds, f"{name}_cpu": cpu}
    print(json.dumps(figures))


def _timed(work: Callable[[], Any], repeats: int, process: int) -> tuple[float, float]:
    """Wall seconds of `work`, and the CPU seconds that a process spends meanwhile; means of the repeats."""
    cpu, started = _cpu_seconds(process), time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - started) / repeats, (_cpu_seconds(process) - cpu) / repeats


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the table, or judge once where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policies", description=__doc__)
    parser.add_argument("--judge", type=int, metavar="JOBS", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measurements per row ({ROUNDS})")
    options = parser.parse_args()
    if options.judge:
        _judge(options.judge)
    else:
        print(table(options.rounds).text())


if __name__ == "__main__":
    main()
