"""docs/runbook.md: a section for each finding and each message, with commands that exist; every symptom leads there."""

from __future__ import annotations

import re
from typing import Final

import pytest
import typer

from operations.command_line import app
from operations.doctor.finding import Finding
from operations.doctor.kinds import KINDS
from tests.aws_commands import faults
from tests.runbook import DOCS, PAGE, STACK, TOOLS, commands, commands_of, placeholders, sections
from tests.test_docs_links import anchors

CHECKS: Final = [each.name for each in KINDS]
SECTIONS: Final = sections()
GROUPS: Final = {
    part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if "### " in part
}
"""Heading of the second level -> all below it."""
INDEX: Final = PAGE.partition("| findings about | |\n")[2].partition("\n\n")[0]
TROUBLESHOOTING: Final = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TROUBLESHOOTING.splitlines()
    if line.startswith("| ") and not line.startswith("| you see")
]
COMMANDS: Final = set(typer.main.get_group(app).commands)
PULUMI: Final = {
    ("up",): {"--stack"},
    ("refresh",): {"--stack"},
    ("preview",): {"--stack"},
    ("stack", "output"): {"--stack", "--json"},
}
"""Commands of the Pulumi CLI and their options, as far as they are needed. Source: Pulumi CLI, reference."""


def test_each_check_of_the_doctor_has_a_section_and_no_section_is_of_a_check_that_is_none() -> None:
    named = re.findall(r"^### `([^`]+)`$", PAGE, re.MULTILINE)

    assert sorted(named) == sorted(CHECKS)


def test_a_finding_names_its_section() -> None:
    page, _, anchor = Finding(
        "data-missing", "channel training", "it is gone", "upload it", blocks=True
    ).runbook.partition("#")

    assert (page, anchor) == ("docs/runbook.md", "data-missing")
    assert {*CHECKS} <= anchors(DOCS / "runbook.md")


def test_the_index_has_each_check_once_below_the_group_that_its_section_is_in() -> None:
    rows = re.findall(r"^\| \[([^\]]+)\]\(#[a-z-]+\) \| (.+) \|$", INDEX, re.MULTILINE)
    of_index = {group: re.findall(r"\[`([a-z0-9-]+)`\]\(#\1\)", links) for group, links in rows}
    of_sections = {heading: re.findall(r"^### `([^`]+)`$", text, re.MULTILINE) for heading, text in GROUPS.items()}

    assert {each.lower(): {*names} for each, names in of_sections.items() if names} == {
        each.lower(): {*names} for each, names in of_index.items()
    }
    assert sum(map(len, of_index.values())) == len(CHECKS)


@pytest.mark.parametrize("section", [each for each in SECTIONS if each not in GROUPS])
def test_each_section_has_commands_or_leads_to_one_that_has(section: str) -> None:
    text = SECTIONS[section]

    assert commands(text) or re.search(r"\]\((?:\w+\.md)?#[a-z-]+\)", text)


@pytest.mark.parametrize("check", CHECKS)
def test_each_section_of_a_check_says_how_to_see_that_it_is_cured(check: str) -> None:
    text = SECTIONS[f"`{check}`"]
    group = next(part for part in GROUPS.values() if f"### `{check}`" in part)
    led = [SECTIONS[name] for name in SECTIONS if f"(#{name.lower().replace(' ', '-')})" in text]
    ends = {"doctor", "status"}

    assert any(words[1] in ends for part in (text, *led, group.partition("### ")[0]) for words in commands(part))


def test_every_command_of_ours_names_the_stack_and_is_complete() -> None:
    ours = [words for words in commands() if words[0] == "training-jobs"]

    assert [words for words in ours if words[-2:] != STACK and STACK[1] not in words] == []
    assert {words[1] for words in ours} <= COMMANDS
    assert {words[0] for words in commands()} == {*TOOLS}


def test_what_stands_for_something_else_in_our_commands_is_explained() -> None:
    table = PAGE.partition("| in a command | stands for |")[2].partition("\n\n")[0]
    used = {each for words in commands_of("training-jobs") for each in placeholders(words)}

    assert used - {"PROFILE"} <= {*re.findall(r"`([A-Z_]+)`", table)}
    assert "| other capitals |" in table


@pytest.mark.parametrize("words", commands_of("aws"), ids=" ".join)
def test_a_command_of_the_aws_cli_is_one(words: tuple[str, ...]) -> None:
    assert faults(words) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("iam get-rolle --role-name R", "iam has no get-rolle"),
        ("iam get-role --role R", "get-role has no option --role"),
        ("iam get-role --region eu-west-1", "get-role lacks --role-name"),
        ("stepfunctions list-executions --state-machine-arn A --status-filter BAD", "BAD is none of RUNNING"),
        ("ec2 describe-route-tables --filters Nam=vpc-id,Values=V", "there is no Nam in Nam=vpc-id,Values=V"),
        ("s3 ls s3://b --all", "there is no option --all"),
    ],
)
def test_a_command_of_the_aws_cli_that_is_none_would_be_found(line: str, fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(line.split()))


@pytest.mark.parametrize("words", commands_of("pulumi"), ids=" ".join)
def test_a_command_of_the_pulumi_cli_is_one(words: tuple[str, ...]) -> None:
    options = {word for word in words if word.startswith("--")}
    (known,) = [each for each in PULUMI if words[: len(each)] == each]

    assert options <= PULUMI[known]
    assert [word for word in words[len(known) :] if word not in {*options, STACK[1]}] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_row_of_troubleshooting_names_a_command_that_finds_it_and_leads_to_a_section(row: list[str]) -> None:
    seen, means, found_by, then = row

    (anchor,) = re.findall(r"^\[.+\]\(runbook\.md#([a-z-]+)\)$", then)
    assert anchor in anchors(DOCS / "runbook.md")
    assert seen
    assert means
    named = re.findall(r"`([a-z-]+)`", found_by)
    assert named
    assert {*named} <= COMMANDS
