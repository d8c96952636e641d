"""What a training job costs, beside what people run today, on 327,346 flights of which some came late.

All fit a forest of 100 trees to the same CSV files, evaluate it on the same held-out fifth and save it; each is a
process of its own under the container's Python, and they take turns. The trees have depth 5, as in the stacks here, and
in the last rows they are whole, which is scikit-learn's default. The first of the usual ones has one core; "tracked"
adds what MLflow's guide shows, and "intelex" is scikit-learn-intelex and nothing else. Ours also writes checkpoints,
draws pictures, and tracks and registers in a local MLflow server with its artifacts in the embedded S3: of whole trees
that is half a gigabyte, once written and once sent. The two hosts are processes on this machine with a core each, so
they show what sharing costs, not what it gains; their memory is the first one's. Each runs over the image's packages,
none of them compiled, as in the image; ours brings its own along, and the others have theirs as if the image held them.
Seconds are whole processes, imports included, and "over" are those beyond all cores, for the accelerated beyond
intelex; memory is a process's own peak, beside what ours said in advance. The figures are medians at the fewest rows
and depth 5, and one measurement each otherwise. "beside" is the ratio to scikit-learn with all cores on the same rows,
round by round; the growth is that of the seconds with the rows.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.flights import write_channels
from benchmarks.held_packages import site_of
from benchmarks.report import Table
from components.package_archives import ARCHIVE_FILE

if TYPE_CHECKING:
    from rehearsal.local_servers.servers import Servers

ROUNDS: Final = 3
TIMES: Final = (1, 2, 4)
PROJECT: Final = Path(__file__).parent.parent
WHOLE_TREES: Final = {"n_estimators": "100", "random_state": "42"}
HYPERPARAMETERS: Final = WHOLE_TREES | {"max_depth": "5"}
USUAL, ALL_CORES, TRACKED, INTELEX = "usual script", "all cores", "all cores, tracked", "intelex"
OURS, ACCELERATED, HOSTS = "ours", "ours, accelerated", "ours, two hosts"
_BASIS: Final = ALL_CORES
_OVER: Final = {ACCELERATED: INTELEX}
"""Beside what a program's additional seconds are counted, where it is not the basis."""
_HEADER: Final = (
    *("rows", "trees", "program", "seconds", "beside", "over, s", "growth"),
    *("peak MB", "said MB", "peak beside usual", "accuracy"),
)
_FOR_MEMORY: Final = (USUAL, ALL_CORES, OURS)
_BUCKET: Final = "benchmark"
_LOCAL_HOSTS: Final = ("127.0.0.1", "127.0.0.2")
_SCRIPTS: Final = PROJECT / "benchmarks" / "scripts"
_PROGRAMS: Final[Mapping[str, tuple[Path, tuple[str, ...]]]] = {
    USUAL: (_SCRIPTS / "usual.py", ()),
    ALL_CORES: (_SCRIPTS / "all_cores.py", ()),
    TRACKED: (_SCRIPTS / "tracked.py", ()),
    INTELEX: (_SCRIPTS / "intelex.py", ()),
    OURS: (PROJECT / "training_code" / "train.py", ()),
    ACCELERATED: (PROJECT / "training_code" / "train.py", ("--accelerator", "intelex")),
    HOSTS: (PROJECT / "training_code" / "train.py", ("--n_jobs", "1")),
}


@dataclass(frozen=True)
class Figures:
    """Of one process: seconds from start to end, peak memory, accuracy on the held-out rows.

    `said` is the memory that it announced, in megabytes; 0 for a program that announces none. `lines` are what it
    printed, each with the seconds since its start.
    """

    seconds: float
    megabytes: float
    accuracy: float
    said: float
    lines: Sequence[tuple[float, str]]


