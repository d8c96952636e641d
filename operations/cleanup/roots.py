"""Below which prefixes a job of the stack leaves something behind, and what it calls it: from its deployed request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from components.package_archives import is_packages_channel
from components.s3_location import bucket_of, key_of
from components.schedule_input import EXECUTION_ID
from rehearsal.container.code_channels import bundle_uri

_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DIGEST: Final = r"[0-9a-f]{64}"


class Kind(StrEnum):
    """What is left behind."""

    OUTPUT = "output"
    CHECKPOINT = "checkpoint"
    BUNDLE = "source bundle"
    PACKAGES = "packages"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class Root:
    """A prefix of a bucket, below which each thing of a kind has a name of its own that fits `pattern`."""

    kind: Kind
    bucket: str
    prefix: str
    pattern: str
    job_prefix: str
    """What the names of the job's training jobs begin with, without the last `-`."""

    @property
    def listed(self) -> str:
        """The prefix that is listed: of outputs, which many jobs share, the job's own."""
        return f"{self.prefix}{self.job_prefix}-" if self.kind is Kind.OUTPUT else self.prefix


def roots(job_prefix: str, request: Mapping[str, Any]) -> Iterator[Root]:
    """Where the training jobs of a schedule leave something, by its target input; no root is a whole bucket.

    What is not where the component puts it is left alone: a prefix of one's own holds who knows what.
    """
    if output := _directory(request.get("OutputDataConfig", {}).get("S3OutputPath")):
        yield _root(Kind.OUTPUT, output, f"{re.escape(job_prefix)}-{_UUID}", job_prefix)
    checkpoints = request.get("CheckpointConfig", {}).get("S3Uri", "")
    if checkpoints.endswith(f"/{job_prefix}/{EXECUTION_ID}/"):
        yield _root(Kind.CHECKPOINT, checkpoints.removesuffix(f"{EXECUTION_ID}/"), _UUID, job_prefix)
    bundle = re.fullmatch(rf"(s3://.+/{re.escape(job_prefix)}/){_DIGEST}/sourcedir\.tar\.gz", bundle_uri(request) or "")
    if bundle:
        yield _root(Kind.BUNDLE, bundle[1], _DIGEST, job_prefix)
    for uri in packages_uris(request):
        if archive := re.fullmatch(rf"(s3://[^/]+/.+/){_DIGEST}/", uri):
            yield _root(Kind.PACKAGES, archive[1], _DIGEST, job_prefix)
    deliveries = (request.get("Environment") or {}).get("DELIVERIES_URI", "")
    if deliveries.endswith(f"/{job_prefix}/deliveries/"):
        yield _root(Kind.DELIVERY, deliveries, r"[^/]+/[^/]+\.json", job_prefix)


def packages_uris(request: Mapping[str, Any]) -> Iterator[str]:
    """The S3 prefixes of the archives that travel with a request's job."""
    for channel in request.get("InputDataConfig") or ():
        if is_packages_channel(channel["ChannelName"]):
            yield str(channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri", ""))


def read_uris(request: Mapping[str, Any]) -> Iterator[str]:
    """Every place in S3 that a request's job reads: its channels and its bundle."""
    for channel in request.get("InputDataConfig") or ():
        yield str(channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri", ""))
    yield bundle_uri(request) or ""
    for name, value in (request.get("Environment") or {}).items():
        if name.startswith("CHANNEL_URI_"):
            yield str(value)


def digest_in(uri: str) -> str:
    """The digest that a bundle's or an archive's URI has as a part; "" for none."""
    found = re.search(rf"/({_DIGEST})(?:/|$)", uri)
    return found[1] if found else ""


def _directory(uri: str | None) -> str:
    """An output path as a prefix that is not a whole bucket; "" for none."""
    if not uri or "<" in uri or not key_of(uri).strip("/"):
        return ""
    return uri if uri.endswith("/") else f"{uri}/"


def _root(kind: Kind, uri: str, pattern: str, job_prefix: str) -> Root:
    return Root(kind, bucket_of(uri), key_of(uri), pattern, job_prefix)
