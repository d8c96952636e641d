"""What a team's pipeline needs before it can deploy a stack."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from operations.commands.options import JsonOption, ProfileOption, StackOption, run_in_project


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("deploy-policy")(deploy_policy)


def deploy_policy(  # noqa: PLR0913, PLR0917 - typer makes an option of each argument
    stack: StackOption = "staging",
    preview: Annotated[bool, typer.Option("--preview", help="Of a role that only reads: for pull requests.")] = False,
    any_job: Annotated[
        bool, typer.Option("--any-job", help="For any job of the stack by its name, not for those of today only.")
    ] = False,
    state: Annotated[
        str | None, typer.Option(metavar="S3_URL", help="Where Pulumi's state is, as pulumi login was told.")
    ] = None,
    state_key: Annotated[
        str | None, typer.Option(metavar="ARN", help="KMS key of that bucket, or of the stack's secrets.")
    ] = None,
    bucket_key: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", help="KMS key that the team's bucket encrypts with by itself. Repeatable."),
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(
            metavar="WHO",
            help="Print the trust policy instead: of github:OWNER/REPO[:ENVIRONMENT], gitlab:GROUP/PROJECT[:BRANCH].",
        ),
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="ID", help="The stack's AWS account; otherwise that of your credentials.")
    ] = None,
    profile: ProfileOption = None,
    json_: JsonOption = False,
) -> None:
    """Print the IAM policy of the role that runs pulumi up for a stack: what its program declares, and no more."""
    from operations.delivery.accounts import account_of
    from operations.delivery.deploying_role import RoleOptions, deploying_role

    def command(project_dir: Path) -> int:
        options = RoleOptions(preview, any_job, state, state_key, tuple(bucket_key or ()), trust)
        role = deploying_role(project_dir, stack, options, account_of(project_dir, stack, account, profile))
        shown = role.as_document() if json_ else role.policy if role.trust is None else role.trust
        typer.echo(json.dumps(shown, indent=2))
        for note in () if json_ or role.trust else role.notes:
            print(f"note: {note}", file=sys.stderr)  # noqa: T201 - beside the document
        return 0

    run_in_project(command)
