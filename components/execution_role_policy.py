"""What the execution role may do: what a training job of one of these specs needs, and nothing else.

Sources: SageMaker Developer Guide, "CreateTrainingJob API: execution role permissions" and "Use checkpoints";
Service Authorization Reference (Amazon S3, AWS KMS, Amazon EC2).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from .aws_names import JobNames
from .data_buckets import DataBucket
from .dated_paths import dated_pattern
from .iam_policies import allow
from .image_permissions import image_permissions
from .isolation_fit import tracking_inside
from .options_permissions import REMOTE_DEBUG_ACTIONS, option_permissions, read_by_rules
from .request_places import deliveries_uri, source_bundle_prefix
from .s3_location import bucket_of, key_of
from .statement_union import Statement, united
from .tracking_permissions import tracking_permissions
from .training_job_spec import TrainingJobSpec
from .written_places import written_prefixes

METRICS_NAMESPACE: Final = "/aws/sagemaker/TrainingJobs"
LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"
_ONLY_WILDCARD_EC2 = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
WILDCARD_REASONS: Final = {
    "ecr:GetAuthorizationToken": "a token is for the registry, not for a repository",
    "cloudwatch:PutMetricData": "metrics have no ARN; the namespace condition takes its place",
    **dict.fromkeys(REMOTE_DEBUG_ACTIONS, "Systems Manager's channels have no ARN"),
    **dict.fromkeys(_ONLY_WILDCARD_EC2, "EC2's Describe actions know no resources"),
}
"""Every action that stands on Resource "*", with its reason; no other does."""


def execution_permissions(
    spec: TrainingJobSpec,
    names: JobNames,
    data_buckets: Mapping[str, DataBucket] = MappingProxyType({}),
    further: Iterable[TrainingJobSpec] = (),
) -> list[Statement]:
    """All statements of the role's policy.

    `data_buckets` are those that channels may read from beside the stack's; `further` is what further schedules start
    with the same role.
    """
    return united([_execution_permissions(each, names, data_buckets) for each in (spec, *further)])


def _execution_permissions(
    spec: TrainingJobSpec, names: JobNames, data_buckets: Mapping[str, DataBucket]
) -> list[Statement]:
    return [
        *_s3(spec, names),
        *image_permissions(spec, names),
        *_logs_and_metrics(names),
        *tracking_permissions(spec, names),
        *_network(spec, names),
        *_kms(spec, names),
        *_keys_of_data_buckets(spec, names, data_buckets),
        *option_permissions(spec, names),
    ]


def _s3(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """Read what the job reads, write what it writes, by prefix; list only those prefixes."""
    checkpoints = [f"{spec.checkpoint.s3_path}{names.prefix}/"] if spec.checkpoint else []
    tracking = tracking_inside(spec)
    artifacts = [tracking.artifact_store] if tracking and tracking.artifact_store else []
    # Words of what was delivered, which jobs of the same invocation read; to write them is to write below the output.
    deliveries = list(filter(None, [deliveries_uri(spec, names)]))
    channels = [uri for _, channel in sorted(spec.channels.items()) for uri in channel.read_uris]
    if spec.source.brings_packages:
        # All archives, as with bundles: a job that starts again reads those of the day on which it started.
        channels.append(spec.source.packages_prefix)
    code = [source_bundle_prefix(spec, names)] if spec.network_isolation else []
    rules = read_by_rules(spec)
    reads = [*channels, source_bundle_prefix(spec, names), *checkpoints, *artifacts, *deliveries, *rules]
    writes = [spec.output.s3_path, *checkpoints, *artifacts, *written_prefixes(spec).values()]
    statements = [
        allow("ReadObjects", ["s3:GetObject"], _objects(reads, names)),
        allow("WriteObjects", ["s3:PutObject", "s3:AbortMultipartUpload"], _objects(writes, names)),
    ]
    if checkpoints:
        # SageMaker mirrors the checkpoint directory: a file deleted there is deleted in S3.
        statements.append(allow("PruneCheckpoints", ["s3:DeleteObject"], _objects(checkpoints, names)))
    listed: defaultdict[str, list[str]] = defaultdict(list)
    for uri in dict.fromkeys([*channels, *code, *checkpoints, *artifacts, *deliveries, *rules]):
        listed[bucket_of(uri)].append(_pattern(uri))
    for number, (bucket, prefixes) in enumerate(listed.items(), start=1):
        condition = {"StringLike": {"s3:prefix": list(dict.fromkeys(prefixes))}}
        statements.append(allow(f"ListPrefixes{number}", ["s3:ListBucket"], _s3_arn(bucket, names), condition))
    return statements


def _objects(uris: Iterable[str], names: JobNames) -> list[str]:
    # Once each: two channels may read other dates of the same prefix.
    return list(dict.fromkeys(f"{_s3_arn(bucket_of(uri), names)}/{_pattern(uri)}" for uri in uris))


def _pattern(uri: str) -> str:
    """The keys that a location covers: all that begin with a prefix, which ends with `/`, or the one object.

    A date in it may be any date.
    """
    return dated_pattern(key_of(uri)) + ("*" if uri.endswith("/") else "")


def _s3_arn(bucket: str, names: JobNames) -> str:
    return f"arn:{names.scope.partition}:s3:::{bucket}"


def _logs_and_metrics(names: JobNames) -> list[Statement]:
    log_group = names.scope.arn("logs", f"log-group:{LOG_GROUP}")
    namespace = {"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}}
    return [
        # CloudWatch Logs names a group with and without its ":*", depending on the action.
        allow("UseLogGroup", ["logs:CreateLogGroup", "logs:DescribeLogStreams"], [log_group, f"{log_group}:*"]),
        allow(
            "WriteLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            f"{log_group}:log-stream:{names.prefix}-*",
        ),
        allow("PutMetrics", ["cloudwatch:PutMetricData"], "*", namespace),
    ]


def _network(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """Put network interfaces into the declared subnets and security groups."""
    if spec.network is None:
        return []
    interfaces = names.scope.arn("ec2", "network-interface/*")
    places = [names.scope.arn("ec2", f"subnet/{subnet}") for subnet in spec.network.subnets]
    groups = [names.scope.arn("ec2", f"security-group/{group}") for group in spec.network.security_group_ids]
    actions = [
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
    ]
    return [
        allow("CreateNetworkInterfaces", ["ec2:CreateNetworkInterface"], [interfaces, *places, *groups]),
        allow("ManageNetworkInterfaces", actions, interfaces),
        allow("DescribeNetwork", _ONLY_WILDCARD_EC2, "*"),
    ]


def _kms(spec: TrainingJobSpec, names: JobNames) -> list[Statement]:
    """Each customer-managed key by its ARN, and only by way of the service that uses it."""
    statements: list[Statement] = []
    volume_key, output_key = spec.resources.volume_kms_key_arn, spec.output.kms_key_arn
    if volume_key:
        condition: dict[str, Any] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements.append(allow("EncryptVolumes", ["kms:CreateGrant"], volume_key, condition))
    if output_key:
        actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
        statements.append(allow("EncryptOutput", actions, output_key, _via_s3(names)))
    # S3 asks with the job's permissions: to decrypt what it reads, and for the key of each object it writes.
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    keys = dict.fromkeys(spec.data_kms_key_arns)
    for number, key in enumerate(keys, start=1):
        statements.append(allow(f"UseDataKey{number}", actions, key, _via_s3(names)))
    return statements


def _keys_of_data_buckets(
    spec: TrainingJobSpec, names: JobNames, data_buckets: Mapping[str, DataBucket]
) -> list[Statement]:
    """The key of each data bucket that this job reads from, for reading only."""
    read = {bucket_of(uri) for channel in spec.channels.values() for uri in channel.read_uris}
    keys = dict.fromkeys(data_buckets[name].kms_key_arn for name in sorted(read & data_buckets.keys()))
    return [
        allow(f"DecryptDataBucket{number}", ["kms:Decrypt"], key, _via_s3(names))
        for number, key in enumerate(filter(None, keys), start=1)
    ]


def _via_s3(names: JobNames) -> dict[str, Any]:
    return {"StringEquals": {"kms:ViaService": names.scope.kms_via("s3")}}
