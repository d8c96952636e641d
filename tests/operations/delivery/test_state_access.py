"""A state in S3: its own stack's objects, and no other's."""

from __future__ import annotations

from typing import Final

import pytest

from operations.delivery.grants import Phase
from operations.delivery.state_access import StateAddressError, StateBackend, key_arn, state_statements
from rehearsal.permissions.permissions import AwsCall
from tests.operations.delivery.declared import SCOPE, decide

KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-5b6a-4798-8c9d-0e1f2a3b4c5d"
STATE: Final = StateBackend("team-state", "training/", KEY)
OWN: Final = (
    *("stacks/training/prod.json", "stacks/training/prod.json.bak", "stacks/training/prod.json.gz"),
    *("stacks/training/prod.pulumi-tags", "history/training/prod/prod-1.history.json"),
    *("backups/training/prod/prod.1.json", "locks/organization/training/prod/1f2e.json"),
)
OTHERS: Final = (
    *("stacks/training/staging.json", "stacks/other/prod.json", "locks/organization/training/staging/1f2e.json"),
    *("history/training/staging/x.json", "stacks/training/production.json", "backups/other/prod/prod.1.json"),
)


def allowed(action: str, path: str, phases: tuple[Phase, ...] = tuple(Phase)) -> bool:
    statements = state_statements(STATE, SCOPE, "training", "prod", phases)
    return decide(AwsCall(action, f"arn:aws:s3:::team-state/training/.pulumi/{path}", path), statements).allowed


@pytest.mark.parametrize("path", OWN)
def test_the_stacks_own_objects_are_read_and_written(path: str) -> None:
    assert [allowed(action, path) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")] == [True] * 3
    assert [allowed(action, path, (Phase.READ,)) for action in ("s3:GetObject", "s3:PutObject")] == [True, False]


@pytest.mark.parametrize("path", OTHERS)
def test_those_of_other_stacks_and_projects_are_not(path: str) -> None:
    assert [allowed(action, path) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")] == [False] * 3


def test_what_says_the_states_form_is_read_only() -> None:
    assert (allowed("s3:GetObject", "meta.yaml"), allowed("s3:PutObject", "meta.yaml")) == (True, False)


def test_nothing_is_allowed_where_the_state_is_elsewhere() -> None:
    assert state_statements(None, SCOPE, "training", "prod", tuple(Phase)) == []


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("s3://team-state", StateBackend("team-state")),
        ("s3://team-state/", StateBackend("team-state")),
        ("s3://team-state/a/b", StateBackend("team-state", "a/b/")),
        ("s3://team-state/a/?region=us-east-1&awssdk=v2", StateBackend("team-state", "a/")),
    ],
)
def test_an_address_is_read_as_pulumi_login_reads_it(address: str, state: StateBackend) -> None:
    assert StateBackend.parse(address) == state


@pytest.mark.parametrize(
    "address", ["team-state", "s3://", "s3://Team", "https://app.pulumi.com", "s3://team/*", "file://~"]
)
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(StateAddressError) as refused:
        StateBackend.parse(address)

    assert str(refused.value) == (
        f"--state: got {address!r}; allowed: what pulumi login was given, such as s3://team-pulumi-state or "
        "s3://team-pulumi-state/training; with Pulumi Cloud leave it out"
    )


@pytest.mark.parametrize("key", ["alias/state", "arn:aws:kms:us-east-1:123456789012:alias/state", "*"])
def test_a_key_by_its_alias_is_refused(key: str) -> None:
    with pytest.raises(StateAddressError, match=r"--state-key: got .*; allowed: the ARN of a KMS key"):
        key_arn("--state-key", key)
