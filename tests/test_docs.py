"""What the documents say exists: settings, make targets, commands, options, links."""

import re
from pathlib import Path
from typing import get_args, get_origin

import pytest
import typer
from pydantic import BaseModel

from components.script_mode import DEFAULT_METRIC_DEFINITIONS
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


REQUIRED = object()
IN_WORDS = {
    "schedule.flexible_time_window_in_minutes": (None, "exact time"),
    "resources.instance_type": (None, "one of three"),
    "training_image.scikit_learn_version": (None, "this or `uri`"),
    "training_image.uri": (None, "this or the version"),
    "channels.<name>.s3_path": (None, "this or `s3_object`"),
    "channels.<name>.s3_object": (None, "this or `s3_path`"),
    "channels.<name>.time_zone": (None, "the schedule's"),
    "source.packages": (None, "`archive`; of code of your own `pip`"),
    "metric_definitions": (DEFAULT_METRIC_DEFINITIONS, "those of `train.py`"),
    "execution_role_arn": (None, "one of least privilege is made"),
    "tracking.tracking_server": (None, "this or `tracking_uri`"),
    "tracking.tracking_uri": (None, "this or `tracking_server`"),
}
"""Setting -> its default, and how the README tells it where the value itself would say little."""


def defaults_of(model: type[BaseModel], prefix: str = "", *, is_off: bool = False) -> dict[str, object]:
    """Path of each setting below a model, as the README writes it -> its default, or REQUIRED.

    What belongs to something that `is_off` by default, such as a checkpoint, has no default of its own: None.
    """
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        below = models_in(field.annotation)
        path = f"{prefix}{name}" + (".<name>" if below and get_origin(field.annotation) is dict else "")
        if not below:
            default = REQUIRED if field.is_required() else field.default
            found[path] = None if is_off and default is REQUIRED else default
        if any(issubclass(model, each) for each in below):  # the same settings once more: a job's further schedules
            found[path] = field.default
            continue
        for each in below:
            found |= defaults_of(each, f"{path}.", is_off=is_off or field.default is None)
    return found


def models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def told(default: object) -> str:
    """A default as the README's table writes it."""
    if default is REQUIRED:
        return "required"
    if default is None or default in ({}, ()):
        return "none"
    if isinstance(default, bool):
        return "`true`" if default else "`false`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def settings_table() -> dict[str, str]:
    """Each setting in the README's two tables of settings -> what stands in the column of defaults."""
    section = README.partition("\n## Settings\n")[2].partition("\n### ")[0]
    found: dict[str, str] = {}
    for cells in re.findall(r"^\| (`[^|]+) \| [^|]* ?\| ([^|]+) \|$", section, re.MULTILINE):
        names, defaults = (cell.split(", ") for cell in cells)
        assert len(defaults) in {1, len(names)}
        assert not {name.strip("`") for name in names} & found.keys()
        found |= {name.strip("`"): default for name, default in zip(names, defaults * len(names), strict=False)}
    return found


def settings_defaults() -> dict[str, object]:
    found = {path.removeprefix("training_jobs.<name>."): value for path, value in defaults_of(Settings).items()}
    region = found.pop("region")
    del found["stack"]
    return found | {"aws:region": region, "training_jobs.<name>": REQUIRED}


def test_the_readme_has_every_setting_and_no_other() -> None:
    assert len(settings_defaults()) > 30
    assert sorted(settings_table()) == sorted(settings_defaults())


def test_the_readme_has_the_default_of_every_setting() -> None:
    defaults = settings_defaults()
    assert {name: defaults[name] for name in IN_WORDS} == {name: default for name, (default, _) in IN_WORDS.items()}

    expected = {name: IN_WORDS[name][1] if name in IN_WORDS else told(default) for name, default in defaults.items()}
    assert settings_table() == expected


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
