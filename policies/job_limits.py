"""What IAM can hold a CreateTrainingJob request to: the condition keys and the values that a job uses.

Source: the Service Authorization Reference of Amazon SageMaker. There is no key for managed spot training, the instance
count, the volume size or the image. The keys for KMS keys are not asked for: sources disagree on their names, and a
condition on a name that does not exist denies every job.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from target_input import TrainingJob

_TEXT = ("stringequals", "stringequalsignorecase", "stringlike")


@dataclass(frozen=True)
class Limit:
    """A condition key, the operators that limit it (lower case), and the values that the jobs use."""

    key: str
    operators: tuple[str, ...]
    used: tuple[str, ...]
    spelling: str
    several: bool = False
    is_capped: bool = False

    def holds(self, values: Sequence[str]) -> bool:
        """Tell whether a condition with these values allows what the jobs use.

        It allows nothing else, but where SG18 has a cap: up to that, several jobs may share a limit.
        """
        if self.spelling == "NumericLessThanEquals":
            return len(values) == 1 and values[0].isdecimal() and int(values[0]) >= max(map(int, self.used))
        return set(values) >= set(self.used) if self.is_capped else set(values) == set(self.used)

    def cure(self) -> str:
        """Write the condition that limits the key."""
        value = json.dumps(list(self.used) if self.several else self.used[-1])
        condition = f'{self.spelling} {{"{self.key}": {value}}}'
        return f'{condition} with Null {{"{self.key}": "false"}}' if self.several else condition


def limits_of(jobs: Iterable[TrainingJob]) -> list[Limit]:
    """List the limits that fit all these jobs, which share a role: those of keys that every job uses."""
    jobs = list(jobs)
    candidates = [_instance_types(jobs), _runtime(jobs)]
    for key, path in (("VpcSubnets", "Subnets"), ("VpcSecurityGroupIds", "SecurityGroupIds")):
        used = [job.member("VpcConfig", path) for job in jobs]
        if all(isinstance(values, list) and values for values in used):
            values = tuple(sorted({str(value) for values in used for value in values}))
            candidates.append(Limit(f"sagemaker:{key}", _TEXT, values, "ForAllValues:StringEquals", several=True))
    switches = (
        ("NetworkIsolation", "EnableNetworkIsolation"),
        ("InterContainerTrafficEncryption", "EnableInterContainerTrafficEncryption"),
    )
    for key, member in switches:
        if all(job.member(member) for job in jobs):
            candidates.append(Limit(f"sagemaker:{key}", ("bool",), ("true",), "Bool"))
    return [limit for limit in candidates if limit]


def _instance_types(jobs: list[TrainingJob]) -> Limit | None:
    used = {name for job in jobs for name in job.instance_types}
    several = "ForAllValues:StringEquals"
    return (
        Limit("sagemaker:InstanceTypes", _TEXT, tuple(sorted(used)), several, several=True, is_capped=True)
        if used
        else None
    )


def _runtime(jobs: list[TrainingJob]) -> Limit | None:
    used = [job.member("StoppingCondition", "MaxRuntimeInSeconds") for job in jobs]
    if not all(type(seconds) is int for seconds in used):
        return None
    key, spelling = "sagemaker:MaxRuntimeInSeconds", "NumericLessThanEquals"
    return Limit(key, ("numericlessthanequals", "numericequals"), (str(max(used)),), spelling)
