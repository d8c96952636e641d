"""The deploying role of a stack: its policy, and its trust, from what the program declares as at a first preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.aws_names import AwsScope
from components.statement_union import Statement
from operations.delivery.deploy_policy import Deployed, deploy_statements
from operations.delivery.grants import Phase
from operations.delivery.oidc_trust import parse_trusted, trust_document
from operations.delivery.policy_lengths import length, length_note, managed_policies
from operations.delivery.state_access import StateAddressError, StateBackend, key_arn
from rehearsal.declaring.program import OfflineMocks, answer_invoke, declare
from rehearsal.declaring.stack_configuration import StackConfiguration, read_stack_configuration
from rehearsal.errors import RehearsalError
from rehearsal.sealed_environment import ACCOUNT_ID

JSON_VERSION: Final = 1
_PREFIX: Final = "training_job_name_prefix"


@dataclass(frozen=True)
class RoleOptions:
    """What a person asks of the role, beside the stack."""

    previews_only: bool = False
    any_job: bool = False
    state: str | None = None
    state_key: str | None = None
    bucket_keys: tuple[str, ...] = ()
    trust: str | None = None


@dataclass(frozen=True)
class DeployingRole:
    """The documents of the role, and what a person should know of them."""

    stack: str
    scope: AwsScope
    statements: tuple[Statement, ...]
    trust: dict[str, Any] | None
    notes: tuple[str, ...]

    @property
    def policy(self) -> dict[str, Any]:
        """The permission document."""
        return _document(self.statements)

    def as_document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "version": JSON_VERSION,
            "stack": self.stack,
            "account": self.scope.account_id,
            "region": self.scope.region,
            "policy": self.policy,
            "policy_length": length(self.statements),
            "managed_policies": [_document(each) for each in managed_policies(self.statements)],
            "trust": self.trust,
            "notes": list(self.notes),
        }


def _document(statements: Sequence[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def deploying_role(
    project_dir: Path, stack: str, options: RoleOptions, account_id: Callable[[StackConfiguration], str]
) -> DeployingRole:
    """Declare the stack in its account, and make the role's documents; `account_id` says which account that is.

    Raises:
        RehearsalError, pulumi.RunError: the stack's files or settings are wrong, or an option is.
    """
    configuration = read_stack_configuration(project_dir, stack)
    state, keys = _state(options), tuple(key_arn("--bucket-key", key) for key in options.bucket_keys)
    trusted = options.trust and parse_trusted(options.trust, stack, reads_only=options.previews_only)
    region = configuration.values.get("aws:region")
    if not region:
        raise RehearsalError(f"Pulumi.{stack}.yaml has no aws:region; set it")
    account = account_id(configuration)
    told = answer_invoke("aws:index/getPartition:getPartition", account_id=account, region=region)
    scope = AwsScope(told["partition"], region, account)
    declared = declare(project_dir, stack, OfflineMocks(region=region, account_id=account), preview=True)
    jobs = [job[_PREFIX] for job in declared.exports.values() if isinstance(job, dict) and _PREFIX in job]
    deployed = Deployed(
        scope,
        declared.project,
        stack,
        (Phase.READ,) if options.previews_only else tuple(Phase),
        state,
        keys,
        jobs if options.any_job else (),
    )
    statements = deploy_statements(declared.resources, deployed, declared.invokes)
    trust = trust_document(trusted, scope) if trusted else None
    return DeployingRole(stack, scope, tuple(statements), trust, tuple(_notes(statements, options)))


def known_account(configuration: StackConfiguration) -> str | None:
    """The account that a stack's own file names, by an execution role's ARN; None where it names none."""
    return None if configuration.account_id == ACCOUNT_ID else configuration.account_id


def _state(options: RoleOptions) -> StateBackend | None:
    if options.state is None:
        if options.state_key:
            raise StateAddressError("--state-key is of a state in S3: say which with --state s3://BUCKET")
        return None
    return StateBackend.parse(options.state, options.state_key)


def _notes(statements: list[Statement], options: RoleOptions) -> list[str]:
    notes = []
    if note := length_note(statements, "" if options.any_job else "say --any-job, which needs no line for each job"):
        notes.append(note)
    if options.state is None:
        notes.append(
            "nothing is allowed on a Pulumi state: for one in S3 say --state s3://BUCKET; Pulumi Cloud needs none"
        )
    return notes
