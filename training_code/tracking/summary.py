"""What a reader of MLflow's pages is told of a run and of its model version, in a few lines of Markdown."""

from __future__ import annotations

import re
from urllib.parse import quote

from models.model_files import Description
from options.environment import TrainingJob
from options.promotion import Champion
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
    return "\n".join([*lines, "", *_origin(job)])


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


def _origin(job: TrainingJob) -> list[str]:
    """The training job with its pages in the console, which a schedule's ARN tells the Region of, and the schedule."""
    if not job.is_scheduled:
        return [f"Training job `{job.name}`, started by hand."]
    _, partition, _, region, *_ = job.schedule_arn.split(":")
    told = f"Training job `{job.name}`"
    if partition == "aws":
        console = f"https://{region}.console.aws.amazon.com"
        logs = f"log-groups/log-group/$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D{quote(job.name)}"
        told = (
            f"Training job [{job.name}]({console}/sagemaker/home?region={region}#/jobs/{quote(job.name)}) "
            f"([logs]({console}/cloudwatch/home?region={region}#logsV2:{logs}))"
        )
    return [f"{told}, of the invocation at {job.scheduled_time} of schedule `{job.schedule_arn.rpartition(':')[2]}`."]


def run_name(job: TrainingJob, estimator: str) -> str:
    """`2026-11-27 03:00 UTC · random forest · 2f9c`: when the job was due, what is fitted, the end of the job's name.

    A job that was started by hand has no due time, and its whole name; `estimator` is a dotted name, or "".
    """
    when, unique = "by hand", job.name
    if job.is_scheduled:
        day, _, time = job.scheduled_time.partition("T")
        when, unique = f"{day} {time[:5]} UTC".strip(), job.name[-4:]
    return " · ".join(part for part in (when, _in_words(estimator), unique) if part)


def _in_words(estimator: str) -> str:
    """`sklearn.ensemble.RandomForestClassifier` -> `random forest`; abbreviations stay: `linear SVC`."""
    name = re.sub(r"Classifier|Regressor", "", estimator.rpartition(".")[2])
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)


def source_tags(job: TrainingJob) -> dict[str, str]:
    """What MLflow shows as source, version and creator of a run, as far as they are known.

    The creator of a scheduled run is its schedule, `group/name`; nobody starts it.
    """
    bundle = f" of source bundle {job.source_bundle_digest[:12]}" if job.source_bundle_digest else ""
    tags = {"mlflow.source.name": f"train.py{bundle}", "mlflow.source.type": "JOB"}
    if job.git_commit:
        tags["mlflow.source.git.commit"] = job.git_commit
    if job.is_scheduled:
        tags["mlflow.user"] = job.schedule_arn.partition(":schedule/")[2] or job.schedule_arn
    return tags
