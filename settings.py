"""A stack's settings: the only reader of pulumi.Config. Stack YAML in, frozen and validated Settings out."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, get_args

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from components.aws_names import PREFIX_MAX_LENGTH
from components.s3_location import BUCKET_NAME_PATTERN, BucketContext
from components.schedule_spec import ScheduleSpec
from components.training_images import REGISTRY_ACCOUNTS
from components.training_job_spec import TrainingJobSpec

PROJECT_NAMESPACE: Final = "scheduled-training"
Tags = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\w .:/=+@-]+$")],
        Annotated[str, Field(max_length=256, pattern=r"^[\w .:/=+@-]*$")],
    ],
    Field(max_length=45),
]


class SettingsError(pulumi.RunError):
    """Everything that is wrong with a stack's settings, in one message; the engine shows it without a traceback."""


class TrainingJobSettings(TrainingJobSpec):
    """One entry of `training_jobs`: a training job spec and its schedule."""

    schedule: ScheduleSpec


class Settings(BaseModel):
    """All of one stack's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    stack: str
    region: Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$")]
    bucket: Annotated[str, Field(pattern=BUCKET_NAME_PATTERN)]
    """The team's bucket, which exists already: data, training code, models and checkpoints live in it."""
    tags: Tags = {}
    """On everything that is created, and on each training job."""
    training_jobs: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")], TrainingJobSettings], Field(min_length=1)
    ]

    def name_prefix(self, job: str) -> str:
        """The training job name prefix, from which all names of a job derive."""
        return f"{job}-{self.stack}"

    def tags_of(self, job: str) -> dict[str, str]:
        """The stack's tags and those that say where a thing comes from."""
        return self.tags | {"project": PROJECT_NAMESPACE, "stack": self.stack, "training-job": job}

    @model_validator(mode="after")
    def _names_and_images_fit(self) -> "Settings":
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        for job, spec in self.training_jobs.items():
            prefix = self.name_prefix(job)
            if len(prefix) > PREFIX_MAX_LENGTH:
                yield (
                    f"training_jobs.{job}: the name {prefix!r} (job and stack) has {len(prefix)} characters; allowed: "
                    f"{PREFIX_MAX_LENGTH}, because 37 more make a training job name; shorten the job's name"
                )
            if spec.training_image.scikit_learn_version and self.region not in REGISTRY_ACCOUNTS:
                yield (
                    f"training_jobs.{job}.training_image.scikit_learn_version: no prebuilt image is known in the "
                    f"region {self.region!r}; set training_image.uri"
                )


def load_settings() -> Settings:
    """The settings of the stack that the engine runs.

    Raises:
        SettingsError: names every setting that is wrong, the value got and the values allowed.
    """
    project = pulumi.get_project()
    keys = {*runtime_config.get_config_env(), *runtime_config.CONFIG.get()}
    values: dict[str, Any] = {}
    secret = []
    for key in sorted(keys):
        namespace, _, name = key.partition(":")
        if namespace == project:
            values[name] = _value(pulumi.Config(), name)
            secret += [name] if runtime_config.is_config_secret(key) else []
    return parse_settings(values, pulumi.get_stack(), pulumi.Config("aws").get("region"), secret)


def _value(config: pulumi.Config, name: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    text = config.get(name) or ""
    return config.get_object(name) if text.lstrip()[:1] in ("{", "[") else text


def parse_settings(
    values: Mapping[str, Any], stack: str, region: str | None, secret: list[str] | None = None
) -> Settings:
    """Validate plain values (setting name -> value) as the stack YAML holds them.

    Raises:
        SettingsError: as `load_settings`; values of the top-level settings named in `secret` are not shown.
    """
    filled = dict(values) | {"stack": stack} | ({"region": region} if region else {})
    if isinstance(jobs := filled.get("training_jobs"), Mapping):
        # Everybody's training code has a home without being told one; see Source.s3_path.
        filled["training_jobs"] = {
            name: {"source": {}, **job} if isinstance(job, Mapping) else job for name, job in jobs.items()
        }
    try:
        return Settings.model_validate(filled, context=BucketContext(str(filled.get("bucket", ""))))
    except ValidationError as error:
        problems = [line for detail in error.errors() for line in _describe(detail, secret or [])]
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise SettingsError(f"Pulumi.{stack}.yaml has {count}:\n" + "\n".join(problems)) from None


def _describe(detail: ErrorDetails, secret: list[str]) -> list[str]:
    """The lines of one pydantic error: setting path, value got, values allowed."""
    message = detail["msg"].removeprefix("Value error, ")
    path = [str(part) for part in detail["loc"] if part != "[key]"]
    if not path:  # of the whole stack: each line names its setting itself
        return [f"  {PROJECT_NAMESPACE}:{line}" for line in message.splitlines()]
    setting = "aws:region" if path == ["region"] else f"{PROJECT_NAMESPACE}:{'.'.join(path)}"
    if detail["type"] == "missing":
        return [f"  {setting}: is required and not set"]
    if detail["type"] == "extra_forbidden":
        return [f"  {setting}: unknown setting; {_known_settings(path)}"]
    if isinstance(detail["input"], Mapping) and detail["type"] == "value_error":
        return [f"  {setting}: {message}"]  # about several settings: the message has their values
    return [f"  {setting}: got {_shown(detail['input'], path, secret)}; {_allowed(detail, message)}"]


def _allowed(detail: ErrorDetails, message: str) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "string_pattern_mismatch":
        return f"allowed: text that matches {context['pattern']}"
    if detail["type"] == "literal_error":
        return f"allowed: {context['expected']}"
    return message[0].lower() + message[1:] if message.startswith("Input") else message


def _shown(value: object, path: list[str], secret: list[str]) -> str:
    """A value for a message: shortened, and hidden where it may be a secret."""
    if path[0] in secret or "environment" in path:
        return "(hidden)"
    text = re.sub(r"//[^/@\s]*@", "//***@", repr(value))
    return text if len(text) <= 120 else f"{text[:117]}…"


def _known_settings(path: list[str]) -> str:
    """What may stand where an unknown setting was found, and the one that was probably meant."""
    known = sorted(set(_fields_at(path[:-1])) - {"stack", "region"})
    close = difflib.get_close_matches(path[-1], known, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"allowed: {', '.join(known)}"


def _fields_at(path: list[str]) -> list[str]:
    """Names of the fields of the model that a path of settings leads to."""
    model: type[BaseModel] | None = Settings
    for part in path:
        if model is not None and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            model = _model_in(annotation)
        # Any other part is a key of a mapping whose values are that model.
    return list(model.model_fields) if model else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
