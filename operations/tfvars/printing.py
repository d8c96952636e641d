"""`training-jobs from-tfvars`: print the stack that a file of Terraform variables makes, with what it leaves behind."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from components.aws_names import REGION
from components.job_args import JobSettingsError, ScheduledTrainingJobArgs
from components.job_settings import NAME, TrainingJobSettings, name_prefix, name_problems, region_problems
from components.judge_process import JudgeError, answers
from components.script_mode import hyperparameter_text, script_arguments
from components.shown_names import shown_name
from operations.tfvars.draft import Draft, Options
from operations.tfvars.file import TfvarsError, read_tfvars
from operations.tfvars.stack import draft_of

_NAMESPACE: Final = "scheduled-training"
_WIDTH: Final = 100
_SCHEMA: Final = "# yaml-language-server: $schema=schemas/pulumi-stack.schema.json"


def print_stack(project_dir: Path, file: Path, stack: str | None, options: Options) -> int:
    """Print the stack's YAML.

    Raises:
        TfvarsError: the file cannot be read, or its values make no stack that would pass a check.
    """
    given = read_tfvars(file)
    try:
        draft = draft_of(given, options)
    except TfvarsError as error:
        raise TfvarsError(f"{file}: {error}") from None
    name = stack or str(given.get("environment") or "staging")
    if not options.source:
        _leave_unknown_hyperparameters(draft, project_dir / "training_code" / "train.py")
    if problems := list(_problems(draft, name)):
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise TfvarsError(f"{file} makes a stack that would not pass a check:{lines}")
    sys.stdout.write(text_of(draft, name, file.name))
    return 0


def text_of(draft: Draft, stack: str, source: str) -> str:
    """The stack's file, with comments for what is not carried over, or not as it was."""
    lines = [_SCHEMA, *_comment(f"Pulumi.{stack}.yaml, from {shown_name(source)} by `training-jobs from-tfvars`.")]
    for title, entries in (("Carried over, but not as it was:", draft.changed), ("Not carried over:", draft.left)):
        if entries:
            lines += ["#", *_comment(title), *(line for each in entries.items() for line in _entry(*each))]
    return "\n".join(lines) + "\n" + _yaml(draft)


def _comment(text: str, indent: str = "") -> list[str]:
    wrapper = textwrap.TextWrapper(_WIDTH, "# ", f"# {indent}", break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(text)


def _entry(name: str, what: str) -> list[str]:
    return _comment(f"- {shown_name(name)}: {what}", indent="  ")


def _yaml(draft: Draft) -> str:
    job = {name: draft.job[name] for name in TrainingJobSettings.model_fields if draft.job.get(name) not in ({}, None)}
    job = {"schedule": job.pop("schedule"), **job}
    config: dict[str, Any] = {"aws:region": draft.region, f"{_NAMESPACE}:bucket": draft.bucket}
    config |= {f"{_NAMESPACE}:data_buckets": draft.data_buckets} if draft.data_buckets else {}
    config |= {f"{_NAMESPACE}:tags": draft.tags} if draft.tags else {}
    config[f"{_NAMESPACE}:training_jobs"] = {draft.name: job}
    # Where PyYAML may write Unicode it writes U+0085 as a line break, which is read as a blank.
    is_kept = "\x85" not in json.dumps(config, ensure_ascii=False)
    return yaml.safe_dump({"config": config}, sort_keys=False, allow_unicode=is_kept, width=_WIDTH)


def _problems(draft: Draft, stack: str) -> Iterator[str]:
    """What a check would say, as far as it is about one setting or a few."""
    if re.fullmatch(NAME, draft.name) is None:
        yield f"project_name: got {draft.name!r}; allowed: lower-case letters, digits and '-' between them, as in churn"
    else:
        yield from (f"project_name: {text}" for text in name_problems(name_prefix(draft.name, stack)))
    is_region = re.fullmatch(REGION, draft.region) is not None
    if not is_region:
        yield f"aws_region: got {draft.region!r}; allowed: the name of a region, such as us-east-1"
    try:
        args = ScheduledTrainingJobArgs(**draft.settings())
    except JobSettingsError as error:
        yield from map(str, error.problems)
    else:
        yield from map(str, region_problems(args, draft.region) if is_region else ())


def _leave_unknown_hyperparameters(draft: Draft, script: Path) -> None:
    """Leave out what the training code that comes along would refuse; its own words say why."""
    kept: dict[str, Any] = draft.job["hyperparameters"]
    while faults := _faults(kept, script):
        for name, text in faults.items():
            said = text.partition("; known are")[0]
            draft.left[f"hyperparameters.{name}"] = f"{said}; a script of your own takes it: --source DIRECTORY"
            del kept[name]


def _faults(hyperparameters: Mapping[str, Any], script: Path) -> dict[str, str]:
    texts = {name: hyperparameter_text(value) for name, value in hyperparameters.items()}
    try:
        (answer,) = answers(script, [{"arguments": script_arguments(texts), "environment": {}}])
    except JudgeError as error:
        raise TfvarsError(str(error)) from None
    return {each["name"]: each["text"] for each in answer["faults"] if each["name"] in hyperparameters}
