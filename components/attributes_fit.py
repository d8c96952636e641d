"""Context attributes of EventBridge Scheduler in a job's settings: those that it knows, and room for what it fills in.

Source: EventBridge Scheduler User Guide, "Context attributes".
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from pydantic import BaseModel

from .aws_names import EXECUTION_ID_LENGTH, PREFIX_MAX_LENGTH, SCHEDULE_NAME_MAX_LENGTH
from .fitting import judged
from .further_schedules import FIELD
from .schedule_input import (
    ATTEMPT_NUMBER,
    CONTEXT_ATTRIBUTES,
    EXECUTION_ID,
    SCHEDULE_ARN,
    SCHEDULED_TIME,
    unknown_attributes,
)
from .script_mode import ENVIRONMENT_VALUE_MAX_LENGTH, HYPERPARAMETER_MAX_LENGTH, hyperparameter_text
from .training_job_fields import TrainingJobFields

_MARK: Final = "<aws.scheduler."
_LONGEST: Final = {
    SCHEDULE_ARN: len("arn:aws-us-gov:scheduler:ap-southeast-1:123456789012:schedule//")
    + PREFIX_MAX_LENGTH
    + SCHEDULE_NAME_MAX_LENGTH,
    SCHEDULED_TIME: len("2026-11-27T03:00:00Z"),
    EXECUTION_ID: EXECUTION_ID_LENGTH,
    ATTEMPT_NUMBER: len("186"),
}
"""Attribute -> how long what takes its place can be."""


def attribute_problems(spec: TrainingJobFields) -> Iterator[str]:
    """All that is wrong, a sentence each that begins with its setting."""
    yield from judged(
        # A further schedule is judged itself, and much of it is written in its job alone.
        *(partial(_unknown_problems, spec, name) for name in type(spec).model_fields if name != FIELD),
        partial(_environment_length_problems, spec),
        partial(_hyperparameter_length_problems, spec),
    )


def _unknown_problems(spec: TrainingJobFields, name: str) -> Iterator[str]:
    for path, text in _texts_with_attributes(getattr(spec, name), name):
        if unknown := unknown_attributes(text):
            yield (
                f"{path}: names {', '.join(unknown)}, which EventBridge Scheduler does not replace; allowed: "
                f"{', '.join(CONTEXT_ATTRIBUTES)}"
            )


def _environment_length_problems(spec: TrainingJobFields) -> Iterator[str]:
    for name, text in spec.environment.items():
        yield from _length_problems(f"environment.{name}", text, ENVIRONMENT_VALUE_MAX_LENGTH)


def _hyperparameter_length_problems(spec: TrainingJobFields) -> Iterator[str]:
    for name, value in spec.hyperparameters.items():
        yield from _length_problems(f"hyperparameters.{name}", hyperparameter_text(value), HYPERPARAMETER_MAX_LENGTH)


def _texts_with_attributes(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if _MARK in value:
            yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            inside = f"{path}.{name}"
            yield from _texts_with_attributes(name, inside)
            yield from _texts_with_attributes(part, inside)
    elif isinstance(value, BaseModel):
        insides = (partial(_inside, value, name, f"{path}.{name}") for name in type(value).model_fields)
        yield from judged(*insides)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from _texts_with_attributes(part, f"{path}.{place}")


def _inside(model: BaseModel, name: str, path: str) -> Iterator[tuple[str, str]]:
    yield from _texts_with_attributes(getattr(model, name), path)


def _length_problems(setting: str, text: str, most: int) -> Iterator[str]:
    if _MARK not in text:
        return
    length = len(text) + sum(text.count(each) * (longest - len(each)) for each, longest in _LONGEST.items())
    if length > most >= len(text):
        yield (
            f"{setting}: has {length} characters once EventBridge Scheduler has filled in its context attributes; "
            f"allowed: {most}; shorten it"
        )
