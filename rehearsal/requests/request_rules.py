"""Rules of AWS operations that relate several members, which no service model states."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

TARGET_INPUT_MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class RequestProblem:
    """One thing that AWS would refuse.

    `path` is where (`InputDataConfig[0].ChannelName`; empty for the request as a whole), `got` the value as shown to a
    person (shortened), `allowed` what would be accepted.
    """

    path: str
    got: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.path or 'the request'}: got {self.got}; allowed: {self.allowed}"


@dataclass(frozen=True)
class RequestRule:
    """One rule: the operation it belongs to, where AWS states it, and what finds a breach of it."""

    service: str
    operation: str
    source: str
    breaches: Callable[[Mapping[str, Any]], Iterator[RequestProblem]]


def broken_rules(service: str, operation: str, request: Mapping[str, Any]) -> tuple[RequestProblem, ...]:
    """Judge `request` by the rules of this operation.

    Members of the wrong type count as absent: `check_request` reports them already.
    """
    return tuple(
        problem
        for rule in RULES
        if (rule.service, rule.operation) == (service, operation)
        for problem in rule.breaches(request)
    )


def _spot_waiting_time(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    path = "StoppingCondition.MaxWaitTimeInSeconds"
    stopping = request.get("StoppingCondition")
    stopping = stopping if isinstance(stopping, Mapping) else {}
    wait, runtime = _integer(stopping, "MaxWaitTimeInSeconds"), _integer(stopping, "MaxRuntimeInSeconds")
    if request.get("EnableManagedSpotTraining") is not True:
        if wait is not None:
            yield RequestProblem(path, str(wait), "nothing, unless EnableManagedSpotTraining is true")
    elif wait is None:
        yield RequestProblem(path, "nothing", "a value, because EnableManagedSpotTraining is true")
    elif runtime is not None and wait < runtime:
        yield RequestProblem(path, str(wait), f"at least MaxRuntimeInSeconds, which is {runtime}")


def _streams(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    """What only a channel with the input mode Pipe may have, and what only augmented manifests have."""
    algorithm, channels = request.get("AlgorithmSpecification"), request.get("InputDataConfig")
    default = algorithm.get("TrainingInputMode") if isinstance(algorithm, Mapping) else None
    for index, channel in enumerate(channels if isinstance(channels, list) else ()):
        if not isinstance(channel, Mapping):
            continue
        path, mode = f"InputDataConfig[{index}]", channel.get("InputMode", default)
        mode = mode if isinstance(mode, str) else "not set"
        if mode != "Pipe":
            for name, alone in (("CompressionType", "Gzip"), ("RecordWrapperType", "RecordIO")):
                if channel.get(name) == alone:
                    yield RequestProblem(f"{path}.{name}", alone, f"None, because InputMode is {mode}")
        data = channel.get("DataSource")
        source = data.get("S3DataSource") if isinstance(data, Mapping) else None
        if not isinstance(source, Mapping):
            continue
        is_augmented, place = source.get("S3DataType") == "AugmentedManifestFile", f"{path}.DataSource.S3DataSource"
        if mode == "FastFile" and source.get("S3DataType") == "ManifestFile":
            yield RequestProblem(f"{place}.S3DataType", "ManifestFile", "S3Prefix, because InputMode is FastFile")
        if is_augmented and mode != "Pipe":
            allowed = f"S3Prefix{'' if mode == 'FastFile' else ' or ManifestFile'}, because InputMode is {mode}"
            yield RequestProblem(f"{place}.S3DataType", "AugmentedManifestFile", allowed)
        if is_augmented != bool(source.get("AttributeNames")):
            got, allowed = ("nothing", "names, because") if is_augmented else ("names", "nothing, unless")
            yield RequestProblem(f"{place}.AttributeNames", got, f"{allowed} S3DataType is AugmentedManifestFile")


def _file_systems(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    """A channel is of S3 or of a file system, and the latter is mounted from inside a VPC."""
    channels = request.get("InputDataConfig")
    for index, channel in enumerate(channels if isinstance(channels, list) else ()):
        data = channel.get("DataSource") if isinstance(channel, Mapping) else None
        if not isinstance(data, Mapping) or "FileSystemDataSource" not in data:
            continue
        path = f"InputDataConfig[{index}].DataSource"
        if len(data) > 1:
            yield RequestProblem(path, " and ".join(sorted(data)), "one of them")
        if not request.get("VpcConfig"):
            allowed = "S3DataSource, because the request has no VpcConfig"
            yield RequestProblem(path, "FileSystemDataSource", allowed)


def _warm_pool(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    resources = request.get("ResourceConfig")
    seconds = _integer(resources, "KeepAlivePeriodInSeconds") if isinstance(resources, Mapping) else None
    if seconds and request.get("EnableManagedSpotTraining") is True:
        allowed = "nothing or 0, because EnableManagedSpotTraining is true"
        yield RequestProblem("ResourceConfig.KeepAlivePeriodInSeconds", str(seconds), allowed)


def _machines(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    """One kind of machines; groups and preferences with what goes with them."""
    resources = request.get("ResourceConfig")
    if not isinstance(resources, Mapping):
        return
    kinds = [name for name in ("InstanceType", "InstanceGroups", "InstancePreferences") if resources.get(name)]
    if len(kinds) > 1:
        yield RequestProblem("ResourceConfig", " and ".join(kinds), "one of them")
    seconds = _integer(resources, "KeepAlivePeriodInSeconds")
    if seconds and resources.get("InstanceGroups"):
        allowed = "nothing or 0, because there are InstanceGroups"
        yield RequestProblem("ResourceConfig.KeepAlivePeriodInSeconds", str(seconds), allowed)
    if resources.get("InstancePreferences") and request.get("EnableManagedSpotTraining") is True:
        allowed = "nothing, because EnableManagedSpotTraining is true"
        yield RequestProblem("ResourceConfig.InstancePreferences", "preferences", allowed)


def _isolation(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    debug = request.get("RemoteDebugConfig")
    is_open = isinstance(debug, Mapping) and debug.get("EnableRemoteDebug") is True
    if is_open and request.get("EnableNetworkIsolation") is True:
        allowed = "false, because EnableNetworkIsolation is true"
        yield RequestProblem("RemoteDebugConfig.EnableRemoteDebug", "true", allowed)


def _image(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    algorithm, path = request.get("AlgorithmSpecification"), "AlgorithmSpecification"
    if not isinstance(algorithm, Mapping):
        return
    if ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
        got = "both" if "TrainingImage" in algorithm else "neither"
        yield RequestProblem(path, got, "either TrainingImage or AlgorithmName")
    config = algorithm.get("TrainingImageConfig")
    if not isinstance(config, Mapping):
        return
    path, mode = f"{path}.TrainingImageConfig", config.get("TrainingRepositoryAccessMode")
    if mode == "Vpc" and not request.get("VpcConfig"):
        yield RequestProblem(f"{path}.TrainingRepositoryAccessMode", "Vpc", "Platform, unless there is a VpcConfig")
    if mode == "Platform" and "TrainingRepositoryAuthConfig" in config:
        allowed = "nothing, unless TrainingRepositoryAccessMode is Vpc"
        yield RequestProblem(f"{path}.TrainingRepositoryAuthConfig", "a function", allowed)


def _target_input_size(request: Mapping[str, Any]) -> Iterator[RequestProblem]:
    target = request.get("Target")
    text = target.get("Input") if isinstance(target, Mapping) else None
    size = len(text.encode()) if isinstance(text, str) else 0
    if size > TARGET_INPUT_MAX_BYTES:
        yield RequestProblem("Target.Input", f"{size} bytes", f"at most {TARGET_INPUT_MAX_BYTES} bytes (256 KB)")


def _integer(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


RULES: Final = (
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker API reference, StoppingCondition and CreateTrainingJob.EnableManagedSpotTraining",
        _spot_waiting_time,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker API reference, Channel.CompressionType, Channel.RecordWrapperType and S3DataSource.S3DataType; "
        "Developer Guide, 'Setting up training jobs to access datasets': FastFile takes no manifests",
        _streams,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker API reference, DataSource and FileSystemDataSource; Developer Guide, access to an Amazon VPC",
        _file_systems,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker Developer Guide, managed warm pools, considerations: not with spot training",
        _warm_pool,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker API reference, ResourceConfig; Developer Guide, managed warm pools, considerations: not with groups",
        _machines,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker Developer Guide, remote debugging, considerations: not in an isolated container",
        _isolation,
    ),
    RequestRule(
        "sagemaker",
        "CreateTrainingJob",
        "SageMaker API reference, AlgorithmSpecification.AlgorithmName, and Developer Guide, 'Adapt your training job "
        "to access images in a private Docker registry'",
        _image,
    ),
    RequestRule(
        "scheduler",
        "CreateSchedule",
        "EventBridge Scheduler User Guide, quotas: invocation payload",
        _target_input_size,
    ),
)
