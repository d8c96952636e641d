"""The deploying role's trust: one repository and environment, or one project and branch."""

from __future__ import annotations

from typing import Any, Final

import pytest

from operations.delivery.oidc_trust import GITHUB, GITLAB, TrustError, parse_trusted, trust_document
from rehearsal.permissions.policy_conditions import condition_misses
from rehearsal.permissions.policy_documents import PolicyDocument
from tests.operations.delivery.declared import SCOPE

SUBJECTS: Final = {
    "github:acme/training": "repo:acme/training:environment:prod",
    "github:acme/training:production": "repo:acme/training:environment:production",
    "github:acme@1234/training@5678:prod": "repo:acme@1234/training@5678:environment:prod",
    "gitlab:acme/training": "project_path:acme/training:ref_type:branch:ref:main",
    "gitlab:acme/ml/training:release/1.0": "project_path:acme/ml/training:ref_type:branch:ref:release/1.0",
}


def document(text: str, *, reads_only: bool = False) -> dict[str, Any]:
    return trust_document(parse_trusted(text, "prod", reads_only=reads_only), SCOPE)


def lets_in(text: str, subject: str, audience: str = "sts.amazonaws.com", *, reads_only: bool = False) -> bool:
    issuer = GITHUB if text.startswith("github") else GITLAB
    (statement,) = PolicyDocument.parse("trust", document(text, reads_only=reads_only)).statements
    return not list(condition_misses(statement.condition, {f"{issuer}:sub": subject, f"{issuer}:aud": audience}))


@pytest.mark.parametrize("text", SUBJECTS)
def test_the_subject_that_is_meant_gets_in_and_no_other(text: str) -> None:
    subject = SUBJECTS[text]
    others = [
        *(each for each in SUBJECTS.values() if each != subject),
        *(subject + "x", subject + ":x", f"x{subject}", subject.replace("acme", "acme-evil"), subject.upper(), ""),
        *(
            "repo:acme/training:pull_request",
            "repo:acme/training:ref:refs/heads/main",
            "repo:acme/training-x:environment:prod",
        ),
        *("project_path:acme/training:ref_type:tag:ref:main", "project_path:acme/training:ref_type:branch:ref:dev"),
    ]

    assert lets_in(text, subject)
    assert [other for other in others if lets_in(text, other)] == []
    assert not lets_in(text, subject, "another-audience")


def test_the_whole_document_names_the_accounts_identity_provider() -> None:
    assert document("github:acme/training:prod") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AssumeFromPipeline",
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{GITHUB}:aud": "sts.amazonaws.com",
                        f"{GITHUB}:sub": "repo:acme/training:environment:prod",
                    }
                },
            }
        ],
    }


def test_any_branch_may_read_and_none_may_change_anything() -> None:
    text, mine = "gitlab:acme/training:*", "project_path:acme/training:ref_type:branch:ref:feature/x"

    assert lets_in(text, mine, reads_only=True)
    assert not lets_in(text, mine.replace("acme/training", "acme/training2"), reads_only=True)
    with pytest.raises(TrustError, match="which is any branch; allowed for a role that changes something: one branch"):
        document(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "acme/training",
            "github:acme",
            "github:acme/*",
            "github:*/training:prod",
            "github:acme/training:*",
            "github:",
        ),
        *(
            "github:acme/training:a b",
            "github:acme/training:prod:extra",
            "gitlab:acme",
            "gitlab:acme/*",
            "gitea:acme/x",
        ),
        *("github:acme@x/training@5678:prod", "gitlab:acme/training:ma*n", "github:acme/training:", ""),
    ],
)
def test_what_is_none_of_these_or_has_a_wildcard_is_refused(text: str) -> None:
    with pytest.raises(TrustError) as refused:
        parse_trusted(text, "prod", reads_only=True)

    assert str(refused.value).startswith(f"--trust: got {text!r}; allowed: github:OWNER/REPOSITORY[:ENVIRONMENT]")
