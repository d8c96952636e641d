"""A stack's settings: the only reader of pulumi.Config. Stack YAML in, frozen and validated Settings out."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Self

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from components import further_schedules
from components.aws_names import FURTHER_SCHEDULE_NAME_MAX_LENGTH, PREFIX_MAX_LENGTH, TRAINING_JOB_NAME_PREFIX
from components.bucket_names import BucketName, bucket_name_faults
from components.data_buckets import DataBuckets
from components.s3_location import BucketContext
from components.schedule_spec import ScheduleSpec
from components.training_images import REGISTRY_ACCOUNTS
from components.training_job_spec import TrainingJobSpec
from setting_problems import ProblemWriter

PROJECT_NAMESPACE: Final = "scheduled-training"
_FROM_ENGINE: Final = frozenset({"region", "stack"})
_NAME: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_ALMOST_THE_SAME: Final = 0.85
"""Likeness of two names, from 0 to 1, that is a slip of the finger: `sheduled-training`, `scheduled_training`."""
Tags = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\w .:/=+@-]+$")],
        Annotated[str, Field(max_length=256, pattern=r"^[\w .:/=+@-]*$")],
    ],
    Field(max_length=7),  # an S3 object, such as the source bundle, takes ten, and three are ours
]


class SettingsError(pulumi.RunError):
    """Everything that is wrong with a stack's settings, in one message; the engine shows it without a traceback."""

    @classmethod
    def of(cls, stack: str, lines: Sequence[str]) -> Self:
        """One error of lines that name a setting each."""
        count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}"
        return cls(f"Pulumi.{stack}.yaml has {count}:\n" + "\n".join(lines))


class ScheduledJobSettings(TrainingJobSpec):
    """A training job spec and its schedule."""

    schedule: ScheduleSpec


class TrainingJobSettings(ScheduledJobSettings):
    """One entry of `training_jobs`: a training job spec, its schedule, and others that start it with some changes."""

    further_schedules: dict[
        Annotated[str, Field(pattern=_NAME, max_length=FURTHER_SCHEDULE_NAME_MAX_LENGTH)], ScheduledJobSettings
    ] = Field(default={})
    """As they are merged with the job's own settings (components/further_schedules.py)."""

    def path_of(self, job: str, schedule: str = "") -> str:
        """Where the settings of a schedule stand below `training_jobs`; `schedule` is "" for the job's own."""
        return f"{job}.{further_schedules.FIELD}.{schedule}" if schedule else job

    def schedules_by_path(self, job: str) -> dict[str, ScheduledJobSettings]:
        """What each schedule starts, by `path_of`; the job's own is the first."""
        return {job: self} | {self.path_of(job, name): spec for name, spec in self.further_schedules.items()}


