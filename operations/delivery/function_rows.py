"""What the AWS provider calls for a provider function: a row for each that calls a service of AWS.

Those without a row answer from the provider's own tables, or from STS, which needs no permission. Sources: the
provider's code (hashicorp/terraform-provider-aws, `internal/service/cloudcontrol/`), which calls Cloud Control alone;
Cloud Control API User Guide, "Resource operations": the type's handler calls its service in the caller's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from components.artifact_stores import READ_BY
from components.aws_names import AwsScope
from components.mlflow_names import APP_TYPE, SERVER_TYPE
from operations.delivery.grants import Grant, Inputs, Phase, everything, named
from rehearsal.declaring.artifact_store_stand_ins import GET_RESOURCE


def _server(arguments: Inputs, scope: AwsScope) -> str:
    return scope.arn("sagemaker", f"mlflow-tracking-server/{named(arguments, 'identifier')}")


def _app(arguments: Inputs, _scope: AwsScope) -> str:
    """The App, which is identified by its ARN."""
    return named(arguments, "identifier")


def _read(setting: str, arn: Callable[[Inputs, AwsScope], str]) -> tuple[Grant, ...]:
    return (
        # Cloud Control's own action takes no resource: what may be read with it, the second one narrows.
        Grant("ReadByCloudControl", Phase.READ, ("cloudformation:GetResource",), everything),
        Grant("LookUpArtifactStores", Phase.READ, READ_BY[setting], arn),
    )


_TYPES: Final[Mapping[str, tuple[Grant, ...]]] = {
    SERVER_TYPE: _read("tracking_server", _server),
    APP_TYPE: _read("app", _app),
}


def function_row(token: str, arguments: Inputs) -> tuple[Grant, ...]:
    """The grants of one call of a provider function."""
    return _TYPES.get(str(arguments.get("typeName")), ()) if token == GET_RESOURCE else ()
