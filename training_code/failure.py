"""What a training job says when it fails: one reason, in the log and in SageMaker's failure file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

FAILURE_REASON_LIMIT = 1024
"""Characters of the failure file that DescribeTrainingJob shows as FailureReason."""

_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_SECRET_VARIABLES = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class TrainingError(Exception):
    """A mistake the reader can mend: its message names the thing, what it is, and the cure."""


def shown(value: object, limit: int = 40) -> str:
    """`value` as it may stand in a message: quoted, and cut after `limit` characters."""
    text = str(value)
    return repr(text if len(text) <= limit else text[:limit] + "...")


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` without user information in addresses and without the values of known secret variables."""
    text = _USER_INFO.sub("", text)
    for name in _SECRET_VARIABLES:
        if value := environ.get(name, ""):
            text = text.replace(value, f"<{name}>")
    return text


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
