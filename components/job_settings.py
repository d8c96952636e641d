"""One job's settings, its schedules among them, and what can be wrong with them only at a certain place in AWS.

A stack's settings and a program of somebody else's are judged by the same functions.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from . import further_schedules
from .aws_names import FURTHER_SCHEDULE_NAME_MAX_LENGTH, PREFIX_MAX_LENGTH, TRAINING_JOB_NAME_PREFIX
from .bucket_names import bucket_name_faults
from .data_buckets import DataBucket
from .fitting import PartlyKnown, as_far_as_known, judged, known_entries, known_or
from .region_fit import arn_fault, placement_problems
from .s3_location import BucketContext
from .schedule_spec import ScheduleSpec
from .setting_problems import Problem
from .training_job_spec import TrainingJobSpec

NAME: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
OWN_TAGS: Final = ("project", "stack", "training-job")
"""Names of the tags that say where a thing comes from; they are ours."""


_TAG_SCHEMA: Final[dict[str, Any]] = {"pattern": r"^[\w .:/=+@-]*$"}
"""What an editor can tell of it."""


def _check_tag(text: str) -> str:
    """Source: SageMaker API, Tag; the classes L, N and Z of Unicode, Z without what nobody sees."""
    if any(unicodedata.category(each)[0] not in "LN" and each not in " _.:/=+-@" for each in text):
        raise ValueError("allowed: letters, digits, blanks and _ . : / = + - @, because AWS takes no others in tags")
    return text


Tags = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=128, json_schema_extra=_TAG_SCHEMA), AfterValidator(_check_tag)],
        Annotated[str, Field(max_length=256, json_schema_extra=_TAG_SCHEMA), AfterValidator(_check_tag)],
    ],
    Field(max_length=7),  # an S3 object, such as the source bundle, takes ten, and three are ours
]


class ScheduledJobSettings(TrainingJobSpec):
    """A training job spec and its schedule."""

    schedule: ScheduleSpec
    """When EventBridge Scheduler starts the job."""


class TrainingJobSettings(ScheduledJobSettings):
    """One entry of `training_jobs`: a training job spec, its schedule, and others that start it with some changes."""

    further_schedules: dict[
        Annotated[str, Field(pattern=NAME, max_length=FURTHER_SCHEDULE_NAME_MAX_LENGTH)], ScheduledJobSettings
    ] = Field(default={})
    """Other schedules that start the same job with some settings changed, by name; each says its `schedule` and what is
    different, but for `source`, `execution_role_arn`, `permissions_boundary_arn` and `alarms` (docs/schedules.md)."""

    def path_of(self, job: str, schedule: str = "") -> str:
        """Where the settings of a schedule stand below `training_jobs`; `schedule` is "" for the job's own."""
        return f"{job}.{further_schedules.FIELD}.{schedule}" if schedule else job

    def schedules_by_path(self, job: str) -> dict[str, ScheduledJobSettings]:
        """What each schedule starts, by `path_of`; the job's own is the first."""
        return {job: self} | {self.path_of(job, name): spec for name, spec in self.further_schedules.items()}


def known_schedules(jobs: Callable[[], Mapping[str, TrainingJobSettings]]) -> dict[str, ScheduledJobSettings]:
    """What each schedule of jobs starts, by the path of its settings, as far as that is known."""
    found: dict[str, ScheduledJobSettings] = {}
    for name, job in _all_known(jobs).items():
        found[name] = job
        source = known_or(partial(getattr, job, "source"), None)
        for each, spec in _all_known(partial(getattr, job, further_schedules.FIELD)).items():
            if source is not None:  # which a further schedule cannot change, whatever it says
                found[job.path_of(name, each)] = spec.model_copy(update={"source": source})
    return found


