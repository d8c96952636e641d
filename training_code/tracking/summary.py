"""What a reader of MLflow's pages is told of a run and of its model version, in a few lines of Markdown."""

from __future__ import annotations

from urllib.parse import quote

from models.model_files import Description
from options.environment import TrainingJob
from options.promotion import Champion

_SHOWN = 10
"""Columns that are named; more are counted."""


def summarize(description: Description, job: TrainingJob, champion: Champion) -> str:
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


def source_tags(job: TrainingJob) -> dict[str, str]:
    """What MLflow shows as the source of a run."""
    bundle = f" of source bundle {job.source_bundle_digest[:12]}" if job.source_bundle_digest else ""
    return {"mlflow.source.name": f"train.py{bundle}", "mlflow.source.type": "JOB"}
