"""Why a training job did not succeed, in one sentence, and the command that looks further.

What SageMaker calls the kind of a failure stands at the beginning of FailureReason, as in `AlgorithmError: …`. AWS has
no list of them: these are those that its own tools and its users report. What begins otherwise is shown as it is. What
the training code itself says is a plain sentence with its cure already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from operations.jobs.durations import in_words
from operations.jobs.history import INTERRUPTED, SUCCESS, JobRun

_PREFIX: Final = re.compile(r"(?:(?P<kind>[A-Za-z]+Error): ?)?(?P<text>.*)", re.DOTALL)
_EXIT_CODE: Final = re.compile(r",? ?exit code: (?P<code>\d+)$", re.IGNORECASE)
_SCRIPT_FAILED: Final = re.compile(r"^(ExecuteUserScriptError|Framework Error|ExitCode)\b")
"""How the training toolkit begins its own words, for a script that left none."""
_PIP_FAILED: Final = re.compile(r"^(InstallRequirementsError|InstallModuleError)\b")
"""As above, where pip failed before the script. Source: sagemaker_training/errors.py."""
_KILLED: Final = 137
"""Exit code of a process that SIGKILL ended: 128 and the signal's number."""
_LONGEST: Final = 400
"""Characters of a text of others: more is in the log."""
_DISK: Final = ("Insufficient disk space", "No space left on device")
"""What SageMaker says of a volume that is full (sagemaker-python-sdk issue 128), and what Python says of it."""
_OF_WHAT_IT_NEEDS: Final = re.compile(
    r"^MLflow at \S+ \(MLFLOW_TRACKING_URI\) |^secret \S+ \(SECRET_ARN\): (is empty|cannot be read)"
)
"""How the training code says that MLflow or its secret failed it, which `training-jobs doctor` looks at as well.

Source: training_code/scheduled_job/connection.py and secret.py.
"""
_ITS_END: Final = 120
"""So many of them are of its end."""
_MEMORY: Final = ("more memory", "Out of Memory", "out of memory", "MemoryError", "OutOfMemory")


@dataclass(frozen=True)
class Reason:
    """One sentence, and what `training-jobs` is to be asked next: "" where there is nothing more to see."""

    words: str
    command: str = ""


def reason_of(run: JobRun) -> Reason | None:
    """Why a job has not succeeded, or does not go on; None of one that has, or is under way."""
    if run.status in _OF_ENDED:
        return _OF_ENDED[run.status](run)
    if run.status == "Stopping":
        return Reason("it is being stopped: it has 120 s to end by itself")
    if run.secondary_status == INTERRUPTED:
        return Reason("its spot machines were taken away: it goes on when there are others", f"logs {run.name}")
    if run.secondary_status == "Pending":
        return Reason("it waits for machines")
    return None


def unregistered(run: JobRun) -> Reason | None:
    """What is left to do for a job of which MLflow has no version; None where that is as it should be."""
    if run.status == SUCCESS and run.tracks_afterwards:
        return Reason("it reached no MLflow itself, and MLflow has no version of it yet", f"register {run.name}")
    return None


def _stopped(run: JobRun) -> Reason:
    logs = f"logs {run.name}"
    if run.secondary_status == "MaxRuntimeExceeded":
        return Reason(
            f"it was stopped at its limit of {_limit(run.max_runtime_seconds)}: raise "
            "stopping_condition.max_runtime_in_seconds, or see in its log what took so long",
            logs,
        )
    if run.secondary_status == "MaxWaitTimeExceeded":
        return Reason(
            f"it was stopped after {_limit(run.max_wait_seconds)} of waiting for spot machines and training: raise "
            "stopping_condition.max_wait_time_in_seconds, or train without managed_spot_training",
            logs,
        )
    return Reason("somebody stopped it, with training-jobs stop or otherwise", logs)


def _limit(seconds: int | None) -> str:
    return in_words(timedelta(seconds=seconds)) if seconds is not None else "its stopping condition"


