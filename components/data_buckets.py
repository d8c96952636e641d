"""Buckets beside the stack's that channels may read from, those of other accounts included.

What their owner has to allow is in docs/data-buckets.md.
"""

from pydantic import BaseModel, ConfigDict

from .aws_names import KmsKeyArn
from .bucket_names import BucketName


class DataBucket(BaseModel):
    """What is to be known of such a bucket; its name is the key that it stands under."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kms_key_arn: KmsKeyArn | None = None
    """The customer-managed key that its objects are encrypted with, of whatever account."""


DataBuckets = dict[BucketName, DataBucket]
"""Name of a bucket -> what is to be known of it."""
