"""A directory of a file system as a channel's data. Limits: SageMaker API, FileSystemDataSource."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _check_directory(path: str) -> str:
    if not path.startswith("/") or ".." in path.split("/"):
        raise ValueError(
            "allowed: a path that begins with '/' and has no part '..', such as /datasets/training; on FSx for Lustre "
            "its first part is the file system's mount name"
        )
    if "{scheduled_" in path or "<aws.scheduler." in path:
        raise ValueError("allowed: a path without dates; they are filled in in s3_path and s3_object only")
    return path


class FileSystem(BaseModel):
    """A directory of an EFS or FSx for Lustre file system, which the job's machines mount."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, Field(min_length=11, max_length=21, pattern=r"^fs-[0-9a-f]{8,}$")]
    """The file system, such as `fs-0123456789abcdef0`."""
    type: Literal["EFS", "FSxLustre"]
    """Which kind of file system it is."""
    directory_path: Annotated[
        str, Field(max_length=4096, pattern=r"^[^\n\r\u0085\u2028\u2029]*$"), AfterValidator(_check_directory)
    ]
    """The directory in it; all that is below can be read. On FSx for Lustre it begins with the mount name."""
    access_mode: Literal["ro", "rw"] = "ro"
    """Whether the job may only read it (ro), or write there as well."""

    def __str__(self) -> str:
        """As a person names it: `EFS fs-0123456789abcdef0:/datasets`."""
        return f"{self.type} {self.id}:{self.directory_path}"
