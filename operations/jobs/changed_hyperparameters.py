"""`--set name=value`: a hyperparameter changed for one run, judged as `training-jobs check` judges a stack's settings.

The program is asked what it would declare with the changed setting, so that its own validation and the training code's
judge say what is wrong, in their words, before anything is sent.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import yaml

from operations.jobs.deployed_schedules import Found
from operations.jobs.operated_stack import OperatedStack
from rehearsal.declaring.engine_yaml import load_yaml
from rehearsal.declaring.program import OfflineMocks, declare
from rehearsal.declaring.stack_configuration import as_engine_text, read_stack_configuration
from rehearsal.errors import OptionError, RehearsalError
from rehearsal.invoking.deployed_schedule import DeployedSchedule
from rehearsal.judging.judgement import declared_schedules

_JOBS = "training_jobs"
_DIGEST = "SOURCE_BUNDLE_DIGEST"


class SetError(RehearsalError):
    """`--set` cannot be followed; nothing was sent, and the message says why."""


class SetFormError(SetError, OptionError):
    """`--set` is not of the form `NAME=VALUE`, or names something twice."""


@dataclass(frozen=True)
class Changed:
    """Hyperparameters as the request has them, and what is to be said of how they were judged."""

    hyperparameters: Mapping[str, str]
    notes: tuple[str, ...] = ()


def read_set(texts: Sequence[str]) -> dict[str, Any]:
    """Hyperparameter -> value, from `name=value` texts; a value is read as the stack's YAML is.

    Raises:
        SetFormError: a text is of another form, or a name stands twice.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise SetFormError(f"--set got {text!r}; allowed: name=value, such as max_depth=7")
        if name in found:
            raise SetFormError(f"--set names {name} twice; name it once")
        try:
            found[name] = load_yaml(value, "--set")
        except yaml.YAMLError:
            raise SetFormError(
                f"--set {name}: got {value!r}; allowed: one YAML value, such as 7, auto or '1:2'"
            ) from None
    return found


def judged(stack: OperatedStack, job: str, found: Found, values: Mapping[str, Any]) -> Changed:
    """The changed hyperparameters of a schedule of the stack's job, if the program and the training code take them.

    Raises:
        SetError: they do not, or nobody can judge them.
    """
    schedule = found.deployed
    assert schedule is not None  # noqa: S101 - whoever chose it has seen to it
    configuration = read_stack_configuration(stack.project_dir, stack.name)
    key = f"{configuration.project}:{_JOBS}"
    jobs = json.loads(configuration.values.get(key) or "{}")
    if job not in jobs:
        raise SetError(
            f"--set: hyperparameters are judged by the stack's settings, and Pulumi.{stack.name}.yaml has no "
            f"{_JOBS}.{job}; change them in the program and run pulumi up"
        )
    settings = jobs[job]
    if found.name:
        settings = settings["further_schedules"][found.name]
    settings["hyperparameters"] = {**(settings.get("hyperparameters") or {}), **values}
    scope = schedule.scope
    mocks = OfflineMocks(region=scope.region, account_id=scope.account_id)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what the program itself prints is no answer
            declared = declare(
                stack.project_dir, stack.name, mocks, preview=True, with_values={key: as_engine_text(jobs)}
            )
    except pulumi.RunError as error:
        told = ", ".join(f"{name}={value}" for name, value in values.items())
        raise SetError(f"--set {told} is refused, nothing was sent. With it, {error}") from None
    for each in declared_schedules(declared.resources, scope):
        if each.arn == schedule.arn:
            return _changed(each, schedule, list(values))
    raise SetError(
        f"--set: the program of stack {stack.name} does not declare {schedule.arn}, so nobody can judge it; take the "
        "program that was deployed"
    )


def _changed(declared: DeployedSchedule, deployed: DeployedSchedule, names: Sequence[str]) -> Changed:
    wanted, sent = json.loads(declared.target_input), json.loads(deployed.target_input)
    told = {name: wanted["HyperParameters"][name] for name in names}
    digests = [each.get("Environment", {}).get(_DIGEST) for each in (wanted, sent)]
    note = "judged by your copy of the training code, which is another one than the deployed"
    return Changed(told, (note,) if digests[0] != digests[1] else ())
