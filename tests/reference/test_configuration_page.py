"""docs/configuration.md is what the models and the training code say, and its examples are good ones.

After a change of a setting: `make reference`, or `UPDATE_DOCS=1 python -m pytest tests/reference`.
"""

import os
import re
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from reference.examples import EXAMPLES, SAMPLE
from reference.files import written_files
from settings import Settings, parse_settings

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ((?:[^|\\]|\\.)*) \| ((?:[^|\\]|\\.)+) \|$", re.MULTILINE)
ROWS = {name: (kind, default, allowed, text) for name, kind, default, allowed, text in ROW.findall(PAGE)}
REQUIRED = object()


def settings_of(model: type[BaseModel], prefix: str = "") -> dict[str, object]:
    """Path of each setting below a model -> its default, or REQUIRED."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        found[f"{prefix}{name}"] = REQUIRED if field.is_required() else field.default
        for each in models_in(field.annotation):
            if not issubclass(model, each):  # the same settings once more: a job's further schedules
                is_named = any(get_origin(part) is dict for part in (field.annotation, *get_args(field.annotation)))
                found |= settings_of(each, f"{prefix}{name}." + ("<name>." if is_named else ""))
    return found


def models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


SETTINGS = {
    path.removeprefix("training_jobs.<name>."): default
    for path, default in settings_of(Settings).items()
    if path not in {"stack", "region"}
} | {"aws:region": REQUIRED}


@pytest.mark.parametrize("path", written_files(), ids=lambda path: path.name)
def test_what_is_generated_is_what_the_models_say(path: Path) -> None:
    text = written_files()[path]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text, "run `make reference`"


def test_the_page_has_every_setting_and_no_other() -> None:
    assert len(SETTINGS) > 60
    assert sorted(ROWS) == sorted(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_says_what_it_is_and_its_default(setting: str) -> None:
    _, told, _, text = ROWS[setting]
    default = SETTINGS[setting]

    assert len(text) > 10
    assert text.endswith(".")
    if default is REQUIRED:
        assert told == "required"
    elif isinstance(default, bool):
        assert told == f"`{str(default).lower()}`"
    elif isinstance(default, str | int | float):
        assert told == f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
    else:
        assert told in {"none", "as below", "those of `train.py`"}


def test_limits_and_choices_are_told() -> None:
    assert ROWS["resources.instance_count"][2] == "1 to 100"
    assert ROWS["channels.<name>.input_mode"][2] == "`File`, `FastFile`, `Pipe`"
    assert ROWS["schedule.description"][2] == "at most 512 characters"
    assert ROWS["network.subnets"][:3] == (
        "list of texts",
        "required",
        "at most 16 entries, such as `subnet-0a1b2c3d4e5f60718`",
    )


def values_of(text: str) -> dict[str, Any]:
    """A stack file's settings, without their namespace."""
    return {key.partition(":")[2]: value for key, value in yaml.safe_load(text)["config"].items()}


def test_the_sample_is_a_whole_stack() -> None:
    values = values_of(SAMPLE)
    region = values.pop("region")

    assert parse_settings(values, "staging", region).training_jobs["breast-cancer"].schedule.enabled
    assert f"```yaml\n{SAMPLE}```" in PAGE
    assert f"```yaml\n{SAMPLE}```" in (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_over_the_sample_is_a_good_job(title: str) -> None:
    values = values_of(SAMPLE)
    region = values.pop("region")
    (job,) = values["training_jobs"].values()
    job |= overlaid(job, yaml.safe_load(EXAMPLES[title]))

    assert parse_settings(values, "staging", region)


def overlaid(job: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(job)
    for name, value in own.items():
        both = isinstance(value, dict) and isinstance(job.get(name), dict)
        merged[name] = overlaid(job[name], value) if both else value
    return merged
