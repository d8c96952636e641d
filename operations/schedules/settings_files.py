"""Where a stack's jobs and their defaults are written: in its own file, or in Pulumi.yaml for every stack.

Files are read as the engine reads them, and only as far as these two settings go: encrypted values elsewhere do not
matter here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from components import job_defaults
from rehearsal.declaring.engine_yaml import load_yaml
from rehearsal.declaring.stack_configuration import stack_file
from rehearsal.errors import RehearsalError

JOBS: Final = "training_jobs"
DEFAULTS: Final = job_defaults.FIELD
_CONFIG: Final = "config"


class SettingsFileError(RehearsalError):
    """A file of the stack cannot be read, or has no training jobs; the message says which."""


@dataclass(frozen=True)
class Written:
    """A setting as a file has it: the keys that lead to its value there, and the value."""

    file: Path
    path: tuple[str, ...]
    value: Any
    is_shared: bool = False
    """Whether it stands in Pulumi.yaml, and is every stack's that has none of its own."""


@dataclass(frozen=True)
class StackSettings:
    """The jobs of a stack and their defaults, as they are written, and the texts of the files they stand in."""

    jobs: Written
    defaults: Written
    texts: Mapping[Path, str] = field(repr=False)

    @property
    def values(self) -> dict[str, Any]:
        """Setting -> value, as the program gets them."""
        return {DEFAULTS: self.defaults.value or {}, JOBS: self.jobs.value}


def read_stack_settings(project_dir: Path, stack: str) -> StackSettings:
    """Read the stack's file and Pulumi.yaml.

    Raises:
        SettingsFileError, RehearsalError: a file is missing or no YAML, or declares no training jobs.
    """
    shared, own = project_dir / "Pulumi.yaml", stack_file(project_dir, stack)
    texts = {path: _text(path) for path in (shared, own)}
    documents = {path: _mapping(path, text) for path, text in texts.items()}
    project = str(documents[shared].get("name", ""))
    jobs = _find(documents, shared, own, project, JOBS)
    if jobs is None or not isinstance(jobs.value, Mapping) or not jobs.value:
        raise SettingsFileError(
            f"neither {own.name} nor {shared.name} has {project}:{JOBS}: the program declares its schedules itself; "
            "change enabled there, and run pulumi up"
        )
    defaults = _find(documents, shared, own, project, DEFAULTS)
    return StackSettings(jobs, defaults or Written(own, (_CONFIG, f"{project}:{DEFAULTS}"), {}), texts)


def _find(
    documents: Mapping[Path, Mapping[str, Any]], shared: Path, own: Path, project: str, setting: str
) -> Written | None:
    """The stack's own value, which takes the whole place of the shared one."""
    for file in (own, shared):
        config = documents[file].get(_CONFIG)
        for key in (f"{project}:{setting}", setting):
            if not isinstance(config, Mapping) or key not in config:
                continue
            path: tuple[str, ...] = (_CONFIG, key)
            value = config[key]
            if file == shared and isinstance(value, Mapping):
                told = next((name for name in ("value", "default") if name in value), None)
                if told is not None:
                    path, value = (*path, told), value[told]
            return Written(file, path, value, is_shared=file == shared)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        found = ", ".join(sorted(_stacks(path.parent))) or "none"
        raise SettingsFileError(f"{path} is missing; stacks found: {found}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFileError(f"{path} cannot be read: {error}") from None


def _stacks(folder: Path) -> Iterator[str]:
    for path in folder.glob("Pulumi.*.yaml"):
        yield path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def _mapping(path: Path, text: str) -> Mapping[str, Any]:
    try:
        loaded = load_yaml(text, path.name)
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsFileError(f"{path} is not YAML: {error}") from None
    if not isinstance(loaded, dict):
        raise SettingsFileError(f"{path} is not a YAML mapping")
    return loaded
