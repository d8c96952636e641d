"""`training-jobs reproduce`: train a recorded run again on this machine, and tell whether the same model comes out.

Whoever asks needs to read the training job, its channels, its bundle and MLflow. Nothing is written to any of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from components.package_archives import is_packages_channel
from components.s3_location import bucket_of, key_of
from operations.console import ConsoleReporter, print_hanging, whole_words
from operations.describing import describe
from operations.places import Place
from operations.reproducing.comparison import (
    Comparison,
    Images,
    ReproductionError,
    TrainedModel,
    compare,
    read_description,
)
from rehearsal.container.channel_data import download_channels
from rehearsal.container.code_channels import SUBMIT_DIRECTORY, bundle_uri
from rehearsal.container.environment import require_container_environment
from rehearsal.container.files import ContainerFiles, Request
from rehearsal.container.repeated_training import instance_count, repeated_request, train_again
from rehearsal.container.script_lines import ScriptLines
from rehearsal.invoking.dated_channels import all_channels, with_fetched_channels
from rehearsal.rehearse import CONTAINER_ENVIRONMENT
from rehearsal.running.training_script import run_training_script

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DESCRIPTION: Final = "model.json"
_SCRIPT: Final = Path("training_code") / "recall.py"
_LAST_LINES: Final = 5
_NO_ACCELERATOR: Final = ("none", "null", "")
_ALL_ROWS: Final = "FullyReplicated"
_COLOURS: Final = {"yes": "green", "no": "red", "not compared": "yellow"}
Tracking = Mapping[str, str]
"""The variables that lead to one MLflow server; "" or absent where there is nothing to say."""


def reproduce_run(
    project_dir: Path, run_id: str, place: Place, trackings: Sequence[Tracking], console: Console
) -> Comparison:
    """Train a run that is on one of these servers again, show how that goes, and compare.

    Raises:
        RehearsalError: something that is needed is missing, so that nothing can be said; the message says what.
    """
    environment = project_dir / CONTAINER_ENVIRONMENT
    require_container_environment(environment)
    reporter = ConsoleReporter(console)
    with tempfile.TemporaryDirectory(prefix="reproduce-") as temporary:
        directory = Path(temporary)
        files = ContainerFiles(directory / "opt" / "ml")
        with reporter.step(f"read run {run_id}") as step:
            then = _recall(project_dir, run_id, place, trackings, directory)
            described = describe(place.sagemaker, then.training_job_name)
            step.detail(then.training_job_name)
        require_repeatable(described)
        with reporter.step("download its source bundle and its channels"):
            request = _fetch(place.s3, described, run_id, files, directory)
        with reporter.step(f"train again in {CONTAINER_ENVIRONMENT}, on this machine") as step:
            if (count := instance_count(described)) > 1:
                step.detail(f"one host for the {count} it ran on")
            now = _train(request, files, environment, place.sagemaker.meta.region_name, reporter.log_line)
    names = [each["ChannelName"] for each in all_channels(described)]
    channels = [name for name in names if not is_packages_channel(name)]
    image = described["AlgorithmSpecification"].get("TrainingImage", "")
    return compare(then, now, channels, Images(image, CONTAINER_ENVIRONMENT))


def require_repeatable(described: Mapping[str, Any]) -> None:
    """Refuse what one host of this machine cannot train again.

    Raises:
        ReproductionError: the job's code is not in S3, or several hosts made what one cannot make.
    """
    told, count = described.get("HyperParameters", {}), instance_count(described)
    job = f"training job {described['TrainingJobName']}"
    if not (uri := bundle_uri(described)).startswith("s3://"):
        raise ReproductionError(
            f"{job} has no source bundle in S3 ({SUBMIT_DIRECTORY} is {uri!r}): its code is its image's"
        )
    for channel in all_channels(described):
        if system := channel["DataSource"].get("FileSystemDataSource"):
            raise ReproductionError(
                f"{job} read the channel {channel['ChannelName']} from {system['FileSystemType']} "
                f"{system['FileSystemId']}:{system['DirectoryPath']}, which is reached from inside its VPC only: that "
                "cannot be repeated here"
            )
    if count == 1:
        return
    if (accelerator := told.get("accelerator", "").strip('"')).lower() not in _NO_ACCELERATOR:
        raise ReproductionError(
            f"{job} ran on {count} instances with the accelerator {accelerator}, which grows on one: what several "
            f"instances made with it cannot be repeated; name a run of one instance, or without accelerator"
        )
    for channel in all_channels(described):
        how = channel["DataSource"].get("S3DataSource", {}).get("S3DataDistributionType", _ALL_ROWS)
        if how != _ALL_ROWS:
            raise ReproductionError(
                f"{job} ran on {count} instances that had some of the objects each (channel {channel['ChannelName']}: "
                f"{how}), and which ones is not recorded: that cannot be repeated; name a run whose channels are "
                f"{_ALL_ROWS}"
            )


def _recall(
    project_dir: Path, run_id: str, place: Place, trackings: Sequence[Tracking], directory: Path
) -> TrainedModel:
    """What the run recorded, from the first of the servers that has it."""
    reasons = []
    for tracking in trackings:
        done = run_training_script(project_dir, _SCRIPT, [run_id, str(directory)], {**place.environment, **tracking})
        if done.returncode == 0:
            return read_description((directory / _DESCRIPTION).read_text(encoding="utf-8"), f"run {run_id}")
        reasons.append(done.stderr.strip())
    raise ReproductionError("\n".join(reasons) or "no job of the stack tracks: a run is of a job that does")


def _fetch(s3: S3Client, described: Mapping[str, Any], run_id: str, files: ContainerFiles, directory: Path) -> Request:
    """Download what the job had, and make the request that trains on it."""
    name, uri = described["TrainingJobName"], bundle_uri(described)
    bundle = directory / "sourcedir.tar.gz"
    with _reading(f"the source bundle {uri} of training job {name}"):
        s3.download_file(bucket_of(uri), key_of(uri), str(bundle))
    request = repeated_request(with_fetched_channels(described), f"reproduce-{run_id[:32]}", bundle)
    files.write_configuration(request)
    with _reading(f"the channels of training job {name}"):
        download_channels(s3, request, files)
    return request


@contextmanager
def _reading(what: str) -> Iterator[None]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"404", "NoSuchKey", "NoSuchBucket"}:
            raise ReproductionError(
                f"{what} cannot be read: it is not there any more; restore it, from another version of the object or a "
                f"backup"
            ) from None
        raise ReproductionError(f"{what} cannot be read: {code}; your own credentials need s3:GetObject") from None
    except (BotoCoreError, Boto3Error) as error:
        raise ReproductionError(f"{what} cannot be read: {error}") from None


def _train(
    request: Request, files: ContainerFiles, environment: Path, region: str, show: Callable[[str], None]
) -> TrainedModel:
    script_lines, lines = ScriptLines(), list[str]()

    def on_line(text: str) -> None:
        lines.append(text)
        if script_lines.is_next(text):
            show(text)

    outcome = train_again(request, files, environment, region, on_line)
    if outcome.exit_code:
        reason = files.failure_message() or "\n".join(lines[-_LAST_LINES:])
        raise ReproductionError(f"the training did not succeed this time, exit code {outcome.exit_code}: {reason}")
    path = files.model / _DESCRIPTION
    if not path.is_file():
        raise ReproductionError(f"the training left no {_DESCRIPTION}: its source bundle is not of this project")
    return read_description(path.read_text(encoding="utf-8"), "the model that was trained again")


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print what is the same and what is not, and why the models differ where they do."""
    table = Table("what", "then", "now", "same?")
    for row in comparison.rows:
        mark = Text(row.verdict, style=_COLOURS[row.verdict])
        table.add_row(Text(row.what), Text(row.then), Text(row.now), mark)
    console.print()
    console.print(whole_words(console, table))
    print_hanging(console, Text.assemble(("not compared", "yellow"), ": "), Text(comparison.not_compared))
    if comparison.same_model:
        lead = Text("reproduced", style="green")
        text = "the same trees and predictions" + (f", although {comparison.cause}" if comparison.cause else "")
    else:
        lead, text = Text("not reproduced", style="red"), comparison.cause
    print_hanging(console, Text.assemble(lead, ": "), Text(text))
