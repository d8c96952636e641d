"""Asks the training code whether it would take a job's settings: before there is a job, and in the code's own words.

The code is asked as a process (`python train.py --judge-settings`, docs/adr/0025), once for all jobs of a directory.
Its answers are kept, by the digest of all that they follow from.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pulumi

from .aws_names import JobNames
from .job_code import Files
from .package_archives import is_packages_channel
from .script_mode import script_arguments, script_variables
from .script_request import script_environment, script_hyperparameters
from .source_bundle import SourceBundle
from .training_job_spec import TrainingJobSpec

MODE: Final = "--judge-settings"
_TIMEOUT_IN_SECONDS: Final = 120
_KEPT_MAX_COUNT: Final = 1000
_KEPT_VARIABLES: Final = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR"})
_NO_BUNDLE: Final = SourceBundle(b"", "")
_SETTING_OF_VARIABLE: Final = {
    "SM_CHANNEL_TRAINING": "channels",
    "PROMOTION_MINIMUM_METRICS": "promotion.minimum_metrics",
    "PROMOTION_MAXIMUM_METRICS": "promotion.maximum_metrics",
    "PROMOTION_MARGIN": "promotion.margin",
    "TRACKING": "tracking",
}


class JudgeError(pulumi.RunError):
    """The training code could not be asked, or gave no answer; the engine shows the message without a traceback."""


@dataclass(frozen=True)
class Judged:
    """What is wrong with the jobs' settings, a line each that begins with the setting, and what else is to be said."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def judge_settings(
    jobs: Mapping[str, tuple[TrainingJobSpec, JobNames]],
    sources: Mapping[str, Files],
    code_at: Mapping[str, Path],
    kept_in: Path,
) -> Judged:
    """Ask the code of all jobs (path of settings -> spec and names) about their settings.

    The path is the job's name, or behind that and a dot the settings of a further schedule, of which only what is not
    told of the job already is told.
    `sources` are the files of each source directory and `code_at` its place, by its name; answers are kept in the
    directory `kept_in`.

    Raises:
        JudgeError: code that judges settings could not be asked.
    """
    problems, notes = list[str](), list[str]()
    for name in dict.fromkeys(spec.source.directory for spec, _ in jobs.values()):
        own = {job: each for job, each in jobs.items() if each[0].source.directory == name}
        asked = {job: each for job, each in own.items() if each[0].source.is_judge}
        if silent := [job for job in own if job not in asked]:
            notes.append(
                f"hyperparameters of the code in {name}/ are not judged (training_jobs {', '.join(silent)}): it is "
                "your own, and source.judges_settings is not set"
            )
        for script in dict.fromkeys(spec.source.entry_point for spec, _ in asked.values()):
            group = {job: each for job, each in asked.items() if each[0].source.entry_point == script}
            code = _Code(code_at[name] / script, _digest_of(sources[name]), kept_in)
            answers = _ask(code, [_question(spec, names) for spec, names in group.values()])
            for (job, (spec, _)), answer in zip(group.items(), answers, strict=True):
                problems += _problems(job, spec, answer)
                notes += _notes(job, spec, answer)
    return Judged(tuple(_of_jobs_first(problems, jobs)), tuple(_of_jobs_first(notes, jobs)))


def _of_jobs_first(lines: Sequence[str], paths: Iterable[str]) -> Iterator[str]:
    """The lines without those of a further schedule that its job has as well."""
    further = {f"training_jobs.{path}.": f"training_jobs.{path.partition('.')[0]}." for path in paths if "." in path}
    for line in lines:
        start = next((path for path in further if line.startswith(path)), "")
        if not start or further[start] + line.removeprefix(start) not in lines:
            yield line


def _question(spec: TrainingJobSpec, names: JobNames) -> dict[str, Any]:
    """What the script would be started with, as far as it is known before there is an invocation."""
    environment = script_environment(spec, names, _NO_BUNDLE) | {"TRAINING_JOB_NAME": names.prefix}
    channels = {name: channel.s3_data_distribution_type for name, channel in sorted(spec.channels.items())}
    return {
        "arguments": script_arguments(script_hyperparameters(spec, names, _NO_BUNDLE)),
        "environment": environment | script_variables(channels, spec.resources.machine_count),
    }