def _failed(run: JobRun) -> Reason:
    found = _PREFIX.fullmatch(run.failure_reason.strip())
    assert found is not None  # noqa: S101 - it takes any text
    kind, text = found["kind"] or "", found["text"].strip()
    if kind == "AlgorithmError":
        return _of_the_code(run, text)
    if kind == "ClientError":
        return _of_the_request(run, text)
    if kind == "CapacityError":
        machine = f"type {run.instance_type}" if run.instance_type else "the type that was asked for"
        return Reason(
            f"AWS had no machine of {machine} to spare: run it again later, or name another resources.instance_type",
            "run",
        )
    if kind == "InternalServerError":
        return Reason("a fault of SageMaker's own: run it again; if it stays, ask AWS Support", "run")
    return Reason(_cut(run.failure_reason) or "SageMaker says no reason", f"logs {run.name}")


def _of_the_code(run: JobRun, text: str) -> Reason:
    """What failed in the container; the exit code is the training toolkit's, whatever the script's."""
    logs = f"logs {run.name}"
    code = _EXIT_CODE.search(text)
    said = _EXIT_CODE.sub("", text).strip().rstrip(",").strip()
    if f"training-jobs register {run.name}" in said:
        return Reason(_cut(said), f"register {run.name}")
    if found := _of_its_machine(run, said, 0 if code is None else int(code["code"])):
        return found
    if not said or _SCRIPT_FAILED.search(said):
        number = f" with exit code {code['code']}" if code else ""
        return Reason(f"the script ended{number} and left no reason of its own: its log has it", logs)
    if said.startswith("unexpected "):
        return Reason(f"the training code met what it does not expect: {_cut(said.removeprefix('unexpected '))}", logs)
    return Reason(_cut(said), "doctor" if _OF_WHAT_IT_NEEDS.search(said) else logs)


def _of_its_machine(run: JobRun, said: str, code: int) -> Reason | None:
    """What the container lacked: memory, disk space, packages; None where it was something else."""
    if _mentions_memory(said) or code == _KILLED:
        return _memory(run)
    if _mentions_disk(said):
        return _disk(run)
    if _PIP_FAILED.search(said):
        return Reason(
            "pip could not install the code's packages, so the script was never started: without a route to a package "
            "index set source.packages to archive; otherwise the log has pip's own words",
            f"logs {run.name}",
        )
    return None


def _of_the_request(run: JobRun, text: str) -> Reason:
    """What SageMaker could not do for the job: bring its data or its image, keep its model."""
    said = re.sub(r"^ClientError: ?", "", text)
    if found := _of_its_machine(run, said, 0):
        return found
    for beginning, words in (
        ("Cannot pull algorithm container", "SageMaker could not pull the training image"),
        ("SageMaker was unable to assume the role", "SageMaker may not assume the execution role"),
        ("Data download failed", "SageMaker could not bring the data of a channel"),
        ("Failed to download data", "SageMaker could not bring the data of a channel"),
        ("Artifact upload failed", "SageMaker could not put the model into S3"),
    ):
        if said.startswith(beginning):
            return Reason(f"{words}: {_cut(said.removeprefix(beginning).lstrip(':. '))}".rstrip(": "), "doctor")
    return Reason(f"SageMaker could not do what the job asks for: {_cut(said)}", "doctor")


def _memory(run: JobRun) -> Reason:
    where = f" of {run.instance_type}" if run.instance_type else ""
    return Reason(
        f"the memory{where} was not enough, or the process was killed: name a resources.instance_type with more, or "
        "train on less data",
        f"logs {run.name}",
    )


def _disk(run: JobRun) -> Reason:
    return Reason(
        "the job's volume was full: raise resources.volume_size_in_gb, or bring less data",
        f"logs {run.name}",
    )


def _mentions_disk(text: str) -> bool:
    return any(each in text for each in _DISK)


def _mentions_memory(text: str) -> bool:
    return any(each in text for each in _MEMORY)


_OF_ENDED: Final[Mapping[str, Callable[[JobRun], Reason]]] = {"Failed": _failed, "Stopped": _stopped}


def _cut(text: str) -> str:
    """On one line, and not longer than a person reads: without its middle, as the cure stands at the end."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    start = line[: _LONGEST - _ITS_END].rpartition(" ")[0] or line[: _LONGEST - _ITS_END]
    return f"{start} … {line[-_ITS_END:].partition(' ')[2] or line[-_ITS_END:]}"
