"""Which AWS account a stack is of: as a person says, as its file says, or as AWS says of their credentials."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from operations.delivery.deploying_role import known_account
from operations.places import place_on_aws
from rehearsal.declaring.stack_configuration import StackConfiguration
from rehearsal.errors import OptionError, RehearsalError


class AccountError(RehearsalError):
    """What was given is no account, or not the stack's."""


class AccountFormError(AccountError, OptionError):
    """What was given is no account's number."""


def account_of(
    project_dir: Path, stack: str, given: str | None, profile: str | None
) -> Callable[[StackConfiguration], str]:
    """Answers with the account; AWS is asked only where neither a person nor the stack's file tells."""

    def account(configuration: StackConfiguration) -> str:
        named = known_account(configuration)
        if given is not None:
            return _checked(given, named)
        return named or place_on_aws(project_dir, stack, profile=profile).account_id

    return account


def _checked(given: str, named: str | None) -> str:
    if re.fullmatch(r"[0-9]{12}", given) is None:
        raise AccountFormError(f"--account: got {given!r}; allowed: the 12 digits of an AWS account")
    if named not in (None, given):
        raise AccountError(
            f"--account: got {given!r}; the stack's execution_role_arn is of {named}, and no role can be passed to "
            "another account; leave the option out"
        )
    return given