def table(rounds: int = ROUNDS, times: Sequence[int] = TIMES, programs: Sequence[str] = tuple(_PROGRAMS)) -> Table:
    """Measure every program at every number of rows, some with whole trees at the fewest and the most; a row each."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch) / "servers") as servers:

        def measure(
            factor: int, rounds: int, trees: str, hyperparameters: Mapping[str, str], programs: Sequence[str] = programs
        ) -> None:
            channels = Path(scratch) / f"rows-{factor}"
            count = len_of.get(factor) or len_of.setdefault(factor, write_channels(channels, factor))
            taken: dict[str, list[Figures]] = {program: [] for program in programs}
            for turn in range(rounds):
                for place, program in enumerate(programs):
                    directory = Path(scratch) / f"{trees.replace(' ', '-')}-{factor}-{turn}-{place}"
                    taken[program].append(run(program, hyperparameters, channels, directory, servers))
                    shutil.rmtree(directory)
            rows.extend(_row(count, trees, program, taken, first.setdefault(trees, {})) for program in programs)

        len_of: dict[int, int] = {}
        first: dict[str, dict[str, float]] = {}
        for factor in times:
            measure(factor, rounds if factor == min(times) else 1, "depth 5", HYPERPARAMETERS)
        measure(min(times), 1, "whole", WHOLE_TREES)
        if max(times) > min(times):
            measure(max(times), 1, "whole", WHOLE_TREES, [each for each in programs if each in _FOR_MEMORY])
    return Table("Training", "python -m benchmarks.training", __doc__ or "", _HEADER, tuple(rows))


def _row(
    count: int, trees: str, program: str, taken: Mapping[str, Sequence[Figures]], first: dict[str, float]
) -> tuple[str, ...]:
    """A program's figures as text; `first` holds each program's seconds at the fewest rows, and gets them here."""
    own = taken[program]
    seconds = statistics.median(each.seconds for each in own)

    def beside(other: str, of: str) -> str:
        pairs = zip(own, taken.get(other, ()), strict=False)
        ratios = [getattr(mine, of) / getattr(theirs, of) for mine, theirs in pairs]
        return f"{statistics.median(ratios):.2f}" if ratios else ""

    basis = taken.get(_OVER.get(program, _BASIS), ())
    over = [mine.seconds - theirs.seconds for mine, theirs in zip(own, basis, strict=False)]
    return (
        f"{count:,}",
        trees,
        program,
        f"{seconds:.1f}",
        beside(_BASIS, "seconds"),
        f"{statistics.median(over):+.1f}" if over else "",
        f"{seconds / first.setdefault(program, seconds):.2f}",
        f"{statistics.median(each.megabytes for each in own):.0f}",
        f"{own[0].said:.0f}" if own[0].said else "",
        beside(USUAL, "megabytes"),
        f"{own[0].accuracy:.4f}",
    )


def serve(state_directory: Path) -> Servers:
    """An embedded AWS with a bucket, and an MLflow server whose artifacts are in it."""
    from rehearsal.aws_clients import AwsClients
    from rehearsal.local_servers.servers import start_servers

    servers = start_servers(state_directory, region="us-east-1", artifact_root=f"s3://{_BUCKET}/mlflow")
    servers.wait_until_ready()
    AwsClients(servers.endpoint_url, "us-east-1").s3.create_bucket(Bucket=_BUCKET)
    return servers


def run(program: str, hyperparameters: Mapping[str, str], channels: Path, directory: Path, servers: Servers) -> Figures:
    """One process in a directory of its own.

    Raises:
        SystemExit: it failed; with the end of what it printed.
    """
    from rehearsal.sealed_environment import sealed_environment

    (directory / "model").mkdir(parents=True)
    script, more = _PROGRAMS[program]
    arguments = [text for name, value in hyperparameters.items() for text in (f"--{name}", value)]
    environ = {
        **sealed_environment(os.environ, region="us-east-1", endpoint_url=servers.endpoint_url),
        "PYTHONDONTWRITEBYTECODE": "1",  # as the image has it
        "SM_CHANNEL_TRAINING": str(channels / "training"),
        "SM_CHANNEL_VALIDATION": str(channels / "validation"),
        "SM_MODEL_DIR": str(directory / "model"),
        "SM_OUTPUT_DIR": str(directory / "output"),
        "SM_OUTPUT_DATA_DIR": str(directory / "output" / "data"),
        "CHECKPOINT_LOCAL_PATH": str(directory / "checkpoints"),
        "TRAINING_JOB_NAME": directory.name,
        "MLFLOW_TRACKING_URI": servers.tracking_uri,
        "MLFLOW_EXPERIMENT_NAME": "flights",
        "REGISTERED_MODEL_NAME": f"flights-{directory.name}",
    }
    environ |= _packages(program, servers.state_dir.parent)
    figures = directory / "figures.json"
    python = PROJECT / ".venv-container" / "bin" / "python"
    command = [str(each) for each in (python, _SCRIPTS / "measured.py", figures, script, *arguments, *more)]
    helpers = []
    if program == HOSTS:
        environ |= {"SM_HOSTS": json.dumps(_LOCAL_HOSTS), "SM_CURRENT_HOST": _LOCAL_HOSTS[0]}
        other = [str(python), str(script), *arguments, *more]
        helpers = [
            subprocess.Popen(other, env=environ | {"SM_CURRENT_HOST": host}, stdout=subprocess.DEVNULL)
            for host in _LOCAL_HOSTS[1:]
        ]
    done = subprocess.run(
        command, env=environ, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    failed = done.returncode or any(helper.wait() for helper in helpers)
    accuracy = re.search(r"validation:accuracy=([0-9.]+)", done.stdout)
    if failed or not accuracy:
        raise SystemExit(f"{program} failed:\n{done.stdout[-3000:]}")
    said = sum(float(each.replace(",", "")) for each in re.findall(r"^memory: about ([\d,]+) MB", done.stdout, re.M))
    return Figures(**json.loads(figures.read_text()), accuracy=float(accuracy[1]), said=said)


def _packages(program: str, scratch: Path) -> dict[str, str]:
    """How a program comes to what the image lacks: ours brings it along, others have it as if the image held it."""
    from components.package_archives import package_archives
    from components.package_building import provide
    from components.source_bundle import read_source_files

    extras = {ACCELERATED: ["accelerator"], INTELEX: ["accelerator"], HOSTS: ["cluster"]}.get(program, [])
    archives = package_archives(read_source_files(PROJECT / "training_code"), extras)
    brought = {archive.channel: provide(archive, os.environ, print).parent for archive in archives}
    if program in (OURS, ACCELERATED, HOSTS):
        channels = {f"SM_CHANNEL_{name.upper()}": str(directory) for name, directory in brought.items()}
        return channels | {"SM_CHANNELS": json.dumps(["training", "validation", *brought])}
    held = [site_of(directory / ARCHIVE_FILE, scratch / "held" / name) for name, directory in brought.items()]
    return {"PYTHONPATH": os.pathsep.join(map(str, held))}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measurements per row ({ROUNDS})")
    parser.add_argument("--times", type=int, nargs="+", default=TIMES, help="how often all rows are taken (1 2 4)")
    options = parser.parse_args()
    print(table(options.rounds, options.times).text())


if __name__ == "__main__":
    main()
