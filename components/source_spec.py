"""A job's training code: where it is in the project and in S3, and how the packages that it needs come to the job."""

from pathlib import PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .s3_location import S3Prefix
from .shipped_code import SHIPPED_CODE

FILE_NAME_MAX_LENGTH: Final = 255
"""Source: Linux, `limits.h`, NAME_MAX."""


def _check_directory(directory: str) -> str:
    path = PurePosixPath(directory)
    if path.is_absolute() or ".." in path.parts or not path.parts or not directory.isprintable():
        raise ValueError("allowed: a directory below the project's, such as training_code")
    return str(path)  # by one name, whether written as training_code/ or ./training_code


class Source(BaseModel):
    """The training code: a directory of the program, and where its bundle goes in S3."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    directory: Annotated[str, AfterValidator(_check_directory)] = SHIPPED_CODE
    """Where code of your own is, relative to the program's directory; `training_code` is the code that comes along. The
    role of code of your own may use MLflow's `log_metric`, `log_param`, `log_model` and the like."""
    entry_point: Annotated[str, Field(max_length=FILE_NAME_MAX_LENGTH, pattern=r"^[\w.][\w.-]*\.py$")] = "train.py"
    """The script in that directory which trains; Python takes a name that begins with `-` for an option."""
    s3_path: Annotated[S3Prefix, Field(validate_default=True)] = "training-code/"
    """The prefix in the bucket that bundles go below, and archives of packages below `packages/`; it ends with `/`."""
    packages: Literal["archive", "pip"] | None = None
    """How the packages that the code needs beside the image's come to the job: with it, or from an index at a start.
    Absent: with it, and by pip for code of your own. `archive` asks for pinned versions with hashes and the image's
    Python 3.12."""
    judges_settings: bool = False
    """Whether its entry point answers `--judge-settings`, so that a check and a preview can ask it about
    hyperparameters and channels (docs/adr/0025); the training code that comes along does."""

    @property
    def is_judge(self) -> bool:
        """Whether it can be asked about a job's settings."""
        return self.judges_settings or self.is_shipped

    @property
    def brings_packages(self) -> bool:
        """Whether they travel with the job; absent, those of this project's training code do."""
        return self.packages == "archive" or (self.packages is None and self.is_shipped)

    @property
    def packages_prefix(self) -> str:
        """Below which all archives of packages are, of every job with this `s3_path`, past ones included."""
        return f"{self.s3_path}packages/"

    @property
    def is_shipped(self) -> bool:
        """Whether it is the training code of this project, whose needs are known to the last call."""
        return self.directory == SHIPPED_CODE
