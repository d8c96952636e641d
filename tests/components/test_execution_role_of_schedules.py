"""The execution role of a job with several schedules: what one of them needs, and nothing else."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.aws_names import AwsScope, JobNames
from components.execution_role_policy import execution_permissions
from rehearsal.permissions.permissions import AwsCall
from settings import parse_settings
from tests.components.role_statements import BUCKET, allowed
from tests.stack_values import JOB, changed

SERVERS = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server"
EXECUTION_CALLS = [
    *(
        AwsCall(action, f"{BUCKET}/{key}", "a test")
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
        for key in (
            *(
                "datasets/training/a.csv",
                "datasets/full/a.csv",
                "datasets/a.csv",
                "training-outputs/x",
                "other-outputs/x",
            ),
            *("checkpoints/breast-cancer-staging/x", "checkpoints/other-staging/x", "mlflow-artifacts/x", "secret/x"),
        )
    ),
    *(
        AwsCall("s3:ListBucket", BUCKET, "a test", {"s3:prefix": prefix})
        for prefix in ("datasets/training/", "datasets/full/", "datasets/", "checkpoints/breast-cancer-staging/", "")
    ),
    *(
        AwsCall("sagemaker-mlflow:CreateRun", f"{SERVERS}/{name}", "a test")
        for name in ("ml-platform-staging", "another-server", "third")
    ),
]


@given(
    st.sampled_from(["datasets/training/", "datasets/full/", "datasets/"]),
    st.sampled_from(["training-outputs/", "other-outputs/"]),
    st.booleans(),
    st.sampled_from(["ml-platform-staging", "another-server"]),
)
def test_the_execution_role_may_do_what_one_of_the_schedules_needs_and_nothing_else(
    channel: str, output: str, is_spot: bool, server: str
) -> None:
    weekly: dict[str, Any] = {
        "schedule": {"expression": "cron(0 5 ? * SUN *)"},
        "channels": {"training": {"s3_path": channel}},
        "output": {"s3_path": output},
        "tracking": {"tracking_server": server},
    }
    if is_spot:
        weekly |= {"managed_spot_training": True, "checkpoint": {"s3_path": "checkpoints/"}}
        weekly["stopping_condition"] = {"max_wait_time_in_seconds": 7200}
    values = changed(f"{JOB}/further_schedules", {"weekly": weekly})
    spec = parse_settings(values, "staging", "us-east-1").training_jobs["breast-cancer"]
    names = JobNames(AwsScope("aws", "us-east-1", "123456789012"), "breast-cancer-staging")
    both = (spec, spec.further_schedules["weekly"])
    union, own = (
        execution_permissions(*both[:1], names, further=both[1:]),
        [execution_permissions(each, names) for each in both],
    )

    for call in EXECUTION_CALLS:
        assert allowed(union, call) is any(allowed(each, call) for each in own), call
