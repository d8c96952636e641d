"""The parts of a stack, each made of the Terraform variables that it has to do with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from components.job_settings import OWN_TAGS
from components.reserved_names import environment_problems
from components.s3_location import bucket_of, key_of
from components.tracking_mode import NONE
from components.training_images import SCIKIT_LEARN_VERSIONS
from operations.tfvars.channels import channels
from operations.tfvars.draft import Draft, Options, Variables, as_text
from operations.tfvars.file import TfvarsError
from operations.tfvars.members import members
from operations.tfvars.places import prefix, written
from operations.tfvars.watching import watch

_LONGEST_RUN: Final = 28 * 86400
_TAGS_MAX_COUNT: Final = 7
_SERVER: Final = re.compile(r"arn:[a-z-]+:sagemaker:([a-z0-9-]+):\d{12}:mlflow-tracking-server/(.+)")
_APP: Final = re.compile(r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:mlflow-app/.+")
_REGISTRY: Final = r"\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com"
_PREBUILT: Final = re.compile(rf"{_REGISTRY}(?:\.cn)?/sagemaker-scikit-learn:(.+)-cpu-py3")
_NULL: Final = "is null, which is none"
_OUTPUTS: Final = "training-outputs/"
_CHECKPOINTS: Final = "checkpoints/"


def _places(draft: Draft, variables: Variables, _options: Options) -> None:
    output = variables.of("output_data_s3_path", str) or ""
    given = (variables.of("s3_bucket_arn", str) or "").rpartition(":")[2]
    draft.bucket = bucket_of(output) if output else given
    if given and given != draft.bucket:
        draft.data_buckets[given] = {}
        draft.changed["s3_bucket_arn"] = "is not the bucket of output_data_s3_path, so it stands in data_buckets"
    draft.job["output"] = {"s3_path": prefix(draft, "output_data_s3_path", key_of(output) or _OUTPUTS)}
    if output and not key_of(output):
        draft.changed["output_data_s3_path"] = f"is a whole bucket; models go below {_OUTPUTS}"
    image = variables.of("training_image", str) or ""
    server = _SERVER.fullmatch(variables.of("mlflow_tracking_server_arn", str) or "")
    of_image = re.match(_REGISTRY, image)
    draft.region = variables.of("aws_region", str) or (server and server[1]) or (of_image and of_image[1]) or ""


def _machines(draft: Draft, variables: Variables, _options: Options) -> None:
    count = variables.of("instance_count", (int, float))
    draft.job["resources"] = {
        "instance_type": variables.of("instance_type", str),
        "instance_count": _whole(1 if count is None else count),
        "volume_size_in_gb": _whole(variables.of("volume_size_gb", (int, float))),
    }
    runtime = _whole(variables.of("max_runtime_seconds", (int, float)))
    if runtime > _LONGEST_RUN:
        draft.changed["max_runtime_seconds"] = f"{runtime} is more than 28 days, which is all that SageMaker takes"
        runtime = _LONGEST_RUN
    draft.job["stopping_condition"] = {"max_runtime_in_seconds": runtime}
    image = variables.of("training_image", str) or ""
    prebuilt = _PREBUILT.fullmatch(image)
    if prebuilt and prebuilt[2] in SCIKIT_LEARN_VERSIONS:
        draft.job["training_image"] = {"scikit_learn_version": prebuilt[2]}
    elif image:
        draft.job["training_image"] = {"uri": image}


def _spot(draft: Draft, variables: Variables, _options: Options) -> None:
    config = members(draft, variables, "checkpoint_config", ("S3Uri", "LocalPath"), "docs/configuration.md, checkpoint")
    if config:
        place = written(draft, "checkpoint_config", str(config.get("S3Uri") or ""), _CHECKPOINTS)
        draft.job["checkpoint"] = {"s3_path": place}
        if local := config.get("LocalPath"):
            draft.job["checkpoint"]["local_path"] = local
    if variables.of("enable_spot_training", bool):
        runtime = draft.job["stopping_condition"]["max_runtime_in_seconds"]
        draft.job["managed_spot_training"] = True
        draft.job["stopping_condition"]["max_wait_time_in_seconds"] = min(2 * runtime, _LONGEST_RUN)
        draft.job.setdefault("checkpoint", {"s3_path": _CHECKPOINTS})
        draft.changed["enable_spot_training"] = "waiting and training together may take twice the runtime: see to it"


def _isolation(draft: Draft, variables: Variables, _options: Options) -> None:
    if variables.of("enable_network_isolation", bool):
        draft.job["network_isolation"] = True
        draft.changed["enable_network_isolation"] = "runs are tracked afterwards, by training-jobs register"


def _schedule(draft: Draft, variables: Variables, _options: Options) -> None:
    is_off = variables.of("enable_scheduling", bool) is False
    if is_off:
        draft.changed["enable_scheduling"] = "there is always a schedule; this one is off"
    draft.job["schedule"] = {
        "expression": variables.of("schedule_expression", str),
        "time_zone": "UTC",
        "enabled": variables.of("schedule_enabled", bool) and not is_off,
    }


def _tracking(draft: Draft, variables: Variables, options: Options) -> None:
    arn, uri = variables.of("mlflow_tracking_server_arn", str), variables.of("mlflow_tracking_uri", str)
    if variables.of("enable_mlflow_integration", bool) is False:
        draft.job["tracking"] = NONE
        for name in ("mlflow_tracking_server_arn", "mlflow_tracking_uri"):
            if name in variables:
                draft.changed[name] = "is not used, because enable_mlflow_integration is false"
        return
    server = _SERVER.fullmatch(arn or uri or "")
    app = _APP.fullmatch(arn or uri or "")
    if server and server[1] != draft.region:
        raise TfvarsError(
            f"{'mlflow_tracking_server_arn' if arn else 'mlflow_tracking_uri'}: is of {server[1]}; allowed: a tracking "
            f"server of the stack's region, {draft.region}, because it is named without one; correct aws_region, or "
            "use a server there"
        )
    if server or app:
        draft.job["tracking"] = {"tracking_server": server[2]} if server else {"app": arn or uri}
        if arn and uri and uri != arn:
            draft.changed["mlflow_tracking_uri"] = "follows from the server"
    elif uri and not arn:
        draft.job["tracking"] = {"tracking_uri": uri}
    elif arn:
        raise TfvarsError(
            f"mlflow_tracking_server_arn: got {arn!r}; allowed: the ARN of a tracking server, "
            "arn:aws:sagemaker:<region>:<account>:mlflow-tracking-server/<name>, or of an MLflow App, …:mlflow-app/<id>"
        )
    if options.artifact_store and "tracking" in draft.job:
        draft.job["tracking"]["artifact_store"] = options.artifact_store


def _script(draft: Draft, variables: Variables, options: Options) -> None:
    if options.source:
        draft.job["source"] = {"directory": options.source}
    draft.job["hyperparameters"] = dict(variables.of("hyperparameters", dict) or {})
    given = variables.of("environment_variables", dict) or {}
    environment = {name: as_text(value) for name, value in given.items() if value is not None}
    draft.left |= {f"environment_variables.{name}": _NULL for name in given if name not in environment}
    for name in list(environment):
        if problem := next(environment_problems([name]), ""):
            draft.left[f"environment_variables.{name}"] = problem.removeprefix(f"environment.{name} ")
            del environment[name]
    draft.job["environment"] = environment
    if variables.of("enable_network_isolation", bool):
        draft.job["network_isolation"] = True
    of_vpc = ("Subnets", "SecurityGroupIds")
    if vpc := members(draft, variables, "vpc_config", of_vpc, "docs/configuration.md, network"):
        draft.job["network"] = {"subnets": vpc.get("Subnets"), "security_group_ids": vpc.get("SecurityGroupIds")}


def _tags(draft: Draft, variables: Variables, _options: Options) -> None:
    for name, value in (variables.of("tags", dict) or {}).items():
        if value is None:
            draft.left[f"tags.{name}"] = _NULL
        elif name.casefold() in OWN_TAGS:
            draft.left[f"tags.{name}"] = "is set by the stack itself, in lower case"
        elif len(draft.tags) == _TAGS_MAX_COUNT:
            draft.left[f"tags.{name}"] = "is one too many: seven are left of the ten that an S3 object takes"
        else:
            draft.tags[name] = as_text(value)


PARTS: Final[tuple[Callable[[Draft, Variables, Options], None], ...]] = (
    _places,
    _machines,
    _spot,
    _isolation,
    channels,
    _schedule,
    _tracking,
    watch,
    _script,
    _tags,
)


def _whole(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number
