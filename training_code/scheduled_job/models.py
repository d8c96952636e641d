"""Puts what a script calls its model into a record, in the form in which MLflow keeps models."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .failure import TrainingError, shown

LOGGED = "models:/m-"
"""Beginning of the URI of a model that a script has logged: `log_model(…).model_uri`."""
_DESCRIPTION = "MLmodel"


def path_of(given: object) -> str:
    """Where a model is, as text.

    Raises:
        TrainingError: it is the model itself, or something else.
    """
    try:
        return os.fsdecode(os.fspath(given))  # type: ignore[call-overload]  # a wrong one is told below
    except TypeError:
        raise TrainingError(
            f"register_once: got a {type(given).__name__}; allowed: a directory, a file, or the URI of a logged model; "
            "save the model first, and name where"
        ) from None


def logged_model_id(model: str) -> str:
    """The id of a logged model that `model` names; "" where it is a path.

    Raises:
        TrainingError: it is another URI.
    """
    if model.startswith(LOGGED):
        return model.removeprefix("models:/")
    if ":/" in model:
        raise TrainingError(
            f"register_once: got {shown(model, 80)}; allowed: a directory, a file, or a logged model such as "
            f"models:/m-0123…, which is what log_model(…).model_uri gives"
        )
    return ""


def put(model: Path, directory: Path, run_id: str) -> None:
    """Put a model into `directory`, for a while: one that MLflow wrote as it is, any other with a description: files.

    Raises:
        TrainingError: there is nothing.
    """
    copy(model, directory, _link)
    describe_files(directory, run_id)


def copy(model: Path, directory: Path, function: Callable[[str, str], object] = shutil.copy2) -> None:
    """Copy a model to `directory` as it is, which takes no package; `function` copies a file.

    Raises:
        TrainingError: there is nothing.
    """
    if model.is_dir() and any(model.iterdir()):
        shutil.copytree(model, directory, copy_function=function)
    elif model.is_file():
        directory.mkdir(parents=True)
        function(str(model), str(directory / model.name))
    else:
        raise TrainingError(f"register_once: got {shown(model, 200)}, where there is no model; save it there before")


def _link(source: str, target: str) -> None:
    """Have a file in a second place, where it takes no room: a model may be as large as half the disk.

    The one that is changed here is copied, and so is what cannot be linked, as on another disk.
    """
    if os.path.basename(target) != _DESCRIPTION and not os.path.islink(source):  # noqa: PTH114, PTH119  # given as text
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def describe_files(directory: Path, run_id: str) -> None:
    """Say of a model which run it is of, and of one that MLflow did not write that it is files."""
    description = directory / _DESCRIPTION
    if not description.exists():
        from mlflow.models import Model

        Model().save(str(description))
    describe(description, run_id=run_id)


def describe(description: Path, **values: str) -> None:
    """Change values of a model's description, the file MLmodel.

    MLflow's own way to read one needs pandas, which nothing else here does.
    """
    import yaml

    told = yaml.safe_load(description.read_text(encoding="utf-8")) | values
    description.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), encoding="utf-8")
