"""What a whole container takes, from its start to its end, beside what people run today.

Each is AWS's own toolkit, started as the image starts it, over the packages that the image holds, none of them
compiled, as in the image, and over channels that are there: SageMaker brings them, the archive of packages among them,
before a container starts. "pip" is a script with the fewest lines of MLflow around a forest on all cores, and beside it
a requirements.txt of mlflow-skinny and skops, which the toolkit installs from a package index at every start; "held" is
the same script where the image holds these two already. Ours also writes checkpoints, draws pictures and keeps to one
version for each invocation. All track and register in the same local MLflow. "first row" is when the script begins to
read its data, and for ours when it has looked at the first rows of each file. The figures are medians, of "pip" one
measurement; a ratio and a difference are those of the medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.flights import write_channels
from benchmarks.report import Table
from benchmarks.training import HYPERPARAMETERS, PROJECT, serve

if TYPE_CHECKING:
    from rehearsal.local_servers.servers import Servers

ROUNDS: Final = 3
PIP, HELD, OURS = "pip", "held", "ours"
_PACKAGES: Final = ("mlflow-skinny==3.17.2", "skops==0.16.0")
_SCRIPTS: Final = PROJECT / "benchmarks" / "scripts"
_FIRST_ROW: Final = ("reading TRAINING", "memory: about")
_INDEX: Final = {"PIP_NO_INDEX": "false", "PIP_CONFIG_FILE": os.environ.get("PIP_CONFIG_FILE", "/etc/pip.conf")}


@dataclass(frozen=True)
class Figures:
    """Seconds from a container's start to its first row read, and to its end."""

    first_row: float
    end: float


def table(rounds: int = ROUNDS) -> Table:
    """Measure all three on the sample and on the flights."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch) / "servers") as servers:
        images = _images(Path(scratch))
        for data, channels in (("sample", _sample(Path(scratch))), ("flights", _flights(Path(scratch)))):
            taken: dict[str, list[Figures]] = {program: [] for program in (PIP, HELD, OURS)}
            for turn in range(rounds):
                for program, figures in taken.items():
                    if program != PIP or turn == 0:  # half a minute each of an installer's work
                        directory = Path(scratch) / f"{data}-{program}-{turn}"
                        figures.append(_run(program, images, channels, directory, servers))
                        shutil.rmtree(directory)
            rows += [_row(data, program, taken) for program in taken]
    header = ("data", "container", "first row, s", "beside pip", "end, s", "beside pip", "over held, s")
    return Table("Containers", "python -m benchmarks.container", __doc__ or "", header, tuple(rows))


def _row(data: str, program: str, taken: Mapping[str, list[Figures]]) -> tuple[str, ...]:
    def median(of: str, member: str) -> float:
        return float(statistics.median(getattr(each, member) for each in taken[of]))

    first, end = median(program, "first_row"), median(program, "end")
    return (
        data,
        program,
        f"{first:.1f}",
        f"{first / median(PIP, 'first_row'):.2f}",
        f"{end:.1f}",
        f"{end / median(PIP, 'end'):.2f}",
        f"{end - median(HELD, 'end'):+.1f}",
    )


def _images(scratch: Path) -> dict[str, Path]:
    """What each container holds: for "pip" it is copied anew for each start, because pip changes it."""
    held = scratch / "image-held"
    _copy(PROJECT / ".venv-container", held)
    install = [str(PROJECT / ".venv" / "bin" / "python"), "-m", "uv", "pip", "install", "--quiet"]
    subprocess.run([*install, "--python", str(held / "bin" / "python"), *_PACKAGES], check=True)
    return {PIP: PROJECT / ".venv-container", HELD: held, OURS: PROJECT / ".venv-container"}


def _copy(source: Path, target: Path) -> None:
    """Links to the same files; what is written anew is a file of its own."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)


