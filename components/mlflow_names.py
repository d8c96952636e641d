"""SageMaker's managed MLflow: the ARNs of its Apps, where one can run, and who tells where its artifacts are.

Sources: SageMaker API, DescribeMlflowApp and DescribeMlflowTrackingServer; sagemaker-mlflow 0.5.0,
`mlflow_sagemaker_helpers.py`, whose endpoints are in two partitions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from .aws_names import partition_of

_PARTITIONS: Final = ("aws", "aws-us-gov")
"""Where the plugin finds an App. AWS offers Apps in the first one alone as yet, and does not say so in its API."""

MlflowAppArn = Annotated[
    str,
    Field(
        max_length=128,
        pattern=rf"^arn:({'|'.join(_PARTITIONS)}):sagemaker:[a-z0-9-]+:[0-9]{{12}}:mlflow-app/[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
    ),
]
"""Complete: the name of an App is no part of its ARN. It may be another account's, shared by AWS RAM."""


APP_TYPE: Final = "AWS::SageMaker::MlflowApp"
SERVER_TYPE: Final = "AWS::SageMaker::MlflowTrackingServer"
"""What CloudFormation's registry calls them."""


@dataclass(frozen=True)
class ManagedMlflow:
    """A tracking server by its name, in the stack's account and region, or an App by its ARN: one of the two."""

    server: str | None = None
    app: str | None = None

    def __str__(self) -> str:
        return f"App {self.app!r}" if self.app else f"tracking server {self.server!r}"

    @property
    def type_name(self) -> str:
        """Its type in CloudFormation's registry."""
        return APP_TYPE if self.app else SERVER_TYPE

    @property
    def identifier(self) -> str:
        """What it is known by there: the ARN of an App, the name of a server."""
        return self.app or self.server or ""

    @property
    def region(self) -> str | None:
        """Where an App is, which may be another region than the stack's; None of a server, which is in the stack's."""
        return self.app.split(":")[3] if self.app else None

    @property
    def setting(self) -> str:
        """The setting that names it."""
        return "app" if self.app else "tracking_server"


def artifact_store_command(server: str | None, app: str | None) -> str:
    """What shows the artifact store of one of the two, to somebody with credentials."""
    what = f"describe-mlflow-tracking-server --tracking-server-name {server}"
    if app:
        what = f"describe-mlflow-app --arn {app} --region {app.split(':')[3]}"
    return f"aws sagemaker {what} --query ArtifactStoreUri --output text"


def app_region_problems(app: str | None, region: str) -> Iterator[str]:
    """An App in another partition than the stack: no credentials of one are valid in the other."""
    partition = partition_of(region)
    if app and (got := app.split(":")[1]) != partition:
        yield (
            f"got {app!r}; allowed: an App of the stack's partition, {partition}, because credentials of {partition} "
            f"are not valid in {got}"
        )
