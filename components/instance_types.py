"""What sets some instance types apart."""

from typing import Final

FAMILIES_WITH_LOCAL_STORAGE: Final = frozenset(
    {
        *("c5d", "c6gd", "c6id", "g4dn", "g5", "g6", "g6e", "m5d", "m6gd", "m6id", "p3dn", "p4d", "p4de", "p5", "p5e"),
        *("p5en", "r5d", "r6gd", "r6id", "trn1", "trn1n", "trn2"),
    }
)
"""Their own hardware encrypts, and CreateTrainingJob takes no volume key for them.

Source: Amazon SageMaker API Reference, ResourceConfig, VolumeKmsKeyId. The policy pack has the same as a default.
"""


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as `ml.m5d.xlarge`, is of a family with storage of its own."""
    return instance_type.removeprefix("ml.").partition(".")[0] in FAMILIES_WITH_LOCAL_STORAGE