def _problems(job: str, spec: TrainingJobSpec, answer: Mapping[str, Any]) -> Iterator[str]:
    for fault in answer["faults"]:
        setting, text = _setting(fault), str(fault["text"])
        value = spec.hyperparameters.get(fault["name"]) if fault["kind"] == "hyperparameter" else None
        if text.startswith("not known") and isinstance(value, str):
            value = None  # nobody knows what it is: it may be a secret
        got = "" if value is None or text.startswith("got ") else f"got {str(value)[:80]!r}; "
        yield f"training_jobs.{job}.{setting}: {got}{text}"


def _setting(fault: Mapping[str, str]) -> str:
    kind, name = fault["kind"], fault["name"]
    if kind == "hyperparameter":
        return "accelerator" if name == "accelerator" else f"hyperparameters.{name}"
    if kind == "channel":
        return f"channels.{name}"
    return (
        _SETTING_OF_VARIABLE.get(name, f"environment.{name}") if kind == "environment variable" else "hyperparameters"
    )


def _notes(job: str, spec: TrainingJobSpec, answer: Mapping[str, Any]) -> Iterator[str]:
    read = answer["channels"]
    if unread := [name for name in spec.channels if name not in read and not is_packages_channel(name)]:
        yield f"training_jobs.{job}.channels: {', '.join(unread)} is read by nothing; read are {', '.join(read)}"


@dataclass(frozen=True)
class _Code:
    """A script that judges settings, the digest of its directory, and where its answers are kept."""

    script: Path
    digest: str
    kept_in: Path


def _ask(code: _Code, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """An answer to each question, of which those that were never asked before are asked now, together."""
    kept_in = code.kept_in / "judged-settings.json"
    kept, keys = _read_kept(kept_in), [_key(code.digest, question) for question in questions]
    new = {key: question for key, question in zip(keys, questions, strict=True) if key not in kept}
    if new:
        kept |= dict(zip(new, _answers(code.script, list(new.values())), strict=True))
        _keep(kept_in, dict(list(kept.items())[-_KEPT_MAX_COUNT:]))
    return [kept[key] for key in keys]


def _answers(script: Path, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if name in _KEPT_VARIABLES}
    try:
        done = subprocess.run(
            [sys.executable, str(script), MODE],
            input=json.dumps(questions),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_IN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise JudgeError(f"{script} {MODE} gave no answer in {_TIMEOUT_IN_SECONDS} s; see what it waits for") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise JudgeError(
            f"{script} {MODE} cannot judge the settings: {last}; install the project's requirements.txt into "
            f"{sys.executable}, or mend the script"
        )
    try:
        answers = json.loads(done.stdout)
        if len(answers) != len(questions) or not all(map(_is_answer, answers)):
            raise ValueError
    except (ValueError, TypeError):
        raise JudgeError(
            f"{script} {MODE} answered {done.stdout.strip()[:80]!r}; expected a JSON list with an object for each of "
            f"{len(questions)} jobs, which has faults (a list of objects with kind, name and text) and channels (a "
            f"list of names); mend the script, or remove source.judges_settings"
        ) from None
    return list(answers)


def _is_answer(answer: object) -> bool:
    if not isinstance(answer, dict) or not isinstance(answer.get("channels"), list):
        return False
    faults = answer.get("faults")
    return isinstance(faults, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ("kind", "name", "text"))
        for each in faults
    )


def _key(digest: str, question: Mapping[str, Any]) -> str:
    parts = [digest, json.dumps(question, sort_keys=True), sys.version, sys.executable, *_versions()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _versions() -> Iterable[str]:
    """Of what judges together with the code: scikit-learn says which parameters its estimators take."""
    try:
        yield version("scikit-learn")
    except PackageNotFoundError:
        yield "none"


def _digest_of(files: Files) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _read_kept(path: Path) -> dict[str, Mapping[str, Any]]:
    """What was answered before; what is no such file, or damaged, was never answered."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {key: answer for key, answer in kept.items() if _is_answer(answer)}
    except (OSError, ValueError, AttributeError):
        return {}


def _keep(path: Path, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Whole or not at all; where it cannot be written, it is asked again next time."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(answers), encoding="utf-8")
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