def _sample(scratch: Path) -> Path:
    from rehearsal.running.sample_data import sample_csv_files

    directory = scratch / "sample"
    for name in ("training", "validation"):
        (directory / name).mkdir(parents=True)
        (directory / name / "breast_cancer.csv").write_bytes(sample_csv_files()[name])
    return directory


def _flights(scratch: Path) -> Path:
    write_channels(scratch / "flights", 1)
    return scratch / "flights"


def _run(program: str, images: Mapping[str, Path], channels: Path, directory: Path, servers: Servers) -> Figures:
    """One container in a directory of its own.

    Raises:
        SystemExit: it failed; with the end of its log.
    """
    from rehearsal.container.environment import Surroundings, run_toolkit
    from rehearsal.container.files import ContainerFiles
    from rehearsal.container.process import Limits
    from rehearsal.sealed_environment import sealed_environment

    image = images[program]
    if program == PIP:
        image = directory / "image"
        _copy(images[PIP], image)
    files = ContainerFiles(directory / "opt" / "ml")
    request = _request(program, directory)
    files.write_configuration(request)
    for name, place in _channels(program, channels).items():
        (files.base / "input" / "data").mkdir(exist_ok=True)
        (files.base / "input" / "data" / name).symlink_to(place)
    around = Surroundings(
        container_environment=image,
        environment=sealed_environment(os.environ, region="us-east-1", endpoint_url=servers.endpoint_url),
        swaps={"MLFLOW_TRACKING_URI": servers.tracking_uri} | (_INDEX if program == PIP else {}),
    )
    lines: list[tuple[float, str]] = []
    started = time.perf_counter()
    outcome = run_toolkit(
        request,
        files,
        around,
        training_job_arn="",
        on_line=lambda line: lines.append((time.perf_counter() - started, line)),
        limits=Limits(900),
    )
    ended = time.perf_counter() - started
    first = [seconds for seconds, line in lines if any(each in line for each in _FIRST_ROW)]
    if outcome.exit_code or not first:
        raise SystemExit(f"{program} failed:\n" + "\n".join(line for _, line in lines[-40:]))
    return Figures(first[0], ended)


def _request(program: str, directory: Path) -> dict[str, Any]:
    bundle = directory / "sourcedir.tar.gz"
    bundle.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(bundle, "w:gz") as archive:
        if program == OURS:
            for path in sorted((PROJECT / "training_code").rglob("*.py")):
                archive.add(path, path.relative_to(PROJECT / "training_code"))
        else:
            archive.add(_SCRIPTS / "tracked.py", "train.py")
            archive.add(_SCRIPTS / "steps.py", "steps.py")
        if program == PIP:
            requirements = directory / "requirements.txt"
            requirements.write_text("\n".join(_PACKAGES) + "\n")
            archive.add(requirements, "requirements.txt")
    own = {"sagemaker_program": "train.py", "sagemaker_region": "us-east-1", "sagemaker_submit_directory": str(bundle)}
    return {
        "TrainingJobName": directory.name,
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "HyperParameters": dict(HYPERPARAMETERS) | own,
        "InputDataConfig": [
            {"ChannelName": name, "DataSource": {"S3DataSource": {}}, "ContentType": "text/csv"}
            for name in _channels(program, directory)
        ],
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "Environment": {
            "MLFLOW_EXPERIMENT_NAME": "containers",
            "REGISTERED_MODEL_NAME": f"containers-{directory.name}",
            "CHECKPOINT_LOCAL_PATH": "/opt/ml/checkpoints",
        },
    }


def _channels(program: str, data: Path) -> dict[str, Path]:
    from rehearsal.container.packages import packages_variables

    channels = {name: data / name for name in ("training", "validation")}
    if program == OURS:
        variables = packages_variables(PROJECT, PROJECT / ".venv-container", print)
        channels["packages"] = Path(variables["SM_CHANNEL_PACKAGES"])
    return channels


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.container", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measurements per row but pip's ({ROUNDS})")
    print(table(parser.parse_args().rounds).text())


if __name__ == "__main__":
    main()
