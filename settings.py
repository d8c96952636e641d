"""A stack's settings: the only reader of pulumi.Config. Stack YAML in, frozen and validated Settings out."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar, Final, Self

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import Field, PrivateAttr, ValidationError

from components import further_schedules, job_defaults
from components.aws_names import REGION, JobNames
from components.bucket_names import BucketName
from components.data_buckets import DataBuckets
from components.fitting import FittingModel, judged, known_or
from components.job_defaults import JobDefaults
from components.job_settings import (
    NAME,
    ScheduledJobSettings,
    Tags,
    TrainingJobSettings,
    bucket_context,
    data_bucket_problems,
    known_schedules,
    name_prefix,
    name_problems,
    region_problems,
    role_problems,
    tag_problems,
)
from components.joint_faults import joint_faults
from components.judge_questions import UnaskedScope
from components.setting_problems import ProblemWriter
from components.shown_names import shown_name

__all__ = [
    "ScheduledJobSettings",
    "Settings",
    "SettingsError",
    "TrainingJobSettings",
    "load_settings",
    "parse_settings",
]

PROJECT_NAMESPACE: Final = "scheduled-training"
_HIDDEN: Final = "it is not allowed, and why would show a part of the secret"
_FROM_ENGINE: Final = frozenset({"region", "stack"})
_ALMOST_THE_SAME: Final = 0.85
"""Likeness of two names, from 0 to 1, that is a slip of the finger: `sheduled-training`, `scheduled_training`."""


class SettingsError(pulumi.RunError):
    """Everything that is wrong with a stack's settings, in one message; the engine shows it without a traceback.

    `known` are the settings without what is wrong, where there is anything of them.
    """

    known: "Settings | None" = None
    _stack: str = ""
    _lines: tuple[str, ...] = ()
    _written = JobDefaults()

    @classmethod
    def of(cls, stack: str, lines: Iterable[str], written: JobDefaults | None = None) -> Self:
        """One error of lines that name a setting each, of a stack whose jobs and defaults are written so."""
        written = written or JobDefaults()
        told = tuple(written.as_written(lines))
        count = f"{len(told)} problem{'s' if len(told) > 1 else ''}"
        error = cls(f"Pulumi.{stack}.yaml has {count}:\n" + "\n".join(told))
        error._stack, error._lines, error._written = stack, told, written
        return error

    @property
    def known_jobs(self) -> dict[str, tuple[ScheduledJobSettings, JobNames]]:
        """What is known of each schedule's job, by the path of its settings."""
        if self.known is None:
            return {}
        known = self.known
        scope = UnaskedScope(known_or(lambda: known.region, None))
        return {
            path: (spec, JobNames(scope, name_prefix(path.partition(".")[0], self._stack)))
            for path, spec in known_schedules(lambda: known.training_jobs).items()
        }

    def beside(self, lines: Sequence[str]) -> "SettingsError":
        """The same with more lines, each of a setting below the project's."""
        return SettingsError.of(self._stack, (*self._lines, *in_namespace(self._written.as_written(lines))))


def in_namespace(lines: Iterable[str]) -> list[str]:
    """Lines that begin with a setting, as a message has them."""
    return [f"  {PROJECT_NAMESPACE}:{line}" for line in lines]


