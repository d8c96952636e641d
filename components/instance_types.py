"""What sets some instance types apart: their storage, their processor, and what they compute with.

Source of the names: Amazon EC2 User Guide, "Amazon EC2 instance type naming conventions".
"""

import re
from typing import Final

FAMILIES_WITH_LOCAL_STORAGE: Final = frozenset(
    {
        *("c5d", "c6gd", "c6id", "g4dn", "g5", "g6", "g6e", "g7e", "m5d", "m6gd", "m6id", "p3dn", "p4d", "p4de", "p5"),
        *("p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200", "r5d", "r6gd", "r6id", "trn1", "trn1n", "trn2"),
    }
)
"""Their own hardware encrypts, and CreateTrainingJob takes no volume key for them.

Source: Amazon SageMaker API Reference, ResourceConfig, VolumeKmsKeyId. The policy pack has the same as a default.
"""


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as `ml.m5d.xlarge`, is of a family with storage of its own."""
    return instance_type.removeprefix("ml.").partition(".")[0] in FAMILIES_WITH_LOCAL_STORAGE


_ACCELERATED: Final = re.compile(r"ml\.(p|g|gr|trn|inf|dl)\d")
"""Families of GPUs and of AWS's own chips for learning."""
_GPU: Final = re.compile(r"ml\.(p|g|gr)\d")
_ARM: Final = re.compile(r"ml\.[a-z]+\d+[a-z]*g[a-z]*\.|ml\.[a-z0-9]+-gb\d+\.")
"""A `g` behind the generation is a Graviton processor (m7g, c6gn, m6gd); GB200 holds NVIDIA's Grace."""


def is_accelerated(instance_type: str) -> bool:
    """Whether an instance type has GPUs or other chips for learning, such as `ml.g5.xlarge` or `ml.trn1.2xlarge`."""
    return _ACCELERATED.match(instance_type) is not None


def has_gpu(instance_type: str) -> bool:
    """Whether an instance type has GPUs, such as `ml.g5.xlarge`."""
    return _GPU.match(instance_type) is not None


def is_arm(instance_type: str) -> bool:
    """Whether its processor is an Arm one, on which no program for x86 runs."""
    return _ARM.match(instance_type) is not None
