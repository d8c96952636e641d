"""What a reader of MLflow's pages is told of a run and of its model version, in a few lines of Markdown."""

from __future__ import annotations

import re

from models.model_files import Description
from scheduled_job.job import TrainingJob
from scheduled_job.promotion import Champion
from scheduled_job.run_names import origin
from tracking.data_checks import NOTHING_COMPARED, DataChecks

_SHOWN = 10
"""Columns that are named; more are counted."""


def summarize(
    description: Description, job: TrainingJob, champion: Champion, checks: DataChecks = NOTHING_COMPARED
) -> str:
    """What was trained on what, how good it is beside the champion, and where it comes from."""
    estimator = str(description.hyperparameters.get("estimator", "")).rpartition(".")[2]
    rows, features = description.rows, description.features
    lines = [
        f"**{estimator}** for `{description.target_column}`, trained on {rows['training']:,} rows of {len(features):,} "
        f"features and judged by {rows['validation']:,} others.",
        "",
        *_metrics(description.metrics, champion),
        "",
        f"Features: {_listed(features)}.",
    ]
    if description.left_out:
        lines.append(f"Left out: {_listed(description.left_out)}.")
    if checks.findings:
        lines += ["", f"**The data has changed** beside that of the champion, version {checks.version}:", ""]
        lines += [f"- {each}" for each in checks.findings[:_SHOWN]]
        if len(checks.findings) > _SHOWN:
            lines.append(f"- and {len(checks.findings) - _SHOWN} more")
    return "\n".join([*lines, "", *origin(job)])


def _metrics(metrics: dict[str, float], champion: Champion) -> list[str]:
    if not champion.metrics:
        why = f"The champion, version {champion.version}, cannot be compared with: {champion.problem}."
        table = ["| metric | here |", "|---|---|", *(f"| {name} | {value:.6g} |" for name, value in metrics.items())]
        return [*table, *(["", why] if champion.problem else [])]
    lines = [f"| metric | here | champion (version {champion.version}), same rows |", "|---|---|---|"]
    for name, value in metrics.items():
        other = champion.metrics.get(name)
        lines.append(f"| {name} | {value:.6g} | {'' if other is None else f'{other:.6g}'} |")
    return lines


def _listed(names: list[str]) -> str:
    told = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return told + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")


def in_words(estimator: str) -> str:
    """`sklearn.ensemble.RandomForestClassifier` -> `random forest`; abbreviations stay: `linear SVC`."""
    name = re.sub(r"Classifier|Regressor", "", estimator.rpartition(".")[2])
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)