class Settings(FittingModel):
    """All of one stack's settings."""

    between: ClassVar[str] = "\n"

    stack: str
    """The stack's name, which the engine says."""
    region: Annotated[str, Field(pattern=REGION)]
    """The AWS region of all that is created."""
    bucket: BucketName
    """The team's bucket, which exists already: data, training code, models and checkpoints live in it. S3 paths are
    prefixes in it that end with `/`."""
    data_buckets: DataBuckets = Field(default={})
    """Further buckets that channels may read from, of other accounts too, by name; nothing is written there
    (docs/data-buckets.md)."""
    tags: Tags = Field(default={})
    """On everything that is created, and on each training job: an S3 object takes ten, and three are ours."""
    defaults: dict[str, Any] = Field(default={})
    """What all jobs share, in the words of a job: laid under each, whose own values win (docs/many-jobs.md)."""
    training_jobs: Annotated[dict[Annotated[str, Field(pattern=NAME)], TrainingJobSettings], Field(min_length=1)]
    """One job each, by name; name and stack together have at most 26 characters."""

    _written: JobDefaults = PrivateAttr(default_factory=JobDefaults)
    _are_jobs_secret: bool = PrivateAttr(default=False)

    def as_written(self, lines: Iterable[str]) -> list[str]:
        """Lines about the jobs' settings, told of the defaults where a value is theirs; of secret ones the names."""
        told = self._written.as_written(lines)
        return [f"{line.partition(': ')[0]}: {_HIDDEN}" for line in told] if self._are_jobs_secret else told

    def name_prefix(self, job: str) -> str:
        """The job's training job name prefix."""
        return name_prefix(job, self.stack)

    @property
    def tags_of_all(self) -> dict[str, str]:
        """The stack's tags and those that say where a thing comes from which several jobs share."""
        return self.tags | {"project": PROJECT_NAMESPACE, "stack": self.stack}

    def tags_of(self, job: str, schedule: str = "") -> dict[str, str]:
        """Those and the job's; for training jobs that a further schedule starts, that schedule's name, too."""
        return self.tags_of_all | {"training-job": job} | ({"schedule": schedule} if schedule else {})

    def misfits(self) -> Iterator[str]:
        """Jobs that do not fit the stack, its region or each other, and tags and buckets: a line each."""
        yield from judged(
            *(partial(self._name_problems, job) for job in self.training_jobs),
            *(partial(self._region_problems, job) for job in self.training_jobs),
            self._tag_problems,
            partial(role_problems, self.training_jobs),
            self._data_bucket_problems,
        )

    def _name_problems(self, job: str) -> Iterator[str]:
        yield from (f"training_jobs.{job}: {text}" for text in name_problems(self.name_prefix(job)))

    def _region_problems(self, job: str) -> Iterator[str]:
        problems = region_problems(self.training_jobs[job], self.region)
        yield from (f"training_jobs.{job}.{problem}" for problem in problems)

    def _tag_problems(self) -> Iterator[str]:
        has_further = any(spec.further_schedules for spec in self.training_jobs.values())
        yield from map(str, tag_problems(self.tags, has_further_schedules=has_further))

    def _data_bucket_problems(self) -> Iterator[str]:
        yield from map(str, data_bucket_problems(self.bucket, self.data_buckets, self.region))


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
    hidden = {*(secret or []), *(["training_jobs"] if job_defaults.FIELD in (secret or []) else [])}
    writer = ProblemWriter(Settings, PROJECT_NAMESPACE, _FROM_ENGINE, frozenset(hidden))
    # The engine says which stack and which region: as settings these are as unknown as any other.
    engines = sorted(_FROM_ENGINE & values.keys())
    problems = in_namespace(f"{name}: unknown setting; {writer.known_settings([name])}" for name in engines)
    problems += _misspelt(others)
    filled = {name: value for name, value in values.items() if name not in _FROM_ENGINE}
    filled |= {"stack": stack} | ({"region": region} if region else {})
    written = JobDefaults.of(filled)
    if isinstance(filled.get("training_jobs"), Mapping):
        jobs = written.completed()
        filled["training_jobs"] = {
            name: further_schedules.with_job(job) if isinstance(job, Mapping) else job for name, job in jobs.items()
        }
        problems += in_namespace(
            line
            for name, job in jobs.items()
            if isinstance(job, Mapping)
            for line in further_schedules.problems_of(name, job)
        )
    context = bucket_context(filled)
    try:
        settings = Settings.model_validate(filled, context=context)
        settings._written, settings._are_jobs_secret = written, "training_jobs" in hidden
    except ValidationError as error:
        faults = joint_faults(Settings, filled, error, context)
        settings = faults.known
        problems += [line for each in further_schedules.said_once(faults.details) for line in writer.describe(each)]
    else:
        if not problems:
            return settings
    refused = SettingsError.of(stack, problems, written)
    # What the training code says of a job shows its values.
    refused.known = None if "training_jobs" in hidden else settings
    raise refused


def _misspelt(others: Iterable[str]) -> Iterator[str]:
    for key in others:
        namespace = key.partition(":")[0].lower()
        if difflib.get_close_matches(namespace, [PROJECT_NAMESPACE], cutoff=_ALMOST_THE_SAME):
            name = shown_name(key)
            yield f"  {name}: unknown namespace, which nothing reads; did you mean {PROJECT_NAMESPACE!r}?"
