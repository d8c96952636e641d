"""What a request asks of the account: buckets, quotas, network, secrets, tracking. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.s3_location import bucket_of
from components.tracking_mode import AFTERWARDS, NONE
from rehearsal.container.code_channels import bundle_uri, is_code
from rehearsal.invoking.dated_channels import all_channels, uri_of

Request = Mapping[str, Any]

_TRAINING: Final = "{} for training job usage"
_SPOT: Final = "{} for spot training job usage"


def buckets_of(request: Request, artifact_store: str | None) -> list[tuple[str, bool]]:
    """The buckets of a job, and whether each has to be in its region: MLflow's own store need not."""
    uris = [*map(uri_of, all_channels(request)), request["OutputDataConfig"]["S3OutputPath"], bundle_uri(request)]
    uris.append(request.get("CheckpointConfig", {}).get("S3Uri", ""))
    own = dict.fromkeys((bucket_of(uri) for uri in uris if uri.startswith("s3://")), True)
    store = {bucket_of(artifact_store): False} if artifact_store else {}
    return list((store | own).items())


def quotas_of(request: Request) -> Iterator[tuple[str, int]]:
    """The quotas that a job's machines count against, by the names of Service Quotas, with the number of machines.

    A job that may choose among several types needs one of them only; nothing is asked for it.
    """
    resources = request.get("ResourceConfig", {})
    name = _SPOT if request.get("EnableManagedSpotTraining") else _TRAINING
    counts: dict[str, int] = {}
    for part in resources.get("InstanceGroups") or ([resources] if "InstanceType" in resources else []):
        quota = name.format(part["InstanceType"])
        counts[quota] = counts.get(quota, 0) + int(part["InstanceCount"])
    if not resources.get("TrainingPlanArn"):  # a plan has machines of its own
        yield from counts.items()


def network_of(request: Request) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Subnets and security groups of a job; None of a job outside of any VPC."""
    vpc = request.get("VpcConfig")
    return (tuple(vpc["Subnets"]), tuple(vpc["SecurityGroupIds"])) if vpc else None


def secrets_of(request: Request) -> list[str]:
    """ARNs of the secrets that a job reads."""
    values = request.get("Environment", {}).values()
    arns = (each for each in values if each.startswith("arn:") and each.split(":")[2] == "secretsmanager")
    return list(dict.fromkeys(arns))


def tracking_of(request: Request) -> str:
    """Where a job tracks: an ARN or an address; "" of a job that tracks nowhere."""
    told = request.get("Environment", {})
    if told.get("TRACKING") == NONE:
        return ""
    return str(told.get("TRACKING_URI_AFTERWARDS") or told.get("MLFLOW_TRACKING_URI", ""))


def tracks_itself(request: Request) -> bool:
    """Whether the container itself goes to MLflow."""
    told = request.get("Environment", {})
    return bool(tracking_of(request)) and told.get("TRACKING") != AFTERWARDS and not is_isolated(request)


def is_isolated(request: Request) -> bool:
    """Whether the container has no network."""
    return bool(request.get("EnableNetworkIsolation"))


def data_channels(request: Request) -> list[Mapping[str, Any]]:
    """The channels of S3 that bring data, rather than packages or the script."""
    return [each for each in all_channels(request) if uri_of(each) and not is_code(each, request)]
