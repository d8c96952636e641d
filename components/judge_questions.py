"""What the training code is asked about a job before there is one: of settings that are right, or beside wrong ones.

What follows from a setting that is wrong is left out, and what is said of that is not told (docs/adr/0065).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from .aws_names import AwsScope, JobNames
from .fitting import UnjudgedError, known_entries, known_or
from .reserved_names import RESERVED_HYPERPARAMETERS, environment_problems
from .script_mode import hyperparameter_text, script_arguments, script_variables
from .script_request import FOR_THE_RECORD, TOLD, Variable, script_environment, script_hyperparameters
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec

_NO_BUNDLE: Final = SourceBundle(b"", "")
_JOB_NAME: Final = "TRAINING_JOB_NAME"
_METRICS: Final = {"PROMOTION_MINIMUM_METRICS": "minimum_metrics", "PROMOTION_MAXIMUM_METRICS": "maximum_metrics"}
_READ: Final = ("training", "validation")
"""Channels of which a script may say that they are lacking, or that they are there."""


class UnaskedScope(AwsScope):
    """Where a stack lives, before AWS has been asked: whoever needs more than the region gets an UnjudgedError."""

    def __init__(self, region: str | None = None) -> None:
        if region is not None:
            object.__setattr__(self, "region", region)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of whatever attribute
        raise UnjudgedError


class UnnamedJob(JobNames):
    """The names of a job whose own is not known: whoever needs one gets an UnjudgedError."""

    def __init__(self) -> None:
        object.__setattr__(self, "scope", UnaskedScope())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of whatever attribute
        raise UnjudgedError


@dataclass(frozen=True)
class Question:
    """What a script would be started with, as far as it is known before there is an invocation.

    `arguments` are None where the hyperparameters are not known. `left_out` are the variables that are not known;
    without `has_all_variables` the settings may have given others as well.
    """

    arguments: list[str] | None
    environment: Mapping[str, str]
    left_out: frozenset[str] = frozenset()
    has_all_variables: bool = True

    @property
    def as_asked(self) -> dict[str, Any]:
        """In the form that is sent."""
        return {"arguments": self.arguments or [], "environment": dict(self.environment)}

    def is_answered_by(self, fault: Mapping[str, Any]) -> bool:
        """Whether a fault is about what was asked, and not about what was left out."""
        kind, name = fault["kind"], fault["name"]
        if kind != "environment variable":
            return kind == "channel" or self.arguments is not None
        if self.arguments is None and name in _METRICS:
            return False  # which metrics there are follows from the hyperparameters
        is_known = self.has_all_variables or name in self.environment or name in TOLD or name.startswith("SM_")
        return is_known and name not in self.left_out


def question_of(spec: TrainingJobSpec, names: JobNames) -> Question:
    """The question about a job's settings that are right as far as it is known without the script."""
    environment = script_environment(spec, names, _NO_BUNDLE) | {_JOB_NAME: names.prefix}
    channels = {name: channel.s3_data_distribution_type for name, channel in sorted(spec.channels.items())}
    return Question(
        script_arguments(script_hyperparameters(spec, names, _NO_BUNDLE)),
        environment | script_variables(channels, spec.resources.machine_count),
    )


def question_beside_faults(spec: TrainingJobSpec, names: JobNames) -> Question:
    """The question about a job's settings, of which some are wrong, or do not fit each other."""
    own, is_all = known_entries(lambda: spec.environment)
    # What settings may not set is told already, and is not what the script would read.
    environment = {name: value for name, value in own.items() if not any(environment_problems([name]))}
    left_out = set(FOR_THE_RECORD)
    variables: dict[str, Variable] = {**TOLD, _JOB_NAME: lambda _, names: names.prefix}
    for name, value in variables.items():
        if name not in FOR_THE_RECORD:
            try:
                text = _metrics(spec, _METRICS[name]) if name in _METRICS else value(spec, names)
            except UnjudgedError:
                left_out.add(name)
            else:
                environment |= {} if text is None else {name: text}
    channels, has_all_channels = _channels(spec)
    if not has_all_channels:
        left_out |= {f"SM_CHANNEL_{name.upper()}" for name in _READ if name not in channels}
    environment |= script_variables(channels, _machine_count(spec))
    return Question(_arguments(spec), environment, frozenset(left_out), is_all)


def _metrics(spec: TrainingJobSpec, name: str) -> str | None:
    """Limits that are right, each for itself: nothing is said of a limit because another one is not there."""
    if spec.tracking is None:
        return None
    return json.dumps(known_entries(lambda: getattr(spec.promotion, name))[0], ensure_ascii=False)


def _arguments(spec: TrainingJobSpec) -> list[str] | None:
    hyperparameters, is_all = known_entries(lambda: spec.hyperparameters)
    if not is_all:
        return None
    told = (*RESERVED_HYPERPARAMETERS, "accelerator")  # as hyperparameters: not allowed, whatever they are
    texts = {name: hyperparameter_text(value) for name, value in hyperparameters.items() if name not in told}
    accelerator = known_or(lambda: spec.accelerator, None)
    return script_arguments(texts | ({"accelerator": accelerator} if accelerator else {}))


def _channels(spec: TrainingJobSpec) -> tuple[dict[str, str | None], bool]:
    """Channels and how their data is shared out, None where that is not known; and whether these are all channels."""
    found, is_all = dict[str, str | None](), True
    try:
        for name in spec.channels:
            found[name] = known_or(partial(_distribution, spec, name), None)
    except UnjudgedError:
        is_all = False
    return dict(sorted(found.items())), is_all


def _distribution(spec: TrainingJobSpec, channel: str) -> str | None:
    return spec.channels[channel].s3_data_distribution_type


def _machine_count(spec: TrainingJobSpec) -> int:
    """One where it is not known, and with an accelerator, which the settings refuse on several: no script minds one."""
    count = known_or(lambda: spec.resources.machine_count, 1)
    return 1 if known_or(lambda: spec.accelerator, None) else count
