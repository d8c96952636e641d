"""What this training code takes and writes, for a reader: `python train.py --describe` prints one JSON object.

What is said of each hyperparameter and tag is the text below it in the source, so that it is said once.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType
from typing import Any, Final, TextIO

from options import declared_hyperparameters
from options.declared_hyperparameters import RULES, Hyperparameters
from scheduled_job import tags
from scheduled_job.job import LEASE_SECONDS, PATIENCE_SECONDS

METRICS: Final = {
    "validation:accuracy": "Share of the held-out rows whose class is the predicted one.",
    "validation:balanced_accuracy": "Mean of the classes' recalls.",
    "validation:f1": "F1 of the greater label of two, else the mean over the classes.",
    "validation:roc_auc": "Area under the ROC curve: of the greater label of two, else the mean over the classes.",
    "validation:log_loss": "Log loss of the probabilities; less is better.",
    "validation:rmse": "Root of the mean squared error of a regression; less is better.",
    "validation:mae": "Mean absolute error of a regression; less is better.",
    "validation:r2": "R² of a regression.",
    "training:trees": "Trees (or other estimators) of the model, where it is made of such.",
}
"""Name of a metric, as in the log, in MLflow and in `promotion`: what it is."""
_SECONDS: Final = "seconds from 1 to 86400"
VARIABLES: Final = {
    "TRACKING_PATIENCE_SECONDS": (
        _SECONDS,
        PATIENCE_SECONDS,
        "How long MLflow may be away when the model is trained; at the start, without a checkpoint, a tenth of it.",
    ),
    "INVOCATION_LEASE_SECONDS": (
        _SECONDS,
        LEASE_SECONDS,
        "How long a job may give no sign of life before another delivery of its invocation takes it over.",
    ),
    "GIT_COMMIT": ("any text", None, "Shown as the version of the code. Each value changes the schedule."),
}
"""Environment variables that a person may set: what is allowed, the default, what it is."""


def write(stream: TextIO) -> None:
    """Write the description, as JSON."""
    json.dump(described(), stream, ensure_ascii=False)


def described() -> dict[str, list[dict[str, Any]]]:
    """Hyperparameters, variables, metrics and tags, each with its name and what it is."""
    texts = dict(_texts_below(declared_hyperparameters))
    defaults = Hyperparameters()
    return {
        "hyperparameters": [
            {"name": name, "allowed": rule.allowed, "default": _plain(getattr(defaults, name)), "text": texts[name]}
            for name, rule in RULES.items()
        ],
        "variables": [
            {"name": name, "allowed": allowed, "default": default, "text": text}
            for name, (allowed, default, text) in VARIABLES.items()
        ],
        "metrics": [{"name": name, "text": text} for name, text in METRICS.items()],
        "tags": [
            {"name": str(getattr(tags, constant)), "text": text}
            for constant, text in _texts_below(tags)
            if not str(getattr(tags, constant)).startswith(tags.PREFIX)
        ],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any default
    """A default as it is written in settings."""
    return ",".join(value) if isinstance(value, tuple) else value


def _texts_below(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Name of each constant and field of a module -> the text below it."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        body = getattr(node, "body", [])
        for statement, following in pairwise(body) if isinstance(body, list) else ():
            match statement, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    yield name, " ".join(text.split())
