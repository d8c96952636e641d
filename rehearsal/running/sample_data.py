"""The data of a rehearsal: the Wisconsin breast-cancer table that scikit-learn ships, or a person's own files."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

VALIDATION_FRACTION: Final = 0.3
SPLIT_SEED: Final = 42

_MEASURED: Final = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


class SampleDataError(RehearsalError):
    """A person's own data cannot be used; the message says which and why."""


def sample_csv_files() -> dict[str, bytes]:
    """Channel name -> CSV with a header; 398 training and 171 validation rows, 30 features, and `target` (0 or 1).

    Source: UCI ML repository's "Breast Cancer Wisconsin (Diagnostic)", read from the file that scikit-learn ships. It
    is split as scikit-learn's `train_test_split` splits it with this fraction, this seed and `stratify`; to load
    scikit-learn for it would take longer than to declare the stack.
    """
    import numpy

    header = [*(name.replace(" ", "_") for name in _feature_names()), "target"]
    rows = list(_rows())
    chosen, training, validation = numpy.random.RandomState(SPLIT_SEED), list[int](), list[int]()
    for label in (0, 1):
        of_label = [number for number, row in enumerate(rows) if row[-1] == label]
        shuffled = [of_label[number] for number in chosen.permutation(len(of_label))]
        kept = len(of_label) - round(VALIDATION_FRACTION * len(of_label))
        training += shuffled[:kept]
        validation += shuffled[kept:]
    return {
        name: _csv(header, [rows[number] for number in chosen.permutation(numbers)])
        for name, numbers in (("training", training), ("validation", validation))
    }


def _feature_names() -> Iterator[str]:
    """As `load_breast_cancer` names them: its file has no names."""
    for form in ("mean {}", "{} error", "worst {}"):
        yield from map(form.format, _MEASURED)


def _rows() -> Iterator[list[float]]:
    """The features of each row and its target; the file's first line counts rows and features."""
    spec = importlib.util.find_spec("sklearn")  # which does not load it
    if spec is None or spec.origin is None:
        raise SampleDataError("scikit-learn is not installed, whose table is the sample; run `make install`")
    path = Path(spec.origin).parent / "datasets" / "data" / "breast_cancer.csv"
    _, *lines = csv.reader(path.read_text().splitlines())
    for *features, target in lines:
        yield [*map(float, features), int(target)]


def _csv(header: list[str], rows: list[list[float]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def own_files(path: Path) -> dict[str, bytes]:
    """File name -> content of a CSV file, or of all files in a directory.

    Raises:
        SampleDataError: the path does not exist, is neither, or cannot be read.
    """
    cure = "name a CSV file or a directory of them: --data training=PATH"
    try:
        if path.is_file():
            return {path.name: path.read_bytes()}
        if path.is_dir():
            files = sorted(found for found in path.rglob("*") if found.is_file())
            return {found.relative_to(path).as_posix(): found.read_bytes() for found in files}
        is_there = path.exists()
    except OSError as error:
        raise SampleDataError(f"{error.filename or path} cannot be read ({error.strerror}); {cure}") from None
    what = "is neither a file nor a directory" if is_there else "does not exist"
    raise SampleDataError(f"{path} {what}; {cure}")


def put_channel(s3: S3Client, channel: Mapping[str, Any], files: dict[str, bytes], data_uri: str) -> int:
    """Put files where a channel looks for them: below its prefix, as its one object, or named by its manifest.

    `data_uri` is the prefix below which a manifest's objects lie; without one it is where the manifest is. Returns how
    many objects were put.

    Raises:
        SampleDataError: the channel is one object, and there are more files or none.
    """
    source = channel["DataSource"]["S3DataSource"]
    uri = source["S3Uri"]
    folder = uri[: uri.rfind("/") + 1]
    if source["S3DataType"] == "ManifestFile":
        prefix = data_uri or folder
        manifest = json.dumps([{"prefix": prefix}, *sorted(files)]).encode()
        return put_files(s3, prefix, files) + put_files(s3, folder, {uri.removeprefix(folder): manifest})
    if uri.endswith("/"):
        return put_files(s3, uri, files)
    if len(files) != 1:
        raise SampleDataError(
            f"the channel {channel['ChannelName']} is one object, {uri}, and there are {len(files)} files for it; name "
            f"one file: --data {channel['ChannelName']}=PATH"
        )
    return put_files(s3, folder, {uri.removeprefix(folder): next(iter(files.values()))})


def put_files(s3: S3Client, prefix_uri: str, files: dict[str, bytes]) -> int:
    """Put files under an S3 prefix (`s3://bucket/prefix/`); returns how many."""
    bucket, _, prefix = prefix_uri.removeprefix("s3://").partition("/")
    for name, content in files.items():
        s3.put_object(Bucket=bucket, Key=f"{prefix}{name}", Body=content)
    return len(files)
