"""Where runs and models are recorded: a managed MLflow tracking server or App, or any server by http(s) URI."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field

from .aws_names import AwsScope
from .fitting import FittingModel
from .mlflow_names import ManagedMlflow, MlflowAppArn
from .s3_location import S3PrefixAnywhere


def _check_tracking_uri(uri: str) -> str:
    if " " in uri or not uri.isprintable():  # Python takes them out of what it asks for, and others do not
        raise ValueError("allowed: a URI without blanks and line ends, as in https://mlflow.example.com:5000")
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(
            "allowed: an http:// or https:// URI with a host; for SageMaker's own set tracking_server or app"
        )
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("allowed: after the host a port of 0-65535, as in https://mlflow.example.com:5000") from None
    if parts.username or parts.password:
        raise ValueError(
            "allowed: a URI without user name and password: everybody who may read the schedule reads it; "
            "keep them in Secrets Manager and set tracking.secret_arn"
        )
    if "@" in parts.path:  # a password with "/" ends the host before it
        raise ValueError(
            "allowed: a URI without '@': everybody who may read the schedule reads what may be a password; keep that "
            "in Secrets Manager and set tracking.secret_arn, and write %40 for an '@' of a path"
        )
    if parts.query or parts.fragment:
        raise ValueError(
            "allowed: a URI without '?' and '#': everybody who may read the schedule reads what follows; "
            "keep a token in Secrets Manager and set tracking.secret_arn"
        )
    return uri


_SECRET_ARN = r"^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9_/+=.@!-]+-[A-Za-z0-9]{6}$"  # noqa: S105  # a pattern
SecretArn = Annotated[str, Field(max_length=512, pattern=_SECRET_ARN)]
"""Complete, with the six characters that Secrets Manager adds: it names one secret and no other. A name with
`!` is of a secret that another service manages, such as RDS."""


class TrackingSpec(FittingModel):
    """MLflow, as one job uses it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    tracking_server: Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$")] | None = None
    """Name of a SageMaker managed MLflow tracking server, of MLflow 3.0 or later, in the stack's account and region;
    one of this, `app` and `tracking_uri`."""
    app: MlflowAppArn | None = None
    """ARN of a SageMaker MLflow App, MLflow without a server; one of this, `tracking_server` and `tracking_uri`."""
    tracking_uri: (
        Annotated[
            str,
            Field(max_length=512, json_schema_extra={"pattern": "^[hH][tT][tT][pP][sS]?://."}),
            AfterValidator(_check_tracking_uri),
        ]
        | None
    ) = None
    """The http or https address of any MLflow server of version 3 or later; one of this, `tracking_server` and
    `app`."""
    artifact_store: S3PrefixAnywhere | None = None
    """The artifact store of the tracking server or App: MLflow clients write there themselves, with the execution role.
    Absent: AWS is asked for it, at each preview and update (docs/tracking.md)."""
    secret_arn: SecretArn | None = None
    """The complete ARN of a Secrets Manager secret with the server's credentials: a JSON object of environment
    variables (`MLFLOW_TRACKING_USERNAME`, …), or a token."""
    experiment_name: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """The MLflow experiment that runs go to; absent: `<job>-<stack>`, the training job name prefix."""
    registered_model_name: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^/:'\"]+$")] | None = None
    """The MLflow registered model that versions go to; absent: `<job>-<stack>`, the training job name prefix."""

    def misfits(self) -> Iterator[str]:
        """None of the three places, or two."""
        given = [name for name in ("tracking_server", "app", "tracking_uri") if getattr(self, name) is not None]
        if len(given) != 1:
            yield (
                f"got {' and '.join(given) or 'none of them'}; allowed: one of tracking_server (a name), app (the ARN "
                "of an MLflow App) and tracking_uri (http or https)"
            )

    @property
    def without_store(self) -> ManagedMlflow | None:
        """The tracking server or App whose artifact store the settings do not say; None where nothing is to be asked.

        A server that is named by its address has none: MLflow takes the artifacts itself, or says where they go.
        """
        is_settled = self.artifact_store is not None or self.tracking_uri is not None
        return None if is_settled else ManagedMlflow(self.tracking_server, self.app)

    def managed_arn(self, scope: AwsScope) -> str | None:
        """ARN of the managed tracking server or of the App; None where a URI is used."""
        if self.app is not None or self.tracking_server is None:
            return self.app
        return scope.arn("sagemaker", f"mlflow-tracking-server/{self.tracking_server}")

    def uri(self, scope: AwsScope) -> str:
        """What MLFLOW_TRACKING_URI is set to."""
        return self.tracking_uri or self.managed_arn(scope) or ""
