"""ScheduledTrainingJobArgs: what a program says of one job, in the words of the settings.

    ScheduledTrainingJobArgs(bucket="ml-data", schedule={"expression": "cron(0 3 * * ? *)"}, …)

Values are plain and known: the whole job is judged at the first preview.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import pulumi
from pydantic import Field, ValidationError

from . import further_schedules
from .bucket_names import BucketName
from .data_buckets import DataBuckets
from .fitting import as_far_as_known, judged
from .job_settings import Tags, TrainingJobSettings, bucket_context, data_bucket_problems, tag_problems
from .joint_faults import joint_faults
from .setting_problems import Problem, ProblemWriter

_OF_A_STACK: Final = frozenset({"bucket", "data_buckets", "tags"})
"""What all jobs of a stack share, and with them their further schedules."""


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
            raise JobSettingsError(type(self).__name__, problems)

    def _problems_of_a_stack(self) -> Iterator[Problem]:
        yield from judged(
            lambda: tag_problems(self.tags, has_further_schedules=bool(self.further_schedules)),
            lambda: data_bucket_problems(self.bucket, self.data_buckets, None),
        )


def _problem_as_written(line: str) -> Problem:
    """What is wrong with a further schedule as it is written; the names on the way hold no dots."""
    path, _, text = line.removeprefix("training_jobs..").partition(": ")
    return Problem(tuple(path.split(".")), text)