def _all_known(mapping: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Entries that are known, those with a wrong name included."""
    nothing: Mapping[str, Any] = {}
    found = known_or(mapping, nothing)
    return known_entries(lambda: found)[0] | dict(found.misnamed if isinstance(found, PartlyKnown) else {})


def name_prefix(job: str, stack: str) -> str:
    """The training job name prefix, from which all names of a job derive.

    In lower case: SageMaker writes ARNs of training jobs so, and IAM compares them to the letter.
    """
    return f"{job}-{stack}".lower()


def bucket_context(values: Mapping[str, Any]) -> BucketContext:
    """What paths are judged by; a bucket with a wrong name is reported itself, and not for each path in it."""
    bucket, others = values.get("bucket"), values.get("data_buckets")
    is_good = isinstance(bucket, str) and not bucket_name_faults(bucket)
    return BucketContext(
        str(bucket) if is_good else "",
        frozenset(name for name in others if isinstance(name, str)) if isinstance(others, Mapping) else frozenset(),
    )


def name_problems(prefix: str) -> Iterator[str]:
    """What keeps a training job name prefix from being one."""
    if re.fullmatch(TRAINING_JOB_NAME_PREFIX, prefix) is None:
        yield (
            f"the name {prefix!r} (job and stack) is not the start of a training job name; allowed: letters, digits "
            "and '-'; name the stack so"
        )
    if len(prefix) > PREFIX_MAX_LENGTH:
        yield (
            f"the name {prefix!r} (job and stack) has {len(prefix)} characters; allowed: {PREFIX_MAX_LENGTH}, because "
            "37 more make a training job name; shorten the job's name"
        )


def region_problems(job: TrainingJobSettings, region: str) -> Iterator[Problem]:
    """What does not fit the region, of the job and of its further schedules; of these only what is their own."""
    of_the_job, _ = as_far_as_known(placement_problems(job, region))
    yield from judged(
        partial(placement_problems, job, region),
        partial(_further_region_problems, job, region, of_the_job),
    )


def _further_region_problems(job: TrainingJobSettings, region: str, of_the_job: Sequence[Problem]) -> Iterator[Problem]:
    for name, spec in job.further_schedules.items():
        problems, _ = as_far_as_known(placement_problems(spec, region))
        for problem in problems:
            if problem not in of_the_job:
                yield Problem((further_schedules.FIELD, name, *problem.location), problem.text)


def role_problems(jobs: Mapping[str, TrainingJobSettings]) -> Iterator[str]:
    """Execution roles of several accounts: the stack's account is not known here, but it is one."""
    roles = {job: spec.execution_role_arn for job, spec in jobs.items() if spec.execution_role_arn}
    first = next(iter(roles), "")
    for job, role in roles.items():
        if role.partition(":role/")[0] != roles[first].partition(":role/")[0]:
            yield (
                f"training_jobs.{job}.execution_role_arn: got {role!r}, and "
                f"training_jobs.{first}.execution_role_arn is {roles[first]!r}; allowed: roles of one account, the "
                "stack's, because no role can be passed to another"
            )


def tag_problems(tags: Mapping[str, str], *, has_further_schedules: bool) -> Iterator[Problem]:
    """IAM takes tags that differ in case only for the same, and AWS keeps a prefix for itself."""
    own = (*OWN_TAGS, "schedule") if has_further_schedules else OWN_TAGS
    taken = {name.casefold(): name for name in own}
    for name in tags:
        if name in own:
            yield Problem.at(
                f"tags.{name}", "is a tag that says where a thing comes from, and set by itself; remove it"
            )
        elif name.casefold().startswith("aws:"):
            yield Problem.at(
                f"tags.{name}", f"got {name!r}; allowed: names that do not begin with 'aws:', which is AWS's own"
            )
        elif (other := taken.setdefault(name.casefold(), name)) != name:
            yield Problem.at(
                f"tags.{name}", f"is {other!r} in another case; allowed: names that differ otherwise as well"
            )


def data_bucket_problems(bucket: str, others: Mapping[str, DataBucket], region: str | None) -> Iterator[Problem]:
    """Data buckets that are the stack's own, or with a key elsewhere, where the region is known."""
    for name, each in others.items():
        if name == bucket:
            yield Problem.at(
                f"data_buckets.{name}",
                "got the stack's own bucket; allowed: others; remove it, and name its key in data_kms_key_arns",
            )
        # A bucket that a job reads from is of the job's region, and so is its key. Source: SageMaker API, S3Uri.
        if region and each.kms_key_arn and (fault := arn_fault(each.kms_key_arn, "a key", region)):
            yield Problem(("data_buckets", name, "kms_key_arn"), f"{fault}, where the bucket is as well")
