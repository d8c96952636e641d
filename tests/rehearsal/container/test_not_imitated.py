"""What a rehearsal says that it does not do."""

from typing import Any

import pytest

from rehearsal.container.not_imitated import not_imitated

SHARDED = {"ChannelName": "training", "DataSource": {"S3DataSource": {"S3DataDistributionType": "ShardedByS3Key"}}}


def test_a_plain_job_is_imitated_in_all() -> None:
    assert (
        list(not_imitated({"ResourceConfig": {"InstanceCount": 1}, "ProfilerConfig": {"DisableProfiler": True}})) == []
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"EnableManagedSpotTraining": True}, "a spot interruption does not happen"),
        ({"RetryStrategy": {"MaximumRetryAttempts": 3}}, "an internal error of SageMaker's, after which it would try"),
        ({"DebugHookConfig": {"S3OutputPath": "s3://b/d/"}}, "Debugger's hook is not configured"),
        ({"RemoteDebugConfig": {"EnableRemoteDebug": True}}, "no shell can be opened"),
        ({"ResourceConfig": {"KeepAlivePeriodInSeconds": 60}}, "no warm pool waits"),
        ({"InputDataConfig": [{"ShuffleConfig": {"Seed": 1}, "DataSource": {}}]}, "the order of a channel's objects"),
        ({"Environment": {"A_ARN": "arn:aws:secretsmanager:r:1:secret:a"}}, "there are no secrets: the embedded AWS"),
    ],
)
def test_what_is_asked_for_and_not_done_is_told(asked: dict[str, Any], told: str) -> None:
    (line,) = not_imitated(asked)

    assert line.startswith(told)


def test_sharing_out_is_told_where_there_is_more_than_one_host() -> None:
    assert list(not_imitated({"InputDataConfig": [SHARDED]})) == []
    assert list(not_imitated({"InputDataConfig": [SHARDED]}, 2)) == [
        "objects of a sharded channel go to the hosts in the order of their keys"
    ]
