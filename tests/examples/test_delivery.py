"""The pipelines of examples/delivery: linted, pinned, with few permissions, and with nothing of others in a shell."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.operations.projects import ROOT

GITHUB: Final = ROOT / "examples" / "delivery" / "github-workflow.yml"
REGISTER: Final = ROOT / "examples" / "delivery" / "github-register.yml"
GITLAB: Final = ROOT / "examples" / "delivery" / "gitlab-ci.yml"
PAGE: Final = (ROOT / "docs" / "delivery.md").read_text()
WORKFLOW: Final[dict[Any, Any]] = yaml.safe_load(GITHUB.read_text())
JOBS: Final[dict[str, dict[str, Any]]] = WORKFLOW["jobs"]
PULUMI: Final = re.search(r"^pulumi==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[1]  # type: ignore[index] # it is locked
STACKS: Final = ("staging", "prod")


class _GitLabLoader(yaml.SafeLoader):
    """YAML with GitLab's `!reference`."""


_GitLabLoader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))
PIPELINE: Final[dict[str, Any]] = yaml.load(GITLAB.read_text(), _GitLabLoader)  # noqa: S506 - a safe loader


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in JOBS.items():
        yield from ((name, step) for step in job["steps"])


def zizmor(workflow: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    command = [
        program,
        "--offline",
        "--persona",
        "pedantic",
        "--no-progress",
        "--color",
        "never",
        "--no-config",
        "--format",
        "plain",
        workflow,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (GITHUB, ["vendor.github-workflows"]),
        (REGISTER, ["vendor.github-workflows"]),
        (GITLAB, ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_a_pipeline_is_what_its_host_takes(file: Path, schema: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema, str(file)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done"), done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("workflow", [GITHUB, REGISTER], ids=lambda path: path.name)
def test_a_workflow_has_no_finding_of_zizmor(workflow: Path) -> None:
    done = zizmor(workflow)

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No findings to report. Good job!"), done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "audit"),
    [
        ('--stack "$STACK"', '--stack "${{ github.event.pull_request.title }}"', "template-injection"),
        ("checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "checkout@v7", "unpinned-uses"),
        ("        with:\n          persist-credentials: false\n", "", "artipacked"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers"),
    ],
)
def test_zizmor_finds_what_would_be_wrong(right: str, wrong: str, audit: str, tmp_path: Path) -> None:
    text = GITHUB.read_text()
    assert right in text
    changed = tmp_path / "workflow.yml"
    changed.write_text(text.replace(right, wrong, 1))

    done = zizmor(changed)

    assert done.returncode != 0
    assert f"[{audit}]" in done.stdout


def test_every_action_is_pinned_to_one_commit_and_the_page_names_its_version() -> None:
    used = re.findall(r"uses: (\S+)@(\S+)(?: # (v[0-9.]+))?$", GITHUB.read_text(), re.MULTILINE)

    assert len(used) == sum("uses" in step for _, step in steps())
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) and version for _, commit, version in used)
    assert len(set(used)) == len({name for name, _, _ in used}) == 5
    for name, _, version in set(used):
        assert f"`{'/'.join(name.split('/')[:2])}` {version}" in PAGE


def test_a_job_has_its_own_permissions_and_writes_little() -> None:
    assert WORKFLOW["permissions"] == {}
    writes = {name: {what for what, how in job["permissions"].items() if how == "write"} for name, job in JOBS.items()}

    assert writes == {
        "check": {"security-events"},
        "preview": {"id-token", "pull-requests"},
        "staging": {"id-token"},
        "prod": {"id-token"},
    }


def test_only_jobs_of_an_environment_get_credentials_and_no_fork_does() -> None:
    with_credentials = {name for name, step in steps() if "configure-aws-credentials" in step.get("uses", "")}

    assert with_credentials == {name for name, job in JOBS.items() if "environment" in job} == {"preview", *STACKS}
    assert "head.repo.fork != true" in JOBS["preview"]["if"]
    assert "github.event_name == 'push'" in JOBS["staging"]["if"]
    assert JOBS["prod"]["needs"] == "staging"
    assert "secrets." not in GITHUB.read_text()
    assert "aws-access-key-id" not in GITHUB.read_text()


def test_updates_of_a_stack_do_not_overlap_and_are_not_cut_off() -> None:
    for stack in STACKS:
        assert JOBS[stack]["concurrency"] == {"group": f"deploy-{stack}", "cancel-in-progress": False}
        assert PIPELINE[stack]["resource_group"] == f"deploy-{stack}"
    assert PIPELINE[".deploy"]["interruptible"] is False


def test_nothing_is_put_into_a_shell_by_the_host() -> None:
    assert [step["run"] for _, step in steps() if "${{" in step.get("run", "")] == []
    told = re.findall(r"\$\{?(CI_[A-Z_]+|GITLAB_[A-Z_]+)", GITLAB.read_text())

    assert set(told) <= {
        "CI_PIPELINE_SOURCE",
        "CI_COMMIT_BRANCH",
        "CI_DEFAULT_BRANCH",
        "CI_BUILDS_DIR",
        "CI_PIPELINE_ID",
    }
    scripts = [line for job in PIPELINE.values() if isinstance(job, dict) for line in job.get("script", [])]
    assert [line for line in scripts if "CI_COMMIT" in line] == []


def test_the_cli_is_of_the_programs_version_and_the_pack_has_its_configuration() -> None:
    pulumi = [step["with"] for _, step in steps() if step.get("uses", "").startswith("pulumi/actions@")]

    assert {each["pulumi-version"] for each in pulumi} == {PULUMI}
    assert PIPELINE["default"]["image"] == f"pulumi/pulumi-python-3.12:{PULUMI}"
    assert {each["policyPackConfigs"] for each in pulumi} == {
        "policies/${{ matrix.stack }}.json",
        *(f"policies/{stack}.json" for stack in STACKS),
    }
    assert all((ROOT / "policies" / f"{stack}.json").is_file() for stack in STACKS)


def test_the_page_sets_up_what_the_pipelines_ask_for() -> None:
    variables = {*re.findall(r"vars\.([A-Z_]+)", GITHUB.read_text())}

    assert variables == {"AWS_ROLE_ARN", "AWS_REGION", "PULUMI_BACKEND_URL"}
    assert [name for name in variables if f"`{name}`" not in PAGE] == []
    for environment in (*STACKS, *(f"preview-{stack}" for stack in STACKS)):
        assert f"`{environment}`" in PAGE
    assert PIPELINE["preview"]["environment"]["name"] == "preview-$STACK"


def test_a_gitlab_job_proves_itself_by_a_token_for_aws_alone() -> None:
    assert PIPELINE[".with credentials"]["id_tokens"] == {"AWS_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert PIPELINE["prod"]["rules"] == [
        {"if": '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"', "when": "manual"}
    ]
