"""AWS calls of the execution role on the objects that a job reads and writes: data, code, model, checkpoints.

Sources: as `role_calls`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.aws_names import AwsScope
from components.s3_location import bucket_of, key_of
from rehearsal.invoking.dated_channels import all_channels
from rehearsal.permissions.permissions import AwsCall

Request = Mapping[str, Any]

ANY_OBJECT: Final = "any-object"
"""Stands for an object that does not exist yet, so that reading or writing it is judged all the same."""


def input_calls(request: Request, scope: AwsScope, object_uris: Mapping[str, Sequence[str]]) -> Iterator[AwsCall]:
    """Reading the channels and the source bundle; `object_uris` as `role_calls.execution_role_calls` takes them."""
    for channel in all_channels(request):
        name = channel["ChannelName"]
        if uri := channel["DataSource"].get("S3DataSource", {}).get("S3Uri"):
            yield from _list_and_read(uri, scope, object_uris.get(name, ()), f"the channel {name!r}")
    bundle = request.get("HyperParameters", {}).get("sagemaker_submit_directory", "")
    if bundle.startswith("s3://"):
        yield AwsCall("s3:GetObject", object_arn(bundle, scope), "download the source bundle")


def output_calls(request: Request, scope: AwsScope) -> Iterator[AwsCall]:
    """Writing the model and other output, and reading and writing checkpoints."""
    base = f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output"
    is_packed = request["OutputDataConfig"].get("CompressionType") != "NONE"
    model, data = ("model.tar.gz", "output.tar.gz") if is_packed else (f"model/{ANY_OBJECT}", f"data/{ANY_OBJECT}")
    yield AwsCall("s3:PutObject", object_arn(f"{base}/{model}", scope), "upload the model")
    yield AwsCall("s3:PutObject", object_arn(f"{base}/{data}", scope), "upload other output")
    checkpoints = request.get("CheckpointConfig", {}).get("S3Uri")
    if checkpoints is None:
        return
    prefix = checkpoints.rstrip("/") + "/"
    yield from _list_and_read(prefix, scope, (), "checkpoints")
    yield AwsCall("s3:PutObject", object_arn(prefix + ANY_OBJECT, scope), "upload checkpoints")
    # "If a checkpoint is deleted in the SageMaker container, it will also be deleted in the S3 folder."
    yield AwsCall("s3:DeleteObject", object_arn(prefix + ANY_OBJECT, scope), "remove checkpoints the job removed")


def _list_and_read(uri: str, scope: AwsScope, objects: Sequence[str], what: str) -> Iterator[AwsCall]:
    yield AwsCall("s3:ListBucket", bucket_arn(bucket_of(uri), scope), f"list {what}", {"s3:prefix": key_of(uri)})
    # Without its `/` at the end it is one object, or a manifest.
    for each in objects or ((f"{uri}{ANY_OBJECT}",) if uri.endswith("/") else (uri,)):
        yield AwsCall("s3:GetObject", object_arn(each, scope), f"download {what}")


def object_arn(uri: str, scope: AwsScope) -> str:
    """ARN of an object, from its URI."""
    return f"{bucket_arn(bucket_of(uri), scope)}/{key_of(uri)}"


def bucket_arn(bucket: str, scope: AwsScope) -> str:
    """ARN of a bucket, from its name."""
    return f"arn:{scope.partition}:s3:::{bucket}"
