"""What a program costs from its start to its end, imports included, beside AWS CDK's synthesis of the same resources.

Ours is `__main__.py` of this project with production's job so many times: settings are read and judged, the training
code is packed, and the SDK's test monitor, in the same process, answers in the engine's place. The other is a program
of AWS CDK, `benchmarks/cdk/app.js`, which `node` runs without CDK's own command line. It has all that could make it
fast: JavaScript, so that no TypeScript is compiled; the cheapest constructs, one for each resource; documents, requests
and names that our program has made, so that it computes and checks nothing; no metadata, no file of the construct tree.
Its asset is the same bundle, which it copies. What comes afterwards is left out of both: the engine's calls, and the
upload of the template. That both declare the same is checked: as many resources, and each request to the letter.

Both were run before, and take turns. The figures are medians, and a ratio is the median of the pairs' ratios. Wall
seconds are what a person waits; CPU seconds count the threads in which Node compiles and collects as well. The bar,
0.35, is for wall seconds.
"""

from __future__ import annotations

import json
import operator
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Table
from benchmarks.stack_of_jobs import STACK, stack_of_jobs

ROUNDS: Final = {1: 15, 40: 15}
"""Rounds of measurements for each number of jobs; CDK takes five hundred resources in a stack and no more."""
PROJECT: Final = Path(__file__).parent.parent
_CDK: Final = PROJECT / "benchmarks" / "cdk"
_INSTALLED: Final = PROJECT / ".build" / "cdk"
_DECLARE: Final = PROJECT / "benchmarks" / "scripts" / "declare.py"
_OF_A_JOB: Final = 8


@dataclass(frozen=True)
class Figures:
    """What one process took."""

    wall: float
    cpu: float
    megabytes: float


def table(rounds: Mapping[int, int] = ROUNDS) -> Table:
    """Measure all job counts; one row each."""
    header = (
        *("jobs", "ours, s", "CDK, s", "ratio"),
        *("ours, CPU s", "CDK, CPU s", "ratio", "ours, peak MB", "CDK, peak MB"),
    )
    node = _node()
    rows = tuple(_row(count, turns, node) for count, turns in rounds.items())
    version = json.loads((_CDK / "package.json").read_text())["dependencies"]["aws-cdk-lib"]
    told = subprocess.run([*node[:1], "--version"], capture_output=True, text=True, check=True).stdout.strip()
    meaning = f"{(__doc__ or '').strip()} CDK is aws-cdk-lib {version} in Node {told}."
    return Table("Whole programs", "python -m benchmarks.program", meaning, header, rows)


def _node() -> list[str]:
    """The command of CDK's program, whose packages are installed where they are not yet.

    Raises:
        SystemExit: without Node.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise SystemExit("AWS CDK needs Node and npm on PATH, at version 20 or newer; install them, and run this again")
    lock, kept = _CDK / "package-lock.json", _INSTALLED / "package-lock.json"
    if not kept.exists() or kept.read_bytes() != lock.read_bytes():
        shutil.rmtree(_INSTALLED, ignore_errors=True)
        _INSTALLED.mkdir(parents=True)
        shutil.copy(_CDK / "package.json", _INSTALLED)
        shutil.copy(lock, _INSTALLED / "lock")
        (_INSTALLED / "lock").rename(kept)
        subprocess.run([npm, "ci", "--silent", "--ignore-scripts"], cwd=_INSTALLED, check=True)
    shutil.copy(_CDK / "app.js", _INSTALLED)
    return [node, str(_INSTALLED / "app.js")]


def _row(count: int, rounds: int, node: Sequence[str]) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        ours, resources = prepared(count, place)
        cdk = [*node, str(place / "resources.json"), str(place / "cdk.out")]
        for command in (ours, cdk):
            _measured(command)
        _check_sameness(resources, place / "cdk.out")
        pairs = []
        for turn in range(rounds):
            order = (ours, cdk) if turn % 2 else (cdk, ours)
            taken = [_measured(command) for command in order]
            pairs.append((taken[0], taken[1]) if turn % 2 else (taken[1], taken[0]))

    def medians(of: Callable[[Figures], float], form: str = ".2f") -> list[str]:
        return [format(statistics.median(of(pair[program]) for pair in pairs), form) for program in (0, 1)]

    def ratio(of: Callable[[Figures], float]) -> str:
        return f"{statistics.median(of(one) / of(other) for one, other in pairs):.2f}"

    wall, cpu = operator.attrgetter("wall"), operator.attrgetter("cpu")
    return (
        str(count),
        *(*medians(wall), ratio(wall)),
        *(*medians(cpu), ratio(cpu)),
        *medians(lambda taken: taken.megabytes, ".0f"),
    )


def prepared(count: int, place: Path) -> tuple[list[str], list[list[dict[str, Any]]]]:
    """Our command, and the resources of each job, which lie in `resources.json` as well."""
    from rehearsal.declaring.program import OfflineMocks, declare
    from rehearsal.declaring.stack_configuration import read_stack_configuration

    project = stack_of_jobs(count, place / "project")
    declaration = declare(project, STACK, lambda region: OfflineMocks(region=region), preview=True)
    jobs: dict[str, list[dict[str, Any]]] = {}
    for each in declaration.resources:
        if each.custom and each.parent.rpartition("::")[0].endswith(":ScheduledTrainingJob"):
            inputs = {name: getattr(value, "path", value) for name, value in each.inputs.items()}
            jobs.setdefault(each.parent, []).append({"type": each.type, "name": each.name, "inputs": inputs})
    if [len(job) for job in jobs.values()] != [_OF_A_JOB] * count:
        raise SystemExit(f"{count} jobs are to have {_OF_A_JOB} resources each; mend benchmarks/whole_program.py")
    resources = list(jobs.values())
    (place / "resources.json").write_text(json.dumps(resources))
    configuration = place / "configuration.json"
    configuration.write_text(json.dumps(dict(read_stack_configuration(project, STACK).values)))
    return [sys.executable, str(_DECLARE), str(project), str(configuration)], resources


def _check_sameness(jobs: Sequence[Sequence[Mapping[str, Any]]], output: Path) -> None:
    """That CDK's template has the same resources, and asks SageMaker for the same; objects are its assets."""
    template = json.loads((output / "training.template.json").read_text())
    made = [each for each in template["Resources"].values() if each["Type"].startswith("AWS::")]
    there = {each["Properties"]["Target"]["Input"] for each in made if each["Type"] == "AWS::Scheduler::Schedule"}
    here = {each["inputs"]["target"]["input"] for job in jobs for each in job if each["type"].endswith(":Schedule")}
    if len(made) != len(jobs) * (_OF_A_JOB - 1) or there != here:
        raise SystemExit("the programs declare different resources; mend benchmarks/cdk/app.js")


def _measured(command: Sequence[str]) -> Figures:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=_INSTALLED)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a measurement failed with exit code {process.returncode}, as its process says above")
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
