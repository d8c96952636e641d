"""Who may assume the deploying role: jobs of one repository and environment, by tokens that live for minutes.

Sources: GitHub Docs, "OpenID Connect reference" (subject claims, and the immutable ones that repositories created or
renamed since 2026-07-15 have); GitLab Docs, "OpenID Connect (OIDC) authentication using ID tokens"; IAM User Guide,
"Create a role for OpenID Connect federation".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from components.aws_names import AwsScope
from rehearsal.errors import OptionError

GITHUB: Final = "token.actions.githubusercontent.com"
GITLAB: Final = "gitlab.com"
AUDIENCE: Final = "sts.amazonaws.com"
"""What aws-actions/configure-aws-credentials asks for; GitLab's file asks for the same."""
_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_ID: Final = r"(?:@[0-9]+)?"
_GITHUB: Final = re.compile(rf"github:(?P<repository>{_NAME}{_ID}/{_NAME}{_ID})(?::(?P<environment>[A-Za-z0-9._-]+))?")
_GITLAB: Final = re.compile(
    rf"gitlab:(?P<project>{_NAME}(?:/{_NAME})+)(?::(?P<branch>\*|[A-Za-z0-9][A-Za-z0-9._/-]*))?"
)
_ALLOWED: Final = (
    "github:OWNER/REPOSITORY[:ENVIRONMENT], where the names have their numbers if the repository is of July 2026 or "
    "later (github:acme@1234/training@5678:prod), or gitlab:GROUP/PROJECT[:BRANCH]"
)


class TrustError(OptionError):
    """What is to be trusted cannot be read, or is too much."""


@dataclass(frozen=True)
class Trusted:
    """Jobs whose tokens say so: the issuer's host, and the subject, which may have `*` for any branch."""

    issuer: str
    subject: str

    @property
    def is_pattern(self) -> bool:
        """Whether several subjects are meant."""
        return self.subject.endswith("*")


def parse_trusted(text: str, stack: str, *, reads_only: bool) -> Trusted:
    """Read who is to be trusted: of GitHub without an environment the one that is called as the stack; of GitLab main.

    Raises:
        TrustError: it is neither, or any branch is to change something.
    """
    if found := _GITHUB.fullmatch(text):
        environment = found["environment"] or stack
        return Trusted(GITHUB, f"repo:{found['repository']}:environment:{environment}")
    found = _GITLAB.fullmatch(text)
    if found is None:
        raise TrustError(f"--trust: got {text!r}; allowed: {_ALLOWED}")
    branch = found["branch"] or "main"
    if branch == "*" and not reads_only:
        raise TrustError(
            f"--trust: got {text!r}, which is any branch; allowed for a role that changes something: one branch, which "
            "is protected; with --preview any branch may read"
        )
    return Trusted(GITLAB, f"project_path:{found['project']}:ref_type:branch:ref:{branch}")


def trust_document(trusted: Trusted, scope: AwsScope) -> dict[str, Any]:
    """The role's trust policy: the identity provider of the account, its audience, and the one subject."""
    subject = {f"{trusted.issuer}:sub": trusted.subject}
    audience = {f"{trusted.issuer}:aud": AUDIENCE}
    condition = (
        {"StringEquals": audience, "StringLike": subject}
        if trusted.is_pattern
        else {"StringEquals": audience | subject}
    )
    provider = scope.arn("iam", f"oidc-provider/{trusted.issuer}", regional=False)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AssumeFromPipeline",
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": condition,
            }
        ],
    }
