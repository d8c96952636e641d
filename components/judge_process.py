"""Asks code that judges settings, as a process: `python train.py --judge-settings`, once for all jobs of a script.

Its answers are kept, by the digest of all that they follow from.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pulumi

from .job_code import Files

MODE: Final = "--judge-settings"
_TIMEOUT_IN_SECONDS: Final = 120
_KEPT_MAX_COUNT: Final = 1000
_KEPT_VARIABLES: Final = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR"})


class JudgeError(pulumi.RunError):
    """The training code could not be asked, or gave no answer; the engine shows the message without a traceback."""


@dataclass(frozen=True)
class JudgingCode:
    """A script that judges settings, the digest of its directory, and where its answers are kept."""

    script: Path
    digest: str
    kept_in: Path

    @classmethod
    def of(cls, script: Path, files: Files, kept_in: Path) -> "JudgingCode":
        """A script in a directory with these files."""
        return cls(script, _digest_of(files), kept_in)


def ask(code: JudgingCode, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """An answer to each question, of which those that were never asked before are asked now, together.

    Raises:
        JudgeError: the code could not be asked, or gave no answer.
    """
    kept_in = code.kept_in / "judged-settings.json"
    kept, keys = _read_kept(kept_in), [_key(code.digest, question) for question in questions]
    new = {key: question for key, question in zip(keys, questions, strict=True) if key not in kept}
    if new:
        kept |= dict(zip(new, answers(code.script, list(new.values())), strict=True))
        _keep(kept_in, dict(list(kept.items())[-_KEPT_MAX_COUNT:]))
    return [kept[key] for key in keys]


def answers(script: Path, questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What a script answers now: in an environment without credentials, and in a limited time.

    Raises:
        JudgeError: it could not be asked, or gave no answer.
    """
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
        told = json.loads(done.stdout)
        if len(told) != len(questions) or not all(map(_is_answer, told)):
            raise ValueError
    except (ValueError, TypeError):
        raise JudgeError(
            f"{script} {MODE} answered {done.stdout.strip()[:80]!r}; expected a JSON list with an object for each of "
            f"{len(questions)} jobs, which has faults (a list of objects with kind, name and text) and channels (a "
            f"list of names); mend the script, or remove source.judges_settings"
        ) from None
    return list(told)


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
        with suppress(OSError):
            partial.unlink()
