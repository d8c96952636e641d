"""What a training job says when it fails: one reason, in the log and in SageMaker's failure file."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

FAILURE_REASON_LIMIT = 1024
"""Characters of the failure file that DescribeTrainingJob shows as FailureReason."""

_USER_INFO = re.compile(r"(?<=://)\S*@")
"""To the last @: a password may hold one, or a /. What it takes of an address that has an @ further on, is no loss."""
SECRET_VARIABLES = "SECRET_VARIABLES"  # noqa: S105  # the name of a variable
"""Variable that names, with commas between, the variables that came from a secret."""
_SECRET_VARIABLES = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class TrainingError(Exception):
    """A mistake the reader can mend: its message names the thing, what it is, and the cure."""


@dataclass(frozen=True)
class Fault:
    """One thing that a job was told wrongly: a `hyperparameter`, an `environment variable`, a `channel`, an `argument`.

    `text` says what it is, what is allowed and the cure.
    """

    kind: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.text}"


class RefusedError(TrainingError):
    """Everything that a job was told wrongly, before it reads any data."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def shown(value: object, limit: int = 40) -> str:
    """`value` as it may stand in a message: quoted, and cut after `limit` characters."""
    text = str(value)
    return repr(text if len(text) <= limit else text[:limit] + "...")


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` without user information in addresses and without the values of known secret variables."""
    text = _USER_INFO.sub("", text)
    fetched = [name for name in environ.get(SECRET_VARIABLES, "").split(",") if len(environ.get(name, "")) > 3]
    # The longest first: one value may be part of another.
    names = sorted({*_SECRET_VARIABLES, *fetched}, key=lambda name: -len(environ.get(name, "")))
    for name in names:
        if value := environ.get(name, ""):
            # In an address a value may stand percent-encoded, in one of several ways.
            for form in (value, quote(value), quote(value, safe=""), quote_plus(value)):
                text = text.replace(form, f"<{name}>")
    return text


def reason_of_failure(work: Callable[[], None], environ: Mapping[str, str]) -> str:
    """Do `work`; why it failed, in words without secrets, and "" when it did not.

    The traceback of what nobody expected goes to standard error, without secrets as well. `environ` is looked at when
    something fails: `work` may have put secrets into it.
    """
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is shown, and no secret may be
        return reason_of(error, environ)
    return ""


def reason_of(error: BaseException, environ: Mapping[str, str]) -> str:
    """What an error says, without secrets; what nobody expected has its traceback on standard error."""
    reason = str(error)
    if not isinstance(error, TrainingError):
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        print(without_secrets(text, environ), end="", file=sys.stderr)
        reason = f"unexpected {type(error).__name__}: {error}"
    return without_secrets("; ".join([reason, *getattr(error, "__notes__", [])]), environ)


def failure_file(environ: Mapping[str, str]) -> Path:
    """Where SageMaker looks for the reason of a failure.

    The toolkit's `SM_OUTPUT_DIR` (`/opt/ml/output`), not `SM_OUTPUT_DATA_DIR` (`/opt/ml/output/data`, which is uploaded
    as an artifact); without the toolkit, `output` under `SAGEMAKER_BASE_DIR`.
    """
    base = environ.get("SAGEMAKER_BASE_DIR") or "/opt/ml"
    return Path(environ.get("SM_OUTPUT_DIR") or f"{base}/output") / "failure"


def write_failure(reason: str, environ: Mapping[str, str]) -> None:
    """Leave `reason` where SageMaker reads FailureReason; what does not fit into its 1024 characters is cut."""
    path = failure_file(environ)
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = reason if len(reason) <= FAILURE_REASON_LIMIT else reason[: FAILURE_REASON_LIMIT - 3] + "..."
    path.write_text(cut, encoding="utf-8")
