"""The statements of a role: by their Sids, and what they allow."""

from collections.abc import Mapping
from typing import Any

from components.aws_names import JobNames
from components.data_buckets import DataBucket
from components.execution_role_policy import execution_permissions
from components.iam_policies import policy_document
from components.training_job_spec import TrainingJobSpec
from rehearsal.permissions.permissions import AwsCall, judge
from rehearsal.permissions.policy_documents import PolicyDocument

BUCKET = "arn:aws:s3:::ml-platform-staging-ml-bucket"
SIDS_OF_STAGING = [
    "ReadObjects",
    "WriteObjects",
    "ListPrefixes1",
    "PullTrainingImage",
    "LogInToRegistry",
    "UseLogGroup",
    "WriteLogs",
    "PutMetrics",
    "TrackWithMlflow",
]


def by_sid(
    spec: TrainingJobSpec, names: JobNames, data_buckets: Mapping[str, DataBucket] | None = None
) -> dict[str, dict[str, Any]]:
    statements = execution_permissions(spec, names, data_buckets or {})
    found = {statement["Sid"]: statement for statement in statements}
    assert len(found) == len(statements), "a Sid stands twice"
    return found


def allowed(statements: list[dict[str, Any]], call: AwsCall) -> bool:
    return judge(call, [PolicyDocument.parse("policy", policy_document(statements))]).allowed
