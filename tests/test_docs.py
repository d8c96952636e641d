"""What the documents say exists: settings, make targets, commands, options, links."""

import re
from pathlib import Path
from typing import get_args, get_origin

import pytest
import typer
from pydantic import BaseModel

from operations.command_line import app
from settings import Settings

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("[a-z]*/*.md")])
TARGETS = set(re.findall(r"^([a-z][a-z -]*):(?!=)", (PROJECT / "Makefile").read_text(), re.MULTILINE))
MAKE_TARGETS = {target for line in TARGETS for target in line.split()}
COMMANDS = {
    name: {option for parameter in command.params for option in parameter.opts}
    for name, command in typer.main.get_group(app).commands.items()
}


def fields_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Paths of all settings below a model, as the README writes them."""
    found = set()
    for name, field in model.model_fields.items():
        below = models_in(field.annotation)
        is_mapping = get_origin(field.annotation) is dict
        path = f"{prefix}{name}" + (".<name>" if below and is_mapping else "")
        found |= {path} if not below else set().union(*(fields_of(each, f"{path}.") for each in below))
    return found


def models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def test_the_readme_has_every_setting_and_no_other() -> None:
    settings = {path.removeprefix("training_jobs.<name>.") for path in fields_of(Settings) - {"stack", "region"}}
    section = README.partition("\n## Settings\n")[2].partition("\n### ")[0]
    named = [name for line in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE) for name in line.split(", ")]

    assert len(settings) > 30
    assert sorted(named) == sorted(f"`{name}`" for name in {*settings, "aws:region", "training_jobs.<name>"})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", document.read_text()))

    assert named <= MAKE_TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    for command, arguments in re.findall(r"training-jobs ([a-z]+)([^`\n|]*)", document.read_text()):
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
