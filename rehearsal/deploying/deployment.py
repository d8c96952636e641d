"""Deploy onto the embedded AWS: what a program registers is created through boto3, and answered with the result."""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pulumi.runtime import mocks as pulumi_mocks

from rehearsal.aws_clients import AwsClients
from rehearsal.declaring.program import answer_invoke
from rehearsal.deploying.adapters import ADAPTERS, Inputs
from rehearsal.errors import RehearsalError

# Resources that exist only in Pulumi's own state.
_WITHOUT_CLOUD: Final = ("pulumi:providers:",)


class DeploymentError(RehearsalError):
    """A resource could not be created; the message names its URN, the call and the reason."""


class EmbeddedAwsMocks(pulumi_mocks.Mocks):
    """Creates every custom resource on the embedded AWS, in the order in which Pulumi registers them.

    Components pass through. Raises DeploymentError for a type without an adapter and for a call that fails,
    `UnsupportedPropertyError` for a property that the type's adapter does not know.
    """

    def __init__(self, clients: AwsClients) -> None:
        self.clients = clients

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Answer a provider function; the account is the one that the embedded AWS says we are."""
        account = self.clients.sts.get_caller_identity()["Account"]
        return answer_invoke(args.token, account_id=account, region=self.clients.region), []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Create a resource and answer with its id and the outputs that only AWS knows."""
        if not args.custom or args.typ.startswith(_WITHOUT_CLOUD):
            return None, {}
        urn = getattr(args, "urn", f"urn:pulumi:stack::project::{args.typ}::{args.name}")
        create = ADAPTERS.get(args.typ)
        if create is None:
            raise DeploymentError(
                f"{urn}: the rehearsal cannot create an {args.typ}: add an adapter for it to "
                f"rehearsal/deploying/adapters/; there are adapters for {', '.join(sorted(ADAPTERS))}"
            )
        inputs = Inputs(urn, args.inputs)
        region = inputs.take("region")
        if region not in (None, self.clients.region):
            raise DeploymentError(f"{urn}: region is {region!r}, but the rehearsal has only {self.clients.region!r}")
        try:
            created = create(self.clients, inputs)
        except ClientError as error:
            fault = error.response.get("Error", {})
            raise DeploymentError(
                f"{urn}: {error.operation_name} was refused: {fault.get('Code')}: {fault.get('Message')}"
            ) from error
        except BotoCoreError as error:
            raise DeploymentError(f"{urn}: {error}") from error
        return created.id, dict(created.outputs)
