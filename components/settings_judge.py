"""Asks the training code whether it would take a job's settings: before there is a job, and in the code's own words.

The code is asked as a process (`python train.py --judge-settings`, docs/adr/0025), once for all jobs of a script. It is
asked about settings that stand beside wrong ones as well (docs/adr/0065).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .aws_names import JobNames
from .fitting import UnjudgedError
from .job_code import Files
from .judge_process import JudgeError, JudgingCode, ask
from .judge_questions import question_beside_faults, question_of
from .package_archives import is_packages_channel
from .source_bundle import SourceBundleError, read_source_files, require_entry_point
from .training_job_spec import TrainingJobSpec

__all__ = ["Job", "JudgeError", "Judged", "judge_beside_faults", "judge_settings"]

Job = tuple[TrainingJobSpec, JobNames]
_SETTING_OF_VARIABLE: Final = {
    "SM_CHANNEL_TRAINING": "channels",
    "PROMOTION_MINIMUM_METRICS": "promotion.minimum_metrics",
    "PROMOTION_MAXIMUM_METRICS": "promotion.maximum_metrics",
    "PROMOTION_MARGIN": "promotion.margin",
    "TRACKING": "tracking",
}


@dataclass(frozen=True)
class Judged:
    """What is wrong with the jobs' settings, a line each that begins with the setting, and what else is to be said."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def judge_settings(
    jobs: Mapping[str, Job], sources: Mapping[str, Files], code_at: Mapping[str, Path], kept_in: Path
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
        for script, group in _by_script(asked):
            code = JudgingCode.of(code_at[name] / script, sources[name], kept_in)
            answers = ask(code, [question_of(spec, names).as_asked for spec, names in group.values()])
            for (job, (spec, _)), answer in zip(group.items(), answers, strict=True):
                problems += _problems(job, spec, answer["faults"])
                notes += _notes(job, spec, answer)
    return Judged(tuple(_of_jobs_first(problems, jobs)), tuple(_of_jobs_first(notes, jobs)))


def judge_beside_faults(jobs: Mapping[str, Job], place_of: Callable[[str], Path], kept_in: Path) -> list[str]:
    """Ask about settings beside others that are wrong: of jobs that lack these, or whose settings do not fit.

    `place_of` a source directory says where it is. What of the code itself is wrong is told as well.
    """
    problems, asked, sources = list[str](), dict[str, Job](), dict[str, Files]()
    for job, (spec, names) in jobs.items():
        try:
            source = spec.source
            directory, is_judge, script = source.directory, source.is_judge, source.entry_point
        except UnjudgedError:
            continue  # nobody knows whom to ask
        try:
            if directory not in sources:
                sources[directory] = read_source_files(place_of(directory))
            require_entry_point(sources[directory], script)
        except SourceBundleError as error:
            problems.append(_of_source(job, str(error)))
        else:
            asked |= {job: (spec, names)} if is_judge else {}
    for directory in sources:
        own = {job: each for job, each in asked.items() if each[0].source.directory == directory}
        for script, group in _by_script(own):
            code = JudgingCode.of(place_of(directory) / script, sources[directory], kept_in)
            problems += _beside_faults(code, group)
    return list(_of_jobs_first(problems, jobs))


def _beside_faults(code: JudgingCode, jobs: Mapping[str, Job]) -> Iterator[str]:
    questions = {job: question_beside_faults(spec, names) for job, (spec, names) in jobs.items()}
    # What code of one's own says of hyperparameters that nobody knows would be about something else.
    questions = {
        job: each for job, each in questions.items() if each.arguments is not None or jobs[job][0].source.is_shipped
    }
    try:
        answers = ask(code, [each.as_asked for each in questions.values()])
    except JudgeError as error:
        # Code of one's own may need what is left out here. It is asked again, and heard, when the others are mended.
        yield from (_of_source(job, str(error)) for job in questions if jobs[job][0].source.is_shipped)
        return
    for (job, question), answer in zip(questions.items(), answers, strict=True):
        yield from _problems(job, jobs[job][0], filter(question.is_answered_by, answer["faults"]))


def _of_source(job: str, text: str) -> str:
    """A sentence about the code, as one of the setting that it names."""
    setting, what = re.fullmatch(r"(?:(source\.\w+) )?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr] # anything matches
    return f"training_jobs.{job}.{setting or 'source'}: {what}"


def _by_script(jobs: Mapping[str, Job]) -> Iterator[tuple[str, Mapping[str, Job]]]:
    """The jobs of one directory, by what is started of it."""
    for script in dict.fromkeys(spec.source.entry_point for spec, _ in jobs.values()):
        yield script, {job: each for job, each in jobs.items() if each[0].source.entry_point == script}


def _of_jobs_first(lines: Sequence[str], paths: Iterable[str]) -> Iterator[str]:
    """The lines without those of a further schedule that its job has as well."""
    further = {f"training_jobs.{path}.": f"training_jobs.{path.partition('.')[0]}." for path in paths if "." in path}
    for line in lines:
        start = next((path for path in further if line.startswith(path)), "")
        if not start or further[start] + line.removeprefix(start) not in lines:
            yield line


def _problems(job: str, spec: TrainingJobSpec, faults: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for fault in faults:
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
