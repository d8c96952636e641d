"""What a request asks of SageMaker that happens on AWS and not in a rehearsal, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Request = Mapping[str, Any]

_ASKED: Final = {
    "DebugHookConfig": "Debugger's hook is not configured: what smdebug would save is not saved",
    "DebugRuleConfigurations": "no rule of Debugger judges the job",
    "ProfilerConfig": "the machines are not profiled",
    "RetryStrategy": "an internal error of SageMaker's, after which it would try again, does not happen",
    "ExperimentConfig": "no SageMaker experiment records the job",
    "MlflowConfig": "SageMaker itself tells MLflow nothing",
    "ModelPackageConfig": "no model package is made",
}
"""Member of the request -> what does not happen."""
_SWITCHES: Final = {
    ("RemoteDebugConfig", "EnableRemoteDebug"): "no shell can be opened in the container",
    ("InfraCheckConfig", "EnableInfraCheck"): "the machines' health is not checked",
    ("SessionChainingConfig", "EnableSessionTagChaining"): "no session tags are handed on",
}
_RESOURCES: Final = {
    "KeepAlivePeriodInSeconds": "no warm pool waits for the next job",
    "InstanceGroups": "all instance groups are this one machine",
    "InstancePreferences": "the first of the preferred instance types is taken to be had",
    "TrainingPlanArn": "no training plan's machines are used",
    "InstancePlacementConfig": "there are no UltraServers",
}
_SECRETS_MANAGER: Final = ":secretsmanager:"
_OF_TRACKING: Final = "SECRET_ARN"


def not_imitated(request: Request, host_count: int = 1) -> Iterator[str]:
    """A line for each; several hosts share the objects of a channel out."""
    if request.get("EnableManagedSpotTraining"):
        yield "a spot interruption does not happen"
    channels = request.get("InputDataConfig", [])
    if host_count > 1 and any(_is_shared_out(channel) for channel in channels):
        yield "objects of a sharded channel go to the hosts in the order of their keys"
    if any("ShuffleConfig" in channel for channel in channels):
        yield "the order of a channel's objects is not shuffled"
    yield from (text for member, text in _ASKED.items() if _is_asked(request.get(member)))
    yield from (text for (member, name), text in _SWITCHES.items() if request.get(member, {}).get(name))
    resources = request.get("ResourceConfig", {})
    yield from (text for member, text in _RESOURCES.items() if resources.get(member))
    if request.get("StoppingCondition", {}).get("MaxPendingTimeInSeconds"):
        yield "nothing waits for a machine"
    told = request.get("Environment", {})
    if secrets := sorted(name for name, value in told.items() if _SECRETS_MANAGER in value and name != _OF_TRACKING):
        yield f"there are no secrets: the embedded AWS holds none for {', '.join(secrets)}"


def _is_shared_out(channel: Mapping[str, Any]) -> bool:
    source: Mapping[str, Any] = channel["DataSource"].get("S3DataSource", {})
    return source.get("S3DataDistributionType") == "ShardedByS3Key"


def _is_asked(value: object) -> bool:
    return bool(value) and value != {"DisableProfiler": True}
