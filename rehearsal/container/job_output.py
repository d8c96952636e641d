"""What a training job leaves, and where SageMaker puts it in S3.

Sources: SageMaker Developer Guide, "How Amazon SageMaker AI processes training output" and "Uncompressed model output".
Where what is not packed lies below `output/`, and what TensorBoard writes below its prefix, they do not say: here
`model/`, `data/` and `<job>/tensorboard-output/`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from components.s3_location import bucket_of, key_of
from rehearsal.container.files import ContainerFiles, Request, upload_archive

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TENSORBOARD_PATH: Final = "/opt/ml/output/tensorboard"


def output_uris(request: Request) -> Iterator[str]:
    """The places in S3 that the job writes to."""
    yield request["OutputDataConfig"]["S3OutputPath"]
    if "CheckpointConfig" in request:
        yield request["CheckpointConfig"]["S3Uri"]
    if "TensorBoardOutputConfig" in request:
        yield request["TensorBoardOutputConfig"]["S3OutputPath"]


def upload_output(s3: "S3Client", request: Request, files: ContainerFiles, directory: Path) -> str | None:
    """Upload output data and model, by way of `directory`, however the job ended; returns the model's URI if any."""
    # What a failed or stopped job has left is uploaded as well (sagemaker-python-sdk, #746).
    base = f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output"
    _upload_tensorboard(s3, request, files)
    if request["OutputDataConfig"].get("CompressionType") == "NONE":
        _upload_files(s3, files.output_data, f"{base}/data/")
        return _upload_files(s3, files.model, f"{base}/model/")
    upload_archive(s3, files.output_data, f"{base}/output.tar.gz", directory / "output.tar.gz")
    return upload_archive(s3, files.model, f"{base}/model.tar.gz", directory / "model.tar.gz")


def _upload_tensorboard(s3: "S3Client", request: Request, files: ContainerFiles) -> None:
    if config := request.get("TensorBoardOutputConfig"):
        directory = files.local(config.get("LocalPath", _TENSORBOARD_PATH))
        prefix = f"{config['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/tensorboard-output/"
        if directory.is_dir():
            _upload_files(s3, directory, prefix)


def _upload_files(s3: "S3Client", directory: Path, prefix: str) -> str | None:
    """Upload every file below a directory under a prefix; returns that, or None where there is no file."""
    found = sorted(path for path in directory.rglob("*") if path.is_file())
    for path in found:
        key = key_of(prefix) + path.relative_to(directory).as_posix()
        s3.upload_file(str(path), bucket_of(prefix), key)
    return prefix if found else None
