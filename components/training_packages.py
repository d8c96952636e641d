"""TrainingPackages: the archives of packages that a stack's training jobs bring along, each once in S3.

What is in an archive follows from its key, so an object that is there is the right one, and whoever made it.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping

import pulumi

from .bucket_object import BucketObject
from .package_archives import ARCHIVE_FILE, PackageArchive
from .package_building import cached, provide
from .s3_location import bucket_of, key_of

TYPE_TOKEN = "scheduled-training:index:TrainingPackages"  # noqa: S105 - Pulumi's word for a type's name


class TrainingPackages(pulumi.ComponentResource):
    """One S3 object for each archive: `<packages prefix><digest>/packages.zip`."""

    def __init__(
        self,
        name: str,
        archives: Iterable[tuple[str, PackageArchive]],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`archives` are pairs of the S3 prefix of all archives and one of them; pairs that are the same count once.

        Raises:
            PackagesError: at an update, an archive that is not in the cache cannot be made.
        """
        super().__init__(TYPE_TOKEN, name, None, opts)
        self.objects: dict[str, BucketObject] = {}
        for base, archive in archives:
            uri = archive.uri(base)
            if uri in self.objects:
                continue
            self.objects[uri] = BucketObject(
                f"{name}-{hashlib.sha256(uri.encode()).hexdigest()[:12]}",  # whatever else the stack has
                bucket=bucket_of(uri),
                key=f"{key_of(uri)}{ARCHIVE_FILE}",
                source=_content(archive),
                content_type="application/zip",
                tags=tags,
                # The key says what is in it, however it was packed; a job that starts again needs what it names.
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["source"], retain_on_delete=True),
            )
        self.register_outputs({})


def _content(archive: PackageArchive) -> pulumi.Asset:
    """The archive's file. A preview makes none: what it shows is the same with another content."""
    if pulumi.runtime.is_dry_run() and not cached(archive, os.environ):
        return pulumi.StringAsset(f"packages {archive.digest}, which are made when the stack is updated")
    return pulumi.FileAsset(str(provide(archive, os.environ, pulumi.log.info)))
