"""One input channel of a training job: what CreateTrainingJob takes of S3 data, typed and judged offline.

Limits and rules across fields: SageMaker API, Channel, S3DataSource and TrainingInputMode.
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from .dated_paths import is_dated, is_whole_time
from .file_system_spec import FileSystem
from .fitting import FittingModel, judged
from .instance_groups_spec import InstanceGroupName
from .s3_location import S3DataObject, S3DataPrefix
from .schedule_input import SCHEDULED_TIME
from .schedule_spec import TimeZone

_REFERENCE: Final = "-ref"
"""End of the name of an attribute whose values are URIs. Source: "Augmented Manifest Files for Training Jobs"."""
_WHOLE_TIME: Final = "{scheduled_time}"
_LONGEST: Final = 2**63
_OF_S3: Final = (
    *("s3_path", "s3_object", "s3_data_type", "s3_data_distribution_type", "shuffle_seed"),
    *("input_mode", "compression_type", "record_wrapper_type"),
)
"""What a channel of a file system cannot have. Its data is mounted, so that there is nothing to stream or to unpack."""


def _check_name(name: str) -> str:
    if name in {".", ".."}:
        raise ValueError(
            "allowed: other names, because the data comes to a directory of this name, and this is another"
        )
    return name


ChannelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$"), AfterValidator(_check_name)]
"""What a channel, and its directory in the container, is called."""


class Channel(FittingModel):
    """Objects in S3, as the container sees them in `/opt/ml/input/data/<name>`.

    `s3_path` alone is a prefix, `s3_object` alone one object. A manifest is an `s3_object` that names others, which lie
    below `s3_path`: the role may read that far, whatever the manifest says.
    """

    s3_path: S3DataPrefix | None = None
    """The prefix that the data lies under, such as `datasets/dt=2026-11-26/`, or `s3://bucket/prefix/` in one of
    `data_buckets`; it ends with `/`. It may have dates in it, such as `dt={scheduled_date-1d}/` (docs/dated-data.md).
    With a manifest: below which its objects lie. This or `s3_object`."""
    s3_object: S3DataObject | None = None
    """The key of one object, such as `datasets/training.csv`, or of a manifest; it may have dates in it as well. No
    other key may begin like it: SageMaker would read that as well, and the role may not. This or `s3_path`."""
    file_system: FileSystem | None = None
    """A directory of a file system instead of S3; the job needs `network` (docs/file-systems.md)."""
    time_zone: TimeZone | None = None
    """By whose clocks the dates in `s3_path` and `s3_object` go (IANA name); absent: by the schedule's."""
    s3_data_type: Literal["S3Prefix", "ManifestFile", "AugmentedManifestFile"] = "S3Prefix"
    """What `s3_path` and `s3_object` say: where the data lies (S3Prefix), or a manifest and what it names."""
    attribute_names: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\n\r\u0085\u2028\u2029]+$")], ...],
        Field(max_length=16, strict=False),
    ] = ()
    """What of each line of an augmented manifest is streamed, in this order."""
    content_type: Annotated[str, Field(max_length=256, pattern=r"^[^\n\r\u0085\u2028\u2029]*$")] = "text/csv"
    """The MIME type of the data."""
    compression_type: Literal["None", "Gzip"] = "None"
    """What SageMaker unpacks on its way. Files that are compressed in S3 stay so in the other modes."""
    input_mode: Literal["File", "FastFile", "Pipe"] = "File"
    """Whether the data is copied before the job starts (File), read from S3 as it is needed (FastFile), or, for
    code of your own, streamed (Pipe), which a rehearsal cannot run."""
    record_wrapper_type: Literal["None", "RecordIO"] = "None"
    """Whether SageMaker wraps each record of what is streamed."""
    s3_data_distribution_type: Literal["FullyReplicated", "ShardedByS3Key"] = "FullyReplicated"
    """Whether each of several machines gets all of the data, or a share of its objects."""
    instance_group_names: Annotated[tuple[InstanceGroupName, ...], Field(max_length=5, strict=False)] = ()
    """Names of `resources.instance_groups` whose machines get the data; absent: all of them."""
    shuffle_seed: Annotated[int, Field(ge=-_LONGEST, le=_LONGEST - 1)] | None = None
    """Whole number that the order of objects, or of an augmented manifest's lines, follows from."""

    @property
    def s3_uri(self) -> str:
        """What the request names: a prefix, one object, or a manifest; the Scheduler fills in a whole time."""
        return self.s3_uri_as_written.replace(_WHOLE_TIME, SCHEDULED_TIME)

    @property
    def s3_uri_as_written(self) -> str:
        """The same, with all dates still to fill in."""
        return self.s3_object or self.s3_path or ""

    @property
    def has_dates(self) -> bool:
        """Whether the job fetches it itself, as soon as it knows the dates: SageMaker cannot fill them in."""
        return any(is_dated(uri) and not is_whole_time(uri) for uri in self.read_uris)

    @property
    def data_uri(self) -> str:
        """Where the data lies: a prefix that ends with `/`, or one object."""
        return self.s3_path or self.s3_object or ""

    @property
    def read_uris(self) -> tuple[str, ...]:
        """All that the job reads of S3 for it."""
        return tuple(uri for uri in (self.s3_object, self.s3_path) if uri)

    def misfits(self) -> Iterator[str]:
        """All that is wrong across the fields, a sentence each."""
        yield from judged(self._place_problems, self._attribute_problems, self._mode_problems, self._date_problems)

    def _place_problems(self) -> Iterator[str]:
        if self.file_system:
            yield from self._file_system_problems()
            return
        if self.s3_data_type == "S3Prefix":
            if (self.s3_path is None) == (self.s3_object is None):
                yield (
                    "allowed: either s3_path (a prefix such as datasets/training/) or s3_object (one object such as "
                    "datasets/training.csv), and not both, unless s3_data_type is ManifestFile or AugmentedManifestFile"
                )
            return
        if self.s3_object is None:
            yield f"s3_object: not set; with s3_data_type {self.s3_data_type} it is the manifest: set it"
        references = [name for name in self.attribute_names if name.endswith(_REFERENCE)]
        if self.s3_path is None and (self.s3_data_type == "ManifestFile" or references):
            yield (
                f"s3_path: not set; with s3_data_type {self.s3_data_type} it is the prefix below which the objects lie "
                "that the manifest names, and the role may read these and no others: set it"
            )

    def _file_system_problems(self) -> Iterator[str]:
        """What is of S3 alone. Source: SageMaker API, Channel and S3DataSource."""
        defaults = {name: type(self).model_fields[name].default for name in _OF_S3}
        for name, default in defaults.items():
            if (got := getattr(self, name)) != default:
                yield f"{name}: got {got!r}; allowed with file_system: {default or 'none'}; remove it"

    def _attribute_problems(self) -> Iterator[str]:
        is_augmented = self.s3_data_type == "AugmentedManifestFile"
        if is_augmented and not self.attribute_names:
            yield "attribute_names: not set; s3_data_type AugmentedManifestFile needs one at least, in their order"
        if self.attribute_names and not is_augmented:
            yield (
                f"attribute_names: got {len(self.attribute_names)}; allowed with s3_data_type "
                "AugmentedManifestFile only; remove them"
            )

    def _mode_problems(self) -> Iterator[str]:
        """What only streams have, and what is read as it is needed only where a prefix says it.

        Source: SageMaker Developer Guide, "Setting up training jobs to access datasets".
        """
        if self.input_mode == "Pipe":
            return
        if self.input_mode == "FastFile" and self.s3_data_type == "ManifestFile":
            yield (
                "s3_data_type: got 'ManifestFile'; allowed with input_mode FastFile: S3Prefix, because SageMaker reads "
                "no manifest there; or set input_mode to File or Pipe"
            )
        others = "S3Prefix" if self.input_mode == "FastFile" else "S3Prefix, ManifestFile"
        needs = {
            "s3_data_type": (self.s3_data_type, "AugmentedManifestFile", others),
            "compression_type": (self.compression_type, "Gzip", "None, and the script unpacks the files"),
            "record_wrapper_type": (self.record_wrapper_type, "RecordIO", "None"),
        }
        for setting, (got, of_streams, allowed) in needs.items():
            if got == of_streams:
                yield (
                    f"{setting}: got {got!r}; allowed with input_mode {self.input_mode}: {allowed}; or set input_mode "
                    "to Pipe"
                )

    def _date_problems(self) -> Iterator[str]:
        """What SageMaker does for a channel, and the job does not when it fetches the data itself."""
        if not self.has_dates:
            if self.time_zone is not None:
                yield (
                    f"time_zone: got {self.time_zone!r}; allowed with a date to fill in, such as {{scheduled_date}}; "
                    "remove it"
                )
            return
        allowed = {
            "s3_data_type": (self.s3_data_type, "S3Prefix"),
            "input_mode": (self.input_mode, "File"),
            "shuffle_seed": (self.shuffle_seed, None),
            "instance_group_names": (self.instance_group_names, ()),
        }
        for setting, (got, only) in allowed.items():
            if got != only:
                yield (
                    f"{setting}: got {got!r}; allowed with dates to fill in: {only or 'none'}, because the job fetches "
                    f"the files itself; or use {_WHOLE_TIME} alone, which EventBridge Scheduler fills in"
                )
