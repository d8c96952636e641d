"""Images in registries of Amazon ECR: what a URI says of account, region and repository.

Sources: ECR API, CreateRepository, RepositoryName; the answer of CreateTrainingJob to an image of another
region: "Please provide the valid <region>.<dns-suffix>".
"""

import re
from dataclasses import dataclass
from typing import Final

from .aws_names import dns_suffix_of

_HOST: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z]{2,4}(-[a-z]+)+-\d)\.(?P<suffix>[a-z0-9.-]+)"
)
_WORD: Final = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"{_WORD}(/{_WORD})*")
REPOSITORY_MIN_LENGTH: Final = 2
REPOSITORY_MAX_LENGTH: Final = 256
_OF_AWS: Final = re.compile(r"(^|\.)(amazonaws\.[a-z.]+|on\.aws|ecr\.aws)(:\d+)?$")
"""Hosts of AWS's: of ECR those without an account, for dual-stack or FIPS, or with a port, and the public gallery."""


@dataclass(frozen=True)
class EcrRepository:
    """A repository: the account whose registry it is in, the region of that, and its name."""

    account: str
    region: str
    name: str


def registry_host(account: str, region: str) -> str:
    """The host name of an account's registry in a region."""
    return f"{account}.dkr.ecr.{region}.{dns_suffix_of(region)}"


def ecr_repository(uri: str) -> EcrRepository | None:
    """The repository of an image; None for an image that is not in a private registry of ECR."""
    host, _, rest = uri.partition("/")
    found = _HOST.fullmatch(host)
    if found is None or found["suffix"] != dns_suffix_of(found["region"]):
        return None
    return EcrRepository(found["account"], found["region"], rest.partition("@")[0].partition(":")[0])


def ecr_fault(uri: str) -> str | None:
    """What is wrong with the URI of an image that is, or seems to be, in ECR, as a sentence; None for nothing."""
    repository = ecr_repository(uri)
    if repository is None:
        if not _OF_AWS.search(uri.partition("/")[0]):
            return None
        return (
            "allowed: of Amazon ECR an image in a private registry, by its usual host name, such as "
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1.0, because SageMaker takes no other"
        )
    is_long_enough = REPOSITORY_MIN_LENGTH <= len(repository.name) <= REPOSITORY_MAX_LENGTH
    if not is_long_enough or not _REPOSITORY.fullmatch(repository.name):
        return (
            f"allowed: a repository of ECR, {REPOSITORY_MIN_LENGTH} to {REPOSITORY_MAX_LENGTH} lower-case letters, "
            "digits, '.', '_', '-' and '/', such as team/training"
        )
    return None


def image_region_fault(uri: str, region: str) -> str | None:
    """Why SageMaker cannot pull an image of ECR in a region, as a sentence; None for another image, or a good one."""
    repository = ecr_repository(uri)
    if repository is None or repository.region == region:
        return None
    return (
        f"got an image in {repository.region}; allowed: one in the stack's region, {region}, because SageMaker pulls "
        "from no other; replicate the repository there"
    )
