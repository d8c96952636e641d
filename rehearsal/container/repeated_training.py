"""Train again what a training job trained, on this machine: only from files, and so that nothing leaves the machine.

The same toolkit runs over the same kind of tree as in a rehearsal, but nothing is uploaded: no checkpoint, no log
stream, no output. MLflow writes to files beside the tree, which go with it.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.container.code_channels import SUBMIT_DIRECTORY
from rehearsal.container.environment import Surroundings, run_toolkit
from rehearsal.container.files import ContainerFiles, Request
from rehearsal.container.packages import put_stand_ins
from rehearsal.container.process import Limits, ProcessOutcome
from rehearsal.sealed_environment import NO_ENDPOINT, sealed_environment

_NOT_AGAIN: Final = ("SCHEDULE", "PROMOTION_", "SECRET_ARN", "CHECKPOINT_LOCAL_PATH", "TRACKING_URI_")
"""Beginnings of the variables of a job that would make it a delivery, ask for a champion, a secret or a checkpoint."""

_OF_SEVERAL: Final = ("InstanceGroups", "InstancePreferences", "SelectedInstanceCount", "SelectedInstanceType")


def instance_count(described: Mapping[str, Any]) -> int:
    """How many instances a job ran on, those of all its instance groups together."""
    resources = described["ResourceConfig"]
    groups = resources.get("InstanceGroups") or [resources]
    # Of preferred types one was chosen, with its own count.
    return int(resources.get("SelectedInstanceCount") or sum(each.get("InstanceCount", 1) for each in groups))


def repeated_request(described: Mapping[str, Any], name: str, bundle: Path) -> dict[str, Any]:
    """The request of a job, from what DescribeTrainingJob says of it, under another name and with its bundle as a file.

    What the job would do for others is left out, and so is every variable that could lead a client to AWS. It has one
    instance: several grow, tree for tree, what one grows.
    """
    told = sealed_environment(described.get("Environment", {}), region="us-east-1", endpoint_url=NO_ENDPOINT)
    environment = {
        key: told[key]
        for key in described.get("Environment", {})
        if key in told and key != "TRACKING" and not key.startswith(_NOT_AGAIN)
    }
    if "SOURCE_BUNDLE_DIGEST" in environment:
        environment["SOURCE_BUNDLE_DIGEST"] = hashlib.sha256(bundle.read_bytes()).hexdigest()
    kept = {key: value for key, value in described.items() if key not in {"CheckpointConfig", "TrainingJobArn"}}
    resources = {key: value for key, value in described["ResourceConfig"].items() if key not in _OF_SEVERAL}
    return kept | {
        "TrainingJobName": name,
        "HyperParameters": {**described.get("HyperParameters", {}), SUBMIT_DIRECTORY: str(bundle)},
        "Environment": environment,
        "ResourceConfig": resources | {"InstanceCount": 1},
    }


def train_again(
    request: Request,
    files: ContainerFiles,
    container_environment: Path,
    region: str,
    on_line: Callable[[str], None],
) -> ProcessOutcome:
    """Run a repeated request over a tree that holds its channels already; there is no limit to its time.

    Raises:
        ContainerError: there is no container environment.
    """
    around = Surroundings(
        container_environment=container_environment,
        environment=sealed_environment(os.environ, region=region, endpoint_url=NO_ENDPOINT),
        swaps={
            # Files need no server and no package that the image lacks; that they are thrown away, MLflow must be told.
            "MLFLOW_TRACKING_URI": (files.base.parent / "mlflow").as_uri(),
            "MLFLOW_ALLOW_FILE_STORE": "true",
            "MLFLOW_EXPERIMENT_NAME": "reproduction",
            # Else the log would tell of a version of the team's model that nobody will find.
            "REGISTERED_MODEL_NAME": "reproduction",
        },
    )
    put_stand_ins(request, files, container_environment, on_line)
    arn = f"arn:aws:sagemaker:{region}:000000000000:training-job/{request['TrainingJobName']}"
    return run_toolkit(request, files, around, training_job_arn=arn, on_line=on_line, limits=Limits(math.inf))
