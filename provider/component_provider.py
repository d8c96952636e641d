"""Constructs the component for the engine; whatever is wrong with its inputs is said at once, property by property."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyErrorDetails
from pulumi.provider import ConstructResult, Provider

from components.further_schedules import FIELD
from components.job_args import JobSettingsError, ScheduledTrainingJobArgs
from components.scheduled_training_job import TYPE_TOKEN, ScheduledTrainingJob
from components.setting_problems import Problem
from provider.plain_inputs import plain_settings
from provider.property_names import in_properties, property_name, property_path
from provider.schema import package_schema

_MODEL: Final = ScheduledTrainingJobArgs
_SHOWN: Final = re.compile(r"got (?!\(hidden\)|a mapping of |a list of )(?!.*\*\*\*)|is required")
"""How a sentence begins that shows the whole value, or has none to show: not of a URI without its password."""


class _RemoteJob(ScheduledTrainingJob):
    """The component, whose outputs have the names that the schema gives them."""

    def register_outputs(self, outputs: Mapping[str, Any]) -> None:
        super().register_outputs(_named(outputs))


class ComponentProvider(Provider):
    """Serves `ScheduledTrainingJob`, validated by the models of the settings."""

    def __init__(self, version: str) -> None:
        super().__init__(version, json.dumps(package_schema(version)))

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Declare the component.

        Raises:
            InputPropertiesError: with every property that is wrong, or for what keeps the job from being prepared.
        """
        if resource_type != TYPE_TOKEN:
            raise InputPropertiesError(f"unknown resource type {resource_type}; allowed: {TYPE_TOKEN}", [])
        args = _args(name, inputs)
        try:
            job = _RemoteJob(name, args, options)
        except JobSettingsError as error:
            raise _input_error(name, error.problems) from None
        except pulumi.RunError as error:
            raise InputPropertiesError(in_properties(str(error), _MODEL), []) from None
        return ConstructResult(job.urn, _named(job.outputs()))


def _args(name: str, inputs: Mapping[str, Any]) -> ScheduledTrainingJobArgs:
    settings, problems = plain_settings(inputs, _MODEL)
    try:
        args = _MODEL(**settings)
    except JobSettingsError as error:
        said = {problem.location for problem in problems}  # and refused by the model once more
        problems += [problem for problem in error.problems if problem.location not in said]
    else:
        if not problems:
            return args
    raise _input_error(name, problems)


def _input_error(name: str, problems: Sequence[Problem]) -> InputPropertiesError:
    """One error with all problems, each with Pulumi's path to its property.

    The engine shows the value of a property that an error names. What our own sentence does not show, such as an
    environment variable, stands in the message instead.
    """
    message = f"training job {name} has {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    details: list[InputPropertyErrorDetails] = []
    for found in problems:
        path, reason = property_path(found.location, _MODEL), in_properties(found.text, _MODEL)
        if _SHOWN.match(found.text):
            details.append({"property_path": path, "reason": reason})
        else:
            message += f"\n\t\t- {f'property {path} has a problem: ' if path else ''}{reason}"
    return InputPropertiesError(message, details)


def _named(outputs: Mapping[str, Any]) -> dict[str, Any]:
    further = {name: _named(each) for name, each in outputs.get(FIELD, {}).items()}
    own = {property_name(name): value for name, value in outputs.items() if name != FIELD}
    return own | ({property_name(FIELD): further} if further else {})
