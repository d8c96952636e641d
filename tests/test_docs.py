"""What the documents say exists: make targets, commands, options, links."""

import re
from pathlib import Path

import pytest
import typer

from operations.command_line import app

PROJECT = Path(__file__).parents[1]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("[a-z]*/*.md")])
TARGETS = set(re.findall(r"^([a-z][a-z -]*):(?!=)", (PROJECT / "Makefile").read_text(), re.MULTILINE))
MAKE_TARGETS = {target for line in TARGETS for target in line.split()}
COMMANDS = {
    name: {option for parameter in command.params for option in parameter.opts}
    for name, command in typer.main.get_group(app).commands.items()
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", document.read_text()))

    assert named <= MAKE_TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    for command, arguments in re.findall(r"training-jobs ([a-z][a-z-]*)([^`\n|]*)", document.read_text()):
        assert command in COMMANDS
        assert set(re.findall(r"(?<!\S)(--?[a-z-]+)", arguments)) <= COMMANDS[command]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    directory = PROJECT / "docs" / "adr"
    index = (directory / "README.md").read_text()

    assert [page.name for page in sorted(directory.glob("0*.md")) if f"]({page.name})" not in index] == []