class Settings(BaseModel):
    """All of one stack's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    stack: str
    region: Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$")]
    bucket: BucketName
    """The team's bucket, which exists already: data, training code, models and checkpoints live in it."""
    data_buckets: DataBuckets = {}
    """Further buckets that channels may read from, of other accounts too; nothing is written there."""
    tags: Tags = {}
    """On everything that is created, and on each training job."""
    training_jobs: Annotated[dict[Annotated[str, Field(pattern=_NAME)], TrainingJobSettings], Field(min_length=1)]

    def name_prefix(self, job: str) -> str:
        """The training job name prefix, from which all names of a job derive.

        In lower case: SageMaker writes ARNs of training jobs so, and IAM compares them to the letter.
        """
        return f"{job}-{self.stack}".lower()

    @property
    def tags_of_all(self) -> dict[str, str]:
        """The stack's tags and those that say where a thing comes from which several jobs share."""
        return self.tags | {"project": PROJECT_NAMESPACE, "stack": self.stack}

    def tags_of(self, job: str, schedule: str = "") -> dict[str, str]:
        """Those and the job's; for training jobs that a further schedule starts, that schedule's name, too."""
        return self.tags_of_all | {"training-job": job} | ({"schedule": schedule} if schedule else {})

    @model_validator(mode="after")
    def _names_and_images_fit(self) -> "Settings":
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        for job, spec in self.training_jobs.items():
            prefix = self.name_prefix(job)
            if re.fullmatch(TRAINING_JOB_NAME_PREFIX, prefix) is None:
                yield (
                    f"training_jobs.{job}: the name {prefix!r} (job and stack) is not the start of a training job "
                    "name; allowed: letters, digits and '-'; name the stack so"
                )
            if len(prefix) > PREFIX_MAX_LENGTH:
                yield (
                    f"training_jobs.{job}: the name {prefix!r} (job and stack) has {len(prefix)} characters; allowed: "
                    f"{PREFIX_MAX_LENGTH}, because 37 more make a training job name; shorten the job's name"
                )
            of_the_job = list(self._region_problems(spec))
            yield from (f"training_jobs.{job}.{problem}" for problem in of_the_job)
            for name, further in spec.further_schedules.items():
                own = (problem for problem in self._region_problems(further) if problem not in of_the_job)
                yield from (f"training_jobs.{job}.{further_schedules.FIELD}.{name}.{problem}" for problem in own)
        yield from self._tag_problems()
        yield from self._role_problems()
        yield from self._data_bucket_problems()

    def _region_problems(self, spec: TrainingJobSpec) -> Iterator[str]:
        if spec.training_image.scikit_learn_version and self.region not in REGISTRY_ACCOUNTS:
            yield (
                "training_image.scikit_learn_version: no prebuilt image is known in the region "
                f"{self.region!r}; set training_image.uri"
            )
        keys = {"output.kms_key_arn": spec.output.kms_key_arn}
        keys["resources.volume_kms_key_arn"] = spec.resources.volume_kms_key_arn
        keys |= {f"data_kms_key_arns.{place}": arn for place, arn in enumerate(spec.data_kms_key_arns)}
        for setting, arn in keys.items():
            if arn and arn.split(":")[3] != self.region:
                yield f"{setting}: got {arn!r}; allowed: a key of the stack's region, {self.region}"

    def _tag_problems(self) -> Iterator[str]:
        """IAM takes tags that differ in case only for the same, and AWS keeps a prefix for itself."""
        further = "any" if any(spec.further_schedules for spec in self.training_jobs.values()) else ""
        taken = {name.casefold(): name for name in self.tags_of("", further) if name not in self.tags}
        for name in self.tags:
            if name.casefold().startswith("aws:"):
                yield f"tags.{name}: got {name!r}; allowed: names that do not begin with 'aws:', which is AWS's own"
            elif (other := taken.setdefault(name.casefold(), name)) != name:
                yield f"tags.{name}: is {other!r} in another case; allowed: names that differ otherwise as well"

    def _data_bucket_problems(self) -> Iterator[str]:
        for name, bucket in self.data_buckets.items():
            if name == self.bucket:
                yield (
                    f"data_buckets.{name}: got the stack's own bucket; allowed: others; remove it, and name its key in "
                    "data_kms_key_arns"
                )
            # A bucket that a job reads from is of the job's region, and so is its key. Source: SageMaker API, S3Uri.
            if (arn := bucket.kms_key_arn) and arn.split(":")[3] != self.region:
                yield (
                    f"data_buckets.{name}.kms_key_arn: got {arn!r}; allowed: a key of the stack's region, "
                    f"{self.region}, where the bucket is as well"
                )

    def _role_problems(self) -> Iterator[str]:
        """The stack's account is not known here, but it is one."""
        roles = {job: spec.execution_role_arn for job, spec in self.training_jobs.items() if spec.execution_role_arn}
        first = next(iter(roles), "")
        for job, role in roles.items():
            if role.partition(":role/")[0] != roles[first].partition(":role/")[0]:
                yield (
                    f"training_jobs.{job}.execution_role_arn: got {role!r}, and "
                    f"training_jobs.{first}.execution_role_arn is {roles[first]!r}; allowed: roles of one account, the "
                    "stack's, because no role can be passed to another"
                )


