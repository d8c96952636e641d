"""BucketObject: an S3 object that the AWS provider uploads, without all else that its SDK has of S3.

`pulumi_aws.s3.BucketObjectv2` is the same resource. Its package loads ninety modules with more than a thousand classes
at first use, which takes a third of the time of everything that a program imports (docs/adr/0045).
"""

from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_aws import _utilities as of_the_sdk

TYPE_TOKEN: Final = "aws:s3/bucketObjectv2:BucketObjectv2"  # noqa: S105 - Pulumi's word for a type's name


class BucketObject(pulumi.CustomResource):
    """An object with a content that is uploaded, by the same version of the provider as everything else."""

    def __init__(  # noqa: PLR0913 - what an object is made of
        self,
        name: str,
        *,
        bucket: str,
        key: str,
        source: pulumi.Asset,
        content_type: str,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {"bucket": bucket, "key": key, "source": source, "contentType": content_type, "tags": dict(tags)}
        # The provider's version: with another one, or none, the engine would start a second provider for these.
        defaults = of_the_sdk.get_resource_opts_defaults()
        super().__init__(TYPE_TOKEN, name, inputs, pulumi.ResourceOptions.merge(defaults, opts))
