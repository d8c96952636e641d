"""What is asked of a stack, and where: on AWS its services, in a rehearsal what stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from operations.deployed_jobs import StackJob
from operations.doctor.asking import machines, roles, schedules, storage, tracking
from operations.doctor.asking.answers import Questions
from operations.doctor.asking.past import ask_past
from operations.doctor.invocation import Invocation, role_calls
from operations.doctor.job_needs import buckets_of, network_of, quotas_of, secrets_of, tracking_of
from operations.places import Place
from rehearsal.container.code_channels import bundle_uri
from rehearsal.errors import RehearsalError

SERVICES: Final = (
    *("ec2", "ecr", "iam", "s3", "sagemaker", "scheduler", "secretsmanager", "service-quotas", "sns", "sqs"),
)
"""All that is asked, beside STS."""
QUOTAS: Final = ("quotas",)
"""The key of the one question for all quotas."""
_NONE_HERE: Final = "a rehearsal has none"
_AN_ENVIRONMENT: Final = "in a rehearsal an environment of this machine stands in for it"
_OTHER_ROLE: Final = "a rehearsal has the roles that the stack makes, and no others"


class NotRehearsedError(RehearsalError):
    """A rehearsal has no such thing to be looked at; the message says so."""


def add_schedules(questions: Questions, job: StackJob, place: Place) -> None:
    """The schedules of a job, which say what else is to be asked; keys are job and schedule."""
    for name, declared in job.schedules.items():
        ask = partial(schedules.ask_schedule, place.scheduler, declared)
        questions.add((job.name, name), f"schedule {declared.schedule_name}", ask)


def add_invocation(questions: Questions, invocation: Invocation, place: Place) -> None:
    """What an invocation uses; jobs share much of it, so that each has its own name as its key."""
    request = invocation.request
    for name, _ in buckets_of(request, invocation.declared.artifact_store):
        questions.add(("bucket", name), f"bucket {name}", partial(storage.ask_bucket, place.s3, name))
    if (bundle := bundle_uri(request)).startswith("s3://"):
        questions.add(("object", bundle), bundle, partial(storage.ask_object, place.s3, bundle))
    if image := request["AlgorithmSpecification"].get("TrainingImage"):
        is_known = not place.is_rehearsal or machines.is_of_aws(image)
        ask = partial(machines.ask_image, place.client("ecr"), image) if is_known else partial(_not, _AN_ENVIRONMENT)
        questions.add(("image", image), f"image {image}", ask)
    if vpc := network_of(request):
        ask_vpc = partial(machines.ask_network, place.client("ec2"), *vpc)
        questions.add(("network", *vpc[0], *vpc[1]), f"network of {', '.join(vpc[0])}", _on_aws(place, ask_vpc))
    for arn in secrets_of(request):
        ask_secret = partial(tracking.ask_secret, place.client("secretsmanager"), arn)
        questions.add(("secret", arn), f"secret {arn}", _on_aws(place, ask_secret))
    if uri := tracking_of(request):
        questions.add(("server", uri), f"MLflow at {uri}", partial(_ask_server, place, uri, vpc is not None))


def add_job(
    questions: Questions, job: StackJob, invocations: Sequence[Invocation], project_dir: Path, place: Place
) -> None:
    """What is a job's own."""
    prefix, schedule = job.training_job_name_prefix, invocations[0].schedule
    group, queue = schedule.group_arn, schedule.dead_letter_queue_arn
    ask_tags = partial(schedules.ask_group_tags, place.scheduler, group)
    questions.add(("group", group), f"schedule group {prefix}", ask_tags)
    questions.add(("past", prefix), f"training jobs {prefix}-…", partial(ask_past, project_dir, place, job))
    if queue:
        ask_queue = partial(schedules.ask_dead_letters, place.client("sqs"), queue)
        questions.add(("queue", queue), f"queue {queue.rpartition(':')[2]}", ask_queue)
    if topic := job.alarm_topic_arn:
        questions.add(("topic", topic), f"topic {topic}", partial(schedules.ask_topic, place.client("sns"), topic))
    for arn, calls in role_calls(invocations).items():
        name = arn.rpartition("/")[2]
        is_there = not place.is_rehearsal or name.startswith(f"{prefix}-")
        simulate = not place.is_rehearsal
        ask_role = partial(roles.ask_role, place.client("iam"), arn, calls, simulate=simulate)
        questions.add(("role", job.name, arn), f"role {name}", ask_role if is_there else partial(_not, _OTHER_ROLE))


def add_quotas(questions: Questions, invocations: Sequence[Invocation], place: Place) -> None:
    """All quotas at once: they can only be listed."""
    wanted = list(dict.fromkeys(name for each in invocations for name, _ in quotas_of(each.request)))
    if wanted:
        ask = partial(machines.ask_quotas, place.client("service-quotas"), wanted)
        questions.add(QUOTAS, f"quotas: {', '.join(wanted)}", _on_aws(place, ask))


def _on_aws(place: Place, ask: Any) -> Any:  # noqa: ANN401 - a function without arguments, of any answer
    return partial(_not, _NONE_HERE) if place.is_rehearsal else ask


def _not(reason: str) -> NoReturn:
    raise NotRehearsedError(reason)


def _ask_server(place: Place, uri: str, in_vpc: bool) -> Any:  # noqa: ANN401 - as tracking's functions
    if place.is_rehearsal:  # one server stands in for all
        return tracking.ask_address(place.environment["MLFLOW_TRACKING_URI"])
    if uri.startswith("arn:"):
        return tracking.ask_managed(place.sagemaker, uri)
    return tracking.ask_address(uri, from_elsewhere=in_vpc)
