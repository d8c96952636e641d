"""S3 locations of Terraform variables, as a stack names them: below its bucket, prefixes with `/` at their end."""

from __future__ import annotations

from components.s3_location import bucket_of, key_of
from operations.tfvars.draft import Draft


def located(draft: Draft, uri: str) -> str:
    """A path in the stack's bucket, else the URI, whose bucket is named then."""
    if not uri.startswith("s3://") or bucket_of(uri) == draft.bucket:
        return key_of(uri) if uri.startswith("s3://") else uri
    draft.data_buckets[bucket_of(uri)] = {}
    return uri


def prefix(draft: Draft, variable: str, path: str) -> str:
    """A path with `/` at its end."""
    if path.endswith("/"):
        return path
    draft.changed[variable] = "ends with '/' now, so that no other prefix matches as well"
    return f"{path}/"


def written(draft: Draft, variable: str, uri: str, default: str) -> str:
    """Where the job writes: a prefix of the stack's bucket, in place of one in another bucket or none the default."""
    if uri and bucket_of(uri) != draft.bucket:
        draft.changed[variable] = f"is in another bucket; what the job writes goes below {default} in the stack's"
        uri = ""
    return prefix(draft, variable, key_of(uri) or default)
