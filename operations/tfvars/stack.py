"""Makes a stack's settings of a Terraform module's variables, and says of each what it could not carry over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operations.tfvars.draft import Draft, Options, Variables
from operations.tfvars.file import TfvarsError
from operations.tfvars.parts import PARTS
from operations.tfvars.variables import UNKNOWN, VARIABLES


def draft_of(given: Mapping[str, Any], options: Options) -> Draft:
    """The stack that a file's variables make.

    Raises:
        TfvarsError: a value has the wrong type, or something is missing that a stack needs; all of that at once.
    """
    variables = Variables(given)
    draft = Draft(str(variables.of("project_name", str) or ""))
    for name, value in given.items():
        known = VARIABLES.get(name, UNKNOWN)
        if not known.is_carried and value is not None:
            draft.left[name] = known.note
    for step in PARTS:
        step(draft, variables, options)
    if missing := [f"{what}: is not in the file; {cure}" for what, cure in _missing(draft).items()]:
        raise TfvarsError("\n".join(["the file lacks what a stack needs:", *(f"  {line}" for line in missing)]))
    return draft


def _missing(draft: Draft) -> dict[str, str]:
    needed = {
        "project_name": (draft.name, 'add project_name = "…", the job\'s name'),
        "aws_region": (draft.region, 'add aws_region = "us-east-1", or whichever it is'),
        "output_data_s3_path": (draft.bucket, 'add output_data_s3_path = "s3://bucket/prefix/"'),
        "input_data_config": (draft.job.get("channels"), "add the channels that the jobs read"),
        "mlflow_tracking_server_arn or mlflow_tracking_uri": (draft.job.get("tracking"), "add where runs are recorded"),
        "training_image": (draft.job.get("training_image"), "add the image's URI"),
    }
    return {name: cure for name, (value, cure) in needed.items() if not value}
