"""ScheduledTrainingJobArgs: what a program says of one job, in the words of the settings.

    ScheduledTrainingJobArgs(bucket="ml-data", schedule={"expression": "cron(0 3 * * ? *)"}, …)

Values are plain and known: the whole job is judged at the first preview.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any, Final

import pulumi
from pydantic import Field, ValidationError

from . import further_schedules
from .bucket_names import BucketName
from .data_buckets import DataBuckets
from .fitting import as_far_as_known, judged
from .job_settings import (
    Tags,
    TrainingJobSettings,
    bucket_context,
    data_bucket_problems,
    known_schedules,
    tag_problems,
)
from .joint_faults import joint_faults
from .judge_questions import UnnamedJob
from .program_places import ProgramPlaces
from .setting_problems import Problem, ProblemWriter
from .settings_judge import judge_beside_faults

_OF_A_STACK: Final = frozenset({"bucket", "data_buckets", "tags"})
"""What all jobs of a stack share, and with them their further schedules."""
_THE_JOB: Final = "job"
"""In paths of the one job, which has no name yet."""


class JobSettingsError(pulumi.RunError):
    """Everything that is wrong with one job, in one message; the engine shows it without a traceback."""

    def __init__(self, what: str, problems: list[Problem]) -> None:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__(f"{what} has {count}:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = tuple(problems)


class ScheduledTrainingJobArgs(TrainingJobSettings):
    """All of one job: the settings of `training_jobs.<name>` and those that a stack has for all its jobs."""

    bucket: BucketName
    """The team's bucket, which exists already. Data, training code, models and checkpoints live in it, and S3 paths are
    prefixes in it that end with `/`."""
    data_buckets: Annotated[DataBuckets, Field(default_factory=dict)]
    """Further buckets that channels may read from, of other accounts too, by name; nothing is written there."""
    tags: Annotated[Tags, Field(default_factory=dict)]
    """On everything that is created and on each training job: an S3 object takes ten, and three are ours."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - the validation says which types
        """Validate.

        Raises:
            JobSettingsError: names every setting that is wrong, the value got and the values allowed.
        """
        of_the_job = {name: value for name, value in settings.items() if name not in _OF_A_STACK}
        values = settings | further_schedules.with_job(of_the_job)
        problems = [_problem_as_written(line) for line in further_schedules.problems_of("", settings)]
        # Paths that are relative to the bucket can be read only with the bucket at hand.
        known, context = self, bucket_context(values)
        try:
            self.__pydantic_validator__.validate_python(values, self_instance=self, context=context)
        except ValidationError as error:
            writer = ProblemWriter(ScheduledTrainingJobArgs)
            faults = joint_faults(ScheduledTrainingJobArgs, values, error, context)
            problems += [writer.problem(detail) for detail in further_schedules.said_once(faults.details, of_a_job=0)]
            known = faults.known
        problems += as_far_as_known(known._problems_of_a_stack())[0]
        if problems:
            problems += _said_by_the_code(known)
            raise JobSettingsError(type(self).__name__, problems)

    def _problems_of_a_stack(self) -> Iterator[Problem]:
        yield from judged(
            lambda: tag_problems(self.tags, has_further_schedules=bool(self.further_schedules)),
            lambda: data_bucket_problems(self.bucket, self.data_buckets, None),
        )


def _said_by_the_code(known: TrainingJobSettings) -> list[Problem]:
    """What the training code says of the settings that are right, which have no job's name yet."""
    places, nameless = ProgramPlaces.of_this_process(os.environ), UnnamedJob()
    jobs = {path: (spec, nameless) for path, spec in known_schedules(lambda: {_THE_JOB: known}).items()}
    return [problem_of_line(line, _THE_JOB) for line in judge_beside_faults(jobs, places.code, places.kept)]


def problem_of_line(line: str, job: str) -> Problem:
    """What the training code says, of a setting of the one job instead of a stack's."""
    path, _, text = line.removeprefix(f"training_jobs.{job}.").partition(": ")
    # The last name may hold dots, as those of hyperparameters do.
    return Problem(tuple(path.split(".", 3 if path.startswith(f"{further_schedules.FIELD}.") else 1)), text)


def _problem_as_written(line: str) -> Problem:
    """What is wrong with a further schedule as it is written; the names on the way hold no dots."""
    path, _, text = line.removeprefix("training_jobs..").partition(": ")
    return Problem(tuple(path.split(".")), text)
