"""`training-jobs deploy-policy`: what it prints, what docs/delivery.md shows of it, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from typer.testing import CliRunner, Result

from operations.command_line import app
from operations.delivery import accounts
from tests.operations.projects import ROOT

PAGE: Final = (ROOT / "docs" / "delivery.md").read_text()
ACCOUNT: Final = ("--account", "123456789012")
JOBS: Final = "scheduled-training:training_jobs"
OTHER_ROLE: Final = "arn:aws:iam::210987654321:role/studio"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["deploy-policy", *arguments])


def shown(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, *ACCOUNT)
    assert result.exit_code == 0, result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def documented() -> list[list[str]]:
    """The arguments of each of the page's commands."""
    found = re.findall(r"^ *\$ \.venv/bin/training-jobs deploy-policy (.*)$", PAGE, re.MULTILINE)
    return [line.partition(" > ")[0].split() for line in found]


def change_job(project: Path, changes: dict[str, object]) -> None:
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    stack["config"][JOBS]["breast-cancer"] |= changes
    path.write_text(yaml.safe_dump(stack, sort_keys=False))


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("AWS was asked")

    monkeypatch.setattr(accounts, "place_on_aws", refuse)


@pytest.mark.usefixtures("project", "no_credentials")
def test_the_page_shows_the_policy_of_the_committed_stack() -> None:
    (block,) = re.findall(r"```json deploy-policy\n(.*?)```", PAGE, re.DOTALL)

    result = run(*documented()[0])

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == block


@pytest.mark.usefixtures("project", "no_credentials")
@pytest.mark.parametrize("arguments", documented()[1:], ids=" ".join)
def test_a_command_of_the_page_prints_one_document(arguments: list[str]) -> None:
    (statement, *_) = shown(*arguments)["Statement"]

    assert ("Principal" in statement) == ("--trust" in arguments)


@pytest.mark.usefixtures("no_credentials")
def test_the_boundary_of_the_page_bounds_what_may_be_created(project: Path) -> None:
    (block,) = re.findall(r"```yaml boundary\n(.*?)```", PAGE, re.DOTALL)
    change_job(project, yaml.safe_load(block))

    bounded = [each for each in shown("-s", "staging")["Statement"] if "iam:CreateRole" in each["Action"]]

    assert [each["Condition"] for each in bounded] == [
        {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/training-jobs-boundary"}}
    ]


@pytest.mark.usefixtures("project", "no_credentials")
def test_for_programs_it_is_one_document_with_policy_trust_and_notes() -> None:
    document = shown("-s", "staging", "--json", "--trust", "github:acme/training")

    assert (document["version"], document["stack"], document["account"]) == (1, "staging", "123456789012")
    assert document["managed_policies"] == [document["policy"]]
    assert document["policy"] == shown("-s", "staging")
    assert document["trust"] == shown("-s", "staging", "--trust", "github:acme/training")
    assert document["policy_length"] == len(json.dumps(document["policy"], separators=(",", ":")))
    assert document["notes"] == [
        "nothing is allowed on a Pulumi state: for one in S3 say --state s3://BUCKET; Pulumi Cloud needs none"
    ]


@pytest.mark.usefixtures("no_credentials")
def test_the_account_is_that_of_an_execution_role_in_the_stacks_file(project: Path) -> None:
    change_job(project, {"execution_role_arn": OTHER_ROLE})

    result = run("-s", "staging")

    assert result.exit_code == 0
    assert "arn:aws:iam::210987654321:role/breast-cancer-staging-scheduler" in result.stdout
    assert "breast-cancer-staging-execution" not in result.stdout


REFUSED: Final = {
    "an account in words": (
        ("--account", "prod"),
        "error: --account: got 'prod'; allowed: the 12 digits of an AWS account",
    ),
    "a key without a state": (
        ("--state-key", "alias/x", *ACCOUNT),
        "error: --state-key is of a state in S3: say which with --state s3://BUCKET",
    ),
    "another trust": (("--trust", "acme", *ACCOUNT), "error: --trust: got 'acme'; allowed: github:OWNER/REPOSITORY"),
    "any branch that deploys": (
        ("--trust", "gitlab:a/b:*", *ACCOUNT),
        "error: --trust: got 'gitlab:a/b:*', which is any",
    ),
    "another stack": (("-s", "nowhere", *ACCOUNT), "error: there is no stack 'nowhere'"),
}


@pytest.mark.usefixtures("project", "no_credentials")
@pytest.mark.parametrize("what", REFUSED)
def test_a_mistake_is_one_message(what: str) -> None:
    arguments, message = REFUSED[what]

    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (1 if what == "another stack" else 2, "")
    assert result.stderr.startswith(message)


@pytest.mark.usefixtures("no_credentials")
def test_an_account_that_is_not_the_stacks_is_refused(project: Path) -> None:
    change_job(project, {"execution_role_arn": OTHER_ROLE})

    result = run("-s", "staging", *ACCOUNT)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "the stack's execution_role_arn is of 210987654321" in result.stderr


@pytest.mark.usefixtures("no_credentials")
def test_a_policy_that_is_too_long_for_a_managed_one_says_so_and_what_is_shorter(project: Path) -> None:
    path = project / "Pulumi.staging.yaml"
    stack = yaml.safe_load(path.read_text())
    jobs = stack["config"][JOBS]
    job = jobs["breast-cancer"]
    job["tracking"] = {name: value for name, value in job["tracking"].items() if "name" not in name}
    jobs |= {f"job-{number}": job for number in range(12)}
    path.write_text(yaml.safe_dump(stack, sort_keys=False))

    long, short = run("-s", "staging", *ACCOUNT), run("-s", "staging", *ACCOUNT, "--any-job")

    assert "and a managed policy takes 6,144: make it an inline policy of the role" in long.stderr
    assert "or say --any-job, which needs no line for each job" in long.stderr
    assert "a managed policy" not in short.stderr