def load_settings() -> Settings:
    """The settings of the stack that the engine runs.

    Raises:
        SettingsError: names every setting that is wrong, the value got and the values allowed.
    """
    project = pulumi.get_project()
    keys = {*runtime_config.get_config_env(), *runtime_config.CONFIG.get()}
    values: dict[str, Any] = {}
    secret, others = [], []
    for key in sorted(keys):
        namespace, _, name = key.partition(":")
        if namespace == project:
            values[name] = _value(pulumi.Config(), name)
            secret += [name] if runtime_config.is_config_secret(key) else []
        else:
            others.append(key)
    return parse_settings(values, pulumi.get_stack(), pulumi.Config("aws").get("region"), secret, others)


def _value(config: pulumi.Config, name: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    text = config.get(name) or ""
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else text
    except json.JSONDecodeError:
        return text  # which its setting's type refuses


def parse_settings(
    values: Mapping[str, Any],
    stack: str,
    region: str | None,
    secret: list[str] | None = None,
    others: Iterable[str] = (),
) -> Settings:
    """Validate plain values (setting name -> value) as the stack YAML holds them.

    Raises:
        SettingsError: as `load_settings`; values of the top-level settings named in `secret` are not shown.
            `others` are the keys of other namespaces: one that is almost the project's is a mistake, and as any
            provider or library may read a namespace of its own, the rest is left alone.
    """
    writer = ProblemWriter(Settings, PROJECT_NAMESPACE, _FROM_ENGINE, frozenset(secret or []))
    # The engine says which stack and which region: as settings these are as unknown as any other.
    problems = [
        f"  {PROJECT_NAMESPACE}:{name}: unknown setting; {writer.known_settings([name])}"
        for name in sorted(_FROM_ENGINE)
        if name in values
    ]
    problems += _misspelt(others)
    filled = {name: value for name, value in values.items() if name not in _FROM_ENGINE}
    filled |= {"stack": stack} | ({"region": region} if region else {})
    if isinstance(jobs := filled.get("training_jobs"), Mapping):
        # Everybody's training code has a home without being told one; see Source.s3_path.
        filled["training_jobs"] = {
            name: further_schedules.with_job({"source": {}, **job}) if isinstance(job, Mapping) else job
            for name, job in jobs.items()
        }
        problems += [
            f"  {PROJECT_NAMESPACE}:{line}"
            for name, job in jobs.items()
            if isinstance(job, Mapping)
            for line in further_schedules.problems_of(name, job)
        ]
    try:
        settings = Settings.model_validate(filled, context=_bucket_context(filled))
    except ValidationError as error:
        # Pydantic finds a list of invalid entries too short as well; these are reported themselves.
        details = [found for found in error.errors() if found["type"] != "too_short" or not found["input"]]
        problems += [line for detail in further_schedules.said_once(details) for line in writer.describe(detail)]
    else:
        if not problems:
            return settings
    raise SettingsError.of(stack, problems)


def _misspelt(others: Iterable[str]) -> Iterator[str]:
    for key in others:
        namespace = key.partition(":")[0].lower()
        if difflib.get_close_matches(namespace, [PROJECT_NAMESPACE], cutoff=_ALMOST_THE_SAME):
            name = repr(key)[1:-1]
            yield f"  {name}: unknown namespace, which nothing reads; did you mean {PROJECT_NAMESPACE!r}?"


def _bucket_context(values: Mapping[str, Any]) -> BucketContext:
    """What paths are judged by; a bucket with a wrong name is reported itself, and not for each path in it."""
    bucket, others = values.get("bucket"), values.get("data_buckets")
    is_good = isinstance(bucket, str) and not bucket_name_faults(bucket)
    return BucketContext(
        str(bucket) if is_good else "",
        frozenset(name for name in others if isinstance(name, str)) if isinstance(others, Mapping) else frozenset(),
    )
