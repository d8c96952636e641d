"""S3: objects. The team's bucket exists before the program runs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pulumi

from rehearsal.aws_clients import AwsClients
from rehearsal.deploying.adapters.inputs import Created, Inputs, UnsupportedPropertyError

_SHAPE: Final = {
    "acl": "ACL",
    "bucketKeyEnabled": "BucketKeyEnabled",
    "cacheControl": "CacheControl",
    "checksumAlgorithm": "ChecksumAlgorithm",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "kmsKeyId": "SSEKMSKeyId",
    "metadata": "Metadata",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}


def create_object(clients: AwsClients, inputs: Inputs) -> Created:
    """PutObject with the content of `source` (an asset), `content` or `contentBase64`; the id is the key."""
    bucket, key, tags = inputs.take("bucket"), inputs.take("key"), inputs.take("tags") or {}
    body = _body(inputs)
    request: dict[str, Any] = inputs.take_as(_SHAPE)
    if "SSEKMSKeyId" in request:
        # The provider asks for KMS when only a key is given.
        request.setdefault("ServerSideEncryption", "aws:kms")
    if tags:
        request["Tagging"] = urlencode(tags)
    inputs.ignore("etag", "forceDestroy", "sourceHash").require_all_taken()
    answer = clients.s3.put_object(Bucket=bucket, Key=key, Body=body, **request)
    outputs = {
        "arn": f"arn:aws:s3:::{bucket}/{key}",
        "etag": answer["ETag"].strip('"'),
        "versionId": answer.get("VersionId", ""),
        "serverSideEncryption": answer.get("ServerSideEncryption", "AES256"),
        "tagsAll": tags,
    }
    return Created(key, outputs)


def _body(inputs: Inputs) -> bytes:
    match inputs.take("source"):
        case pulumi.FileAsset(path=path):
            try:
                return Path(path).read_bytes()
            except OSError as error:
                raise UnsupportedPropertyError(f"{inputs.urn}: cannot read source {path}: {error.strerror}") from error
        case pulumi.StringAsset(text=text):
            return str(text).encode()
        case None:
            if (encoded := inputs.take("contentBase64")) is not None:
                return base64.b64decode(encoded)
            return str(inputs.take("content") or "").encode()
        case other:
            raise UnsupportedPropertyError(
                f"{inputs.urn}: source is a {type(other).__name__}; allowed: FileAsset, StringAsset"
            )


ADAPTERS: Final = {
    "aws:s3/bucketObjectv2:BucketObjectv2": create_object,
    "aws:s3/bucketObject:BucketObject": create_object,
}
