"""What a flight may cost at most: said before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.run_overlaps import longest_run


def most(request: Mapping[str, Any], region: str, runs: int) -> str:
    """The most that so many runs may take, in words; what a machine costs is not known here."""
    resources, stopping = request["ResourceConfig"], request.get("StoppingCondition", {})
    parts = resources.get("InstanceGroups") or resources.get("InstancePreferences") or [resources]
    machines = " and ".join(f"{each['InstanceCount']} x {each['InstanceType']}" for each in parts)
    longest = longest_run(stopping.get("MaxRuntimeInSeconds", 86400), None)
    return f"{runs} training jobs in {region}, each on {machines} for at most {longest}; price not known"
