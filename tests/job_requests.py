"""What a stack's settings become: the requests that AWS gets, and what is wrong with them by AWS's own model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from components.aws_names import AwsScope, JobNames
from components.package_archives import PackageArchive, channel_names
from components.schedule_input import InvocationContext, render, target_input
from components.schedule_spec import ScheduleSpec
from components.source_bundle import bundle_source
from components.training_job_request import create_training_job_request
from components.training_job_spec import TrainingJobSpec
from rehearsal.requests.request_check import check_request
from settings import Settings

Request = dict[str, Any]
SCOPE: Final = AwsScope("aws", "us-east-1", "123456789012")
BUNDLE: Final = bundle_source({"train.py": b"print('training')\n"}, "train.py")
INVOCATION: Final = InvocationContext(
    schedule_arn=SCOPE.arn("scheduler", f"schedule/{'g' * 26}/{'s' * 64}"),
    scheduled_time=datetime(2026, 11, 27, 3, tzinfo=UTC),
    execution_id="0d1e5c2a-6a3f-4c11-9a55-1d2f6a1f7b10",
    attempt_number=186,
)


def requests_of(settings: Settings) -> Iterator[tuple[Request, Request]]:
    """For each schedule of each job: the request as it is declared, and CreateSchedule's with it as input.

    Raises:
        ValueError: a request that no schedule can have as its input, as a deployment says as well.
    """
    for job, spec in settings.training_jobs.items():
        names = JobNames(SCOPE, settings.name_prefix(job))
        for schedule, each in ({"": spec} | dict(spec.further_schedules)).items():
            tags = settings.tags_of(job, schedule)
            time_zone = each.schedule.time_zone
            request = create_training_job_request(each, names, BUNDLE, tags, _packages(each), time_zone=time_zone)
            name = names.further_schedule_name(schedule) if schedule else names.schedule_name
            yield request, _create_schedule(names, name, each.schedule, target_input(request))


def faults_of(request: Request, schedule: Request) -> list[str]:
    """All that AWS's model and the rules across members say of a schedule, and of what it sends."""
    sent = render(schedule["Target"]["Input"], INVOCATION)
    found = [
        *check_request("scheduler", "CreateSchedule", schedule),
        *check_request("sagemaker", "CreateTrainingJob", sent),
    ]
    return [*map(str, found), *(f"{path}: holds nothing" for path in _empty(request, ""))]


def _packages(spec: TrainingJobSpec) -> list[PackageArchive]:
    names = channel_names(spec.requirements_extras) if spec.source.brings_packages else ()
    return [PackageArchive(name, "a==1 --hash=sha256:00", "") for name in names]


def _create_schedule(names: JobNames, name: str, spec: ScheduleSpec, text: str) -> Request:
    """As components/job_schedule.py has it from the provider."""
    window = spec.flexible_time_window_in_minutes
    of_window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": window} if window else {"Mode": "OFF"}
    retries = {
        "MaximumRetryAttempts": spec.maximum_retry_attempts,
        "MaximumEventAgeInSeconds": spec.maximum_event_age_in_seconds,
    }
    optional = {
        "Description": spec.description,
        "StartDate": spec.start_date,
        "EndDate": spec.end_date,
        "ActionAfterCompletion": spec.action_after_completion,
    }
    return {
        "Name": name,
        "GroupName": names.schedule_group_name,
        "State": spec.state,
        "ScheduleExpression": spec.expression,
        "ScheduleExpressionTimezone": spec.time_zone,
        "FlexibleTimeWindow": of_window,
        "Target": {
            "Arn": names.target_arn,
            "RoleArn": names.scheduler_role_arn,
            "Input": text,
            "RetryPolicy": retries,
            "DeadLetterConfig": {"Arn": names.dead_letter_queue_arn},
        },
    } | {name: value for name, value in optional.items() if value is not None}


def _empty(value: object, path: str) -> Iterator[str]:
    """Paths of members that are None, an empty list or an empty object: each is left out instead."""
    if value is None or (path.count(".") == 1 and value in ([], {})):
        yield path
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _empty(part, f"{path}.{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _empty(part, f"{path}[{place}]")
