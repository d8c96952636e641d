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
from operations.describing import AT_ONCE, Described, DescribedJobs, describe_all
from operations.jobs.deployed_schedules import find_schedule
from operations.models.asking import RegistryError, TrackedModel, ask, tracked_models
from operations.places import Place
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

_RUNNING: Final = ("InProgress", "Stopping")
_GONE: Final = "NoSuchKey"
"""What GetObject says of an object that is not there. Source: Amazon S3 API, GetObject."""
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
    running = _by_name(describe_all(place.sagemaker, _running(place.sagemaker, prefixes)))
    old = {unit.job for unit in found if unit.job and unit.modified < before}
    of_versions = {version.training_job for version in versions if version.training_job}
    asked = sorted((old | of_versions) - running.keys())
    told = describe_all(place.sagemaker, asked)
    described: dict[str, Described | None] = {**dict.fromkeys(told.gone), **_by_name(told), **running}
    trackings = [each.tracking for each in models]
    facts = {name: facts_of(each, trackings) if each else JobFacts(None) for name, each in described.items()}
    requests: dict[str, Described] = {f"schedule {name}": request for name, request in deployed.items()}
    requests |= {f"training job {name}": each for name, each in running.items()}
    return found, references(requests, versions, facts, described, _stores(jobs))


def _deployed_requests(place: Place, jobs: Mapping[str, StackJob]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each schedule sends, as GetSchedule answers: the truth of what is deployed.

    One that is gone sends nothing. What the stack exports of it counts: it tells where its jobs left things, and what
    the next pulumi up may take for being there.
    """
    for _, name, schedule in schedules_of(jobs):
        found = find_schedule(place.scheduler, name, schedule).deployed
        yield schedule.schedule_name, json.loads(found.target_input) if found else schedule.request


def _roots(jobs: Mapping[str, StackJob], deployed: Mapping[str, Mapping[str, Any]]) -> list[Root]:
    found = dict[tuple[Kind, str, str, str], Root]()
    for job, _, schedule in schedules_of(jobs):
        for root in roots(job.training_job_name_prefix, deployed[schedule.schedule_name]):
            found.setdefault((root.kind, root.bucket, root.prefix, root.pattern), root)
    return list(found.values())


def _stores(jobs: Mapping[str, StackJob]) -> dict[str, str]:
    """Where MLflow keeps its artifacts: not the jobs' own to clean, wherever it lies.

    A store that AWS was asked for is known from the stack's outputs alone; keys of MLflow's are none of a job's.
    """
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
    return [replace(unit, job=job) for unit in found if (job := jobs[unit]) is not None]


def _delivering_job(s3: S3Client, unit: Unit) -> str | None:
    """The training job that the word of a delivery names; "" where it is something else, None where it is gone."""
    from botocore.exceptions import ClientError

    try:
        content = s3.get_object(Bucket=unit.root.bucket, Key=unit.prefix)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == _GONE:
            return None
        raise
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


def _by_name(jobs: DescribedJobs) -> dict[str, Described]:
    return {each["TrainingJobName"]: each for each in jobs.found}


def _in_parallel(
    question: Callable[[Question], Answer], asked: Sequence[Question]
) -> Iterator[tuple[Question, Answer]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(asked, pool.map(question, asked), strict=True)
