"""Rules of a training job's machines and of isolation, which no service model states."""

from typing import Any

import pytest

from rehearsal.requests.request_rules import broken_rules

GROUPS = [{"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 1}]
PREFERRED = [{"InstanceType": "ml.m5.large"}]


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"ResourceConfig": {"InstanceGroups": GROUPS}}, None),
        ({"ResourceConfig": {"InstanceGroups": GROUPS, "KeepAlivePeriodInSeconds": 0}}, None),
        ({"ResourceConfig": {"InstancePreferences": PREFERRED, "KeepAlivePeriodInSeconds": 60}}, None),
        ({"RemoteDebugConfig": {"EnableRemoteDebug": True}}, None),
        ({"RemoteDebugConfig": {"EnableRemoteDebug": False}, "EnableNetworkIsolation": True}, None),
        ({"ResourceConfig": "text", "RemoteDebugConfig": ["text"]}, None),
        (
            {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceGroups": GROUPS}},
            "ResourceConfig: got InstanceType and InstanceGroups; allowed: one of them",
        ),
        (
            {"ResourceConfig": {"InstanceGroups": GROUPS, "KeepAlivePeriodInSeconds": 60}},
            "ResourceConfig.KeepAlivePeriodInSeconds: got 60; allowed: nothing or 0, because there are InstanceGroups",
        ),
        (
            {
                "ResourceConfig": {"InstancePreferences": PREFERRED},
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxWaitTimeInSeconds": 60},
            },
            "ResourceConfig.InstancePreferences: got preferences; allowed: nothing, because EnableManagedSpotTraining "
            "is true",
        ),
        (
            {"RemoteDebugConfig": {"EnableRemoteDebug": True}, "EnableNetworkIsolation": True},
            "RemoteDebugConfig.EnableRemoteDebug: got true; allowed: false, because EnableNetworkIsolation is true",
        ),
    ],
)
def test_what_does_not_go_together_is_found(request_: dict[str, Any], problem: str | None) -> None:
    found = [str(each) for each in broken_rules("sagemaker", "CreateTrainingJob", request_)]

    assert found == ([problem] if problem else [])
