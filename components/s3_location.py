"""S3 locations of one job: prefixes in the stack's bucket, held as full `s3://bucket/prefix/` URIs."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, ValidationInfo

BUCKET_NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
"""Source: Amazon S3 User Guide, "General purpose bucket naming rules"."""

_KEY = re.compile(r"[A-Za-z0-9!_.'()/-]*")
"""S3's safe characters without `*`: wildcards and policy variables would change what an IAM resource means."""

PREFIX_MAX_LENGTH: Final = 800
"""SageMaker takes S3 URIs of 1024 characters; the bucket stands before a prefix, names and a digest follow it."""


@dataclass(frozen=True)
class BucketContext:
    """Validation context: the bucket that relative paths are in and that absolute ones may not leave."""

    bucket: str


def _check_inside(value: str, info: ValidationInfo) -> str:
    """A prefix in the stack's bucket."""
    uri = _check(value, info)
    # A stack without a valid bucket is told so once, and not again for each path.
    if isinstance(info.context, BucketContext) and bucket_of(uri) != info.context.bucket != "":
        raise ValueError(
            f"the bucket {bucket_of(uri)!r} is not the configured one; allowed: a prefix such as datasets/training/ "
            f"or a URI under s3://{info.context.bucket}/"
        )
    return uri


def _check(value: str, info: ValidationInfo) -> str:
    context = info.context if isinstance(info.context, BucketContext) else None
    if value.startswith("s3://"):
        bucket, _, key = value.removeprefix("s3://").partition("/")
        if re.fullmatch(BUCKET_NAME_PATTERN, bucket) is None:
            raise ValueError(f"{bucket!r} is not a bucket name; allowed: 3-63 lower-case letters, digits, '.' and '-'")
    elif context is None:
        raise ValueError("allowed: a full URI such as s3://bucket/prefix/, because no bucket is configured here")
    else:
        bucket, key = context.bucket, value
    if not key or key.startswith("/") or not key.endswith("/") or "//" in key:
        raise ValueError(
            "allowed: a prefix that ends with '/' and has no empty part, such as datasets/training/ "
            "(without the last '/', datasets/training-old/ would match as well)"
        )
    if _KEY.fullmatch(key) is None or ".." in key.split("/"):
        raise ValueError("allowed in a prefix: letters, digits and ! _ . ' ( ) - / but no part '..'")
    if len(key) > PREFIX_MAX_LENGTH:
        raise ValueError(f"the prefix has {len(key)} characters; allowed: {PREFIX_MAX_LENGTH}")
    return f"s3://{bucket}/{key}"


S3Prefix = Annotated[str, AfterValidator(_check_inside)]
"""An S3 prefix, `s3://bucket/prefix/`; in settings also `prefix/`, which is taken to be in the stack's bucket."""

S3PrefixAnywhere = Annotated[str, AfterValidator(_check)]
"""The same, but it may lie in another bucket."""


def bucket_of(uri: str) -> str:
    """`s3://bucket/prefix/` -> `bucket`."""
    return uri.removeprefix("s3://").partition("/")[0]


def key_of(uri: str) -> str:
    """`s3://bucket/prefix/` -> `prefix/`."""
    return uri.removeprefix("s3://").partition("/")[2]
