"""S3 locations of one job: prefixes and objects, held as full `s3://bucket/key` URIs.

What a job writes is in the stack's bucket; what it reads may be in one of `data_buckets` as well.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo

from .bucket_names import bucket_name_faults
from .dated_paths import a_dated_path, date_faults
from .s3_keys import key_faults

URI_MAX_LENGTH: Final = 1024
"""Source: SageMaker API, `S3Uri`."""

PREFIX_MAX_LENGTH: Final = 800
"""Of a prefix below which something is written: names and a digest follow it, and the bucket stands before it."""

_FILLED_IN: Final = re.compile(r"\{[A-Za-z_][^{}]*\}")
"""What looks as if something were filled in."""
_ONE_FILE: Final = re.compile(r"\.(csv|tsv|txt|json|jsonl|parquet)(\.(gz|bz2|zst))?$", re.IGNORECASE)
_SHAPE_OF_A_PREFIX: Final = (
    "allowed: a prefix that ends with '/' and has no empty part, such as datasets/training/ "
    "(without the last '/', datasets/training-old/ would match as well)"
)
_SHAPE_OF_AN_OBJECT: Final = (
    "allowed: the key of one object, without an empty part and without a '/' at its end, such as datasets/training.csv"
)


@dataclass(frozen=True)
class BucketContext:
    """Validation context: the bucket that relative paths are in, and the others that channels may read from."""

    bucket: str
    data_buckets: AbstractSet[str] = frozenset()


def _check_inside(value: str, info: ValidationInfo) -> str:
    """A prefix in the stack's bucket, below which something is written."""
    uri = _check_prefix(value, info)
    context = info.context
    # A stack without a valid bucket is told so once, and not again for each path.
    if isinstance(context, BucketContext) and bucket_of(uri) != context.bucket != "":
        raise ValueError(
            f"the bucket {bucket_of(uri)!r} is not the configured one; allowed: a prefix such as datasets/training/ "
            f"or a URI under s3://{context.bucket}/"
        )
    return uri


def _check_prefix(value: str, info: ValidationInfo) -> str:
    if found := _FILLED_IN.search(value):
        raise ValueError(
            f"it has {found[0]!r}, and dates are filled in in the s3_path and s3_object of channels only; allowed: a "
            "prefix without; what a job writes has the job's name, and is tagged with the time"
        )
    uri = _prefix(value, info, is_dated=False)
    if len(key_of(uri)) > PREFIX_MAX_LENGTH:
        raise ValueError(f"the prefix has {len(key_of(uri))} characters; allowed: {PREFIX_MAX_LENGTH}")
    return uri


def _check_data_prefix(value: str, info: ValidationInfo) -> str:
    if _ONE_FILE.search(value) and not any(date_faults(value)):
        raise ValueError(f"{_SHAPE_OF_A_PREFIX}; for one object set s3_object instead")
    return _readable(_prefix(value, info, is_dated=True), info)


def _check_data_object(value: str, info: ValidationInfo) -> str:
    uri = _located(value, info)
    some = _with_dates(uri)
    key = key_of(some)
    if not key or key.startswith("/") or key.endswith("/") or "//" in key:
        raise ValueError(_SHAPE_OF_AN_OBJECT)
    _require_good_key(some)
    return _readable(uri, info)


def _prefix(value: str, info: ValidationInfo, *, is_dated: bool) -> str:
    uri = _located(value, info)
    some = _with_dates(uri) if is_dated else uri
    key = key_of(some)
    # SageMaker fails to download keys with an empty part: "illegal char sub-sequence '//'".
    if not key or key.startswith("/") or not uri.endswith("/") or "//" in key:
        raise ValueError(_SHAPE_OF_A_PREFIX)
    _require_good_key(some)
    return uri


def _with_dates(uri: str) -> str:
    """What the URI becomes at some time; at any other it has the same shape."""
    if faults := date_faults(uri):
        raise ValueError("; ".join(faults))
    return a_dated_path(uri)


def _located(value: str, info: ValidationInfo) -> str:
    """The full URI of a path or URI, its bucket checked."""
    context = info.context if isinstance(info.context, BucketContext) else None
    if value.startswith("s3://"):
        if faults := bucket_name_faults(bucket_of(value)):
            raise ValueError(f"{bucket_of(value)!r} is not a bucket name; {'; '.join(faults)}")
        return f"s3://{bucket_of(value)}/{key_of(value)}"
    if context is None:
        raise ValueError("allowed: a full URI such as s3://bucket/prefix/, because no bucket is configured here")
    return f"s3://{context.bucket}/{value}"


def _require_good_key(uri: str) -> None:
    if faults := key_faults(key_of(uri)):
        raise ValueError("; ".join(faults))
    if len(uri) > URI_MAX_LENGTH:
        raise ValueError(f"{uri[:40]}… has {len(uri)} characters; allowed: {URI_MAX_LENGTH}, as SageMaker takes")


def _readable(uri: str, info: ValidationInfo) -> str:
    """The same, in the stack's bucket or in one of its data buckets."""
    context = info.context
    if not isinstance(context, BucketContext) or not context.bucket or bucket_of(uri) == context.bucket:
        return uri
    if bucket_of(uri) not in context.data_buckets:
        declared = ", ".join(sorted(context.data_buckets)) or "none"
        raise ValueError(
            f"the bucket {bucket_of(uri)!r} is not the configured one; allowed: a path such as datasets/training/, a "
            f"URI under s3://{context.bucket}/, or one in a bucket of data_buckets ({declared}); name it there"
        )
    return uri


_PREFIX: Final = Field(json_schema_extra={"pattern": "^(s3://[^/]+/)?[^/]+(/[^/]+)*/$"})
_OBJECT: Final = Field(json_schema_extra={"pattern": "^(s3://[^/]+/)?[^/]+(/[^/]+)*$"})
"""What an editor can tell of them."""

S3Prefix = Annotated[str, AfterValidator(_check_inside), _PREFIX]
"""An S3 prefix, `s3://bucket/prefix/`; in settings also `prefix/`, which is taken to be in the stack's bucket."""

S3PrefixAnywhere = Annotated[str, AfterValidator(_check_prefix), _PREFIX]
"""The same, but it may lie in another bucket."""

S3DataPrefix = Annotated[str, AfterValidator(_check_data_prefix), _PREFIX]
"""A prefix that is only read, which may have dates in it: in the stack's bucket, or in one of its data buckets."""

S3DataObject = Annotated[str, AfterValidator(_check_data_object), _OBJECT]
"""One object that is only read, `s3://bucket/key`, in the same buckets."""


def bucket_of(uri: str) -> str:
    """`s3://bucket/prefix/` -> `bucket`."""
    return uri.removeprefix("s3://").partition("/")[0]


def key_of(uri: str) -> str:
    """`s3://bucket/prefix/` -> `prefix/`."""
    return uri.removeprefix("s3://").partition("/")[2]
