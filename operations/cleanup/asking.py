"""Asks AWS and MLflow what lies in the bucket and what refers to it. Without an answer of both there is no plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from operations.cleanup.references import JobFacts, NeededVersion, References, facts_of, references
from operations.cleanup.roots import Kind, Root, roots
from operations.cleanup.units import Stored, Unit, units
from operations.deployed_jobs import StackJob, schedules_of
from operations.models.asking import RegistryError, TrackedModel, ask, tracked_models
from operations.places import Place
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

_AT_ONCE: Final = 8
"""Calls under way: AWS throttles more, and answers in tenths of a second."""
_RUNNING: Final = ("InProgress", "Stopping")
_NOT_FOUND: Final = "ValidationException"
"""What DescribeTrainingJob says of a job that is not there: "Requested resource not found"."""
Described = Mapping[str, Any]
Question = TypeVar("Question")
Answer = TypeVar("Answer")


class UnknownReferencesError(RehearsalError):
    """Nobody can tell what is needed, so nothing is deleted; the message says who did not answer."""


def everything(
    project_dir: Path, place: Place, jobs: Mapping[str, StackJob], before: datetime
) -> tuple[list[Unit], References]:
    """What the stack's jobs have left, and what refers to it; jobs of what is younger than `before` are not looked at.

    Raises:
        UnknownReferencesError: MLflow does not answer.
        RehearsalError, ClientError: AWS does not.
    """
    deployed = dict(_deployed_requests(place, jobs))
    found = [unit for root in _roots(jobs, deployed) for unit in _units(place.s3, root)]
    # After the bucket: what has come meanwhile is young, and is kept for that.
    models = tracked_models(jobs.values())
    prefixes = sorted({job.training_job_name_prefix for job in jobs.values()})
    versions = _versions(project_dir, place, models, prefixes)
    running = {name: told for name in _running(place.sagemaker, prefixes) if (told := _describe(place.sagemaker, name))}
    old = {unit.job for unit in found if unit.job and unit.modified < before}
    of_versions = {version.training_job for version in versions if version.training_job}
    asked = sorted((old | of_versions) - running.keys())
    described = {**dict(_in_parallel(lambda name: _describe(place.sagemaker, name), asked)), **running}
    trackings = [each.tracking for each in models]
    facts = {name: JobFacts(None) if told is None else facts_of(told, trackings) for name, told in described.items()}
    requests: dict[str, Described] = {f"schedule {name}": request for name, request in deployed.items()}
    requests |= {f"training job {name}": told for name, told in running.items()}
    return found, references(requests, versions, facts, described, _stores(jobs))


def _deployed_requests(place: Place, jobs: Mapping[str, StackJob]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each schedule sends, as GetSchedule answers: the truth of what is deployed."""
    for _, _, schedule in schedules_of(jobs):
        answer = place.scheduler.get_schedule(Name=schedule.schedule_name, GroupName=schedule.group_name)
        yield schedule.schedule_name, json.loads(answer["Target"]["Input"])


def _roots(jobs: Mapping[str, StackJob], deployed: Mapping[str, Mapping[str, Any]]) -> list[Root]:
    found = dict[tuple[Kind, str, str, str], Root]()
    for job, _, schedule in schedules_of(jobs):
        for root in roots(job.training_job_name_prefix, deployed[schedule.schedule_name]):
            found.setdefault((root.kind, root.bucket, root.prefix, root.pattern), root)
    return list(found.values())


def _stores(jobs: Mapping[str, StackJob]) -> dict[str, str]:
    """Where MLflow keeps its artifacts: not the jobs' own to clean, wherever it lies."""
    return {each.artifact_store: "MLflow" for _, _, each in schedules_of(jobs) if each.artifact_store}


def _units(s3: S3Client, root: Root) -> list[Unit]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=root.bucket, Prefix=root.listed)
    stored = (
        Stored(each["Key"], each.get("Size", 0), each["LastModified"])
        for page in pages
        for each in page.get("Contents", [])
    )
    found = units(root, stored)
    if root.kind is not Kind.DELIVERY:
        return found
    jobs = dict(_in_parallel(lambda unit: _delivering_job(s3, unit), found))
    return [replace(unit, job=jobs[unit]) for unit in found]


def _delivering_job(s3: S3Client, unit: Unit) -> str:
    """The training job that the word of a delivery names; "" where it is something else."""
    content = s3.get_object(Bucket=unit.root.bucket, Key=unit.prefix)["Body"].read()
    try:
        return str(json.loads(content)["training_job_name"])
    except (ValueError, KeyError, TypeError):
        return ""


def _versions(
    project_dir: Path, place: Place, models: Sequence[TrackedModel], prefixes: Sequence[str]
) -> list[NeededVersion]:
    """Every version of the stack's jobs, of each MLflow server."""
    servers: dict[str, list[TrackedModel]] = {}
    for model in models:
        servers.setdefault(json.dumps(model.tracking), []).append(model)
    found = []
    for of_server in servers.values():
        question = {"ask": "of_jobs", "prefixes": list(prefixes), "models": [each.name for each in of_server]}
        try:
            answer = ask(project_dir, place, of_server[0], question)
        except RegistryError as error:
            raise UnknownReferencesError(
                f"nothing is deleted, because it cannot be told which versions need what: {error}"
            ) from error
        found += [
            NeededVersion(
                each["model"],
                each["version"],
                each["training_job"],
                (each["schedule_arn"], each["scheduled_time"]),
                each["bundle_digest"],
            )
            for each in answer["versions"]
        ]
    return found


def _running(sagemaker: SageMakerClient, prefixes: Iterable[str]) -> list[str]:
    """Names of the jobs that are under way."""
    pages = [
        page
        for prefix in prefixes
        for status in _RUNNING
        for page in sagemaker.get_paginator("list_training_jobs").paginate(
            NameContains=f"{prefix}-", StatusEquals=status
        )
    ]
    return [each["TrainingJobName"] for page in pages for each in page["TrainingJobSummaries"]]


def _describe(sagemaker: SageMakerClient, name: str) -> Described | None:
    """What DescribeTrainingJob says; None of a job that is not there. Any other refusal is raised: it tells nothing."""
    from botocore.exceptions import ClientError

    try:
        return sagemaker.describe_training_job(TrainingJobName=name)
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] == _NOT_FOUND and "not found" in told["Message"].lower():
            return None
        raise


def _in_parallel(
    question: Callable[[Question], Answer], asked: Sequence[Question]
) -> Iterator[tuple[Question, Answer]]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from zip(asked, pool.map(question, asked), strict=True)
