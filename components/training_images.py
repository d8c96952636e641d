"""The training images that AWS publishes, by framework and version: whose they are, and what they are called.

A table instead of the provider's `getPrebuiltEcrImage`, so that the URI is the same value in a preview, in an offline
check and in a rehearsal (docs/adr/0004, docs/adr/0041). Its source and date are named in `images/framework-images.txt`,
which `reference/framework_images.py` makes. A region or version that is missing there is served by naming
`training_image.uri`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from .ecr_images import registry_host

ScikitLearnVersion = Literal["1.2-1", "1.4-2", "1.9-0"]
"""Versions of the prebuilt scikit-learn image; SageMaker names them framework-build."""

SHIPPED_CODE_VERSIONS: Final = ("1.9-0",)
"""Those that training_code runs on: what it installs needs Python 3.11, and the Python of older ones is older."""

SCIKIT_LEARN_VERSIONS: Final[tuple[str, ...]] = get_args(ScikitLearnVersion)

Framework = Literal["scikit-learn", "xgboost", "pytorch", "tensorflow", "huggingface"]
Processor = Literal["cpu", "gpu"]

_TABLE: Final = Path(__file__).parent / "images" / "framework-images.txt"


@dataclass(frozen=True)
class FrameworkImage:
    """One version of a framework's image, which AWS builds for x86 processors: a tag for each processor it is for.

    `python` is such as `3.12`, "" where AWS does not tell it; `patched_until` the day on which AWS's patches end.
    """

    framework: str
    version: str
    repository: str
    tags: Mapping[Processor, str]
    python: str
    patched_until: date | None

    def uri(self, region: str, processor: Processor) -> str:
        """Its URI in one region, for one processor.

        Raises:
            KeyError: no account of the region is known, or the image is not for the processor; settings check both.
        """
        account = accounts_of(self.framework)[region]
        return f"{registry_host(account, region)}/{self.repository}:{self.tags[processor]}"


def framework_image(framework: str, version: str) -> FrameworkImage | None:
    """The image of a version as AWS writes it, or of the newest one that it begins: `2.6.0`, `2.6`."""
    versions = _table().images.get(framework, {})
    if version in versions or "." not in version:
        return versions.get(version)
    return next((image for full, image in reversed([*versions.items()]) if full.startswith(f"{version}.")), None)


def versions_of(framework: str) -> tuple[str, ...]:
    """All versions of a framework's image, the oldest first."""
    return tuple(_table().images.get(framework, {}))


def accounts_of(framework: str) -> Mapping[str, str]:
    """Region -> the account whose registry there has a framework's images."""
    return _table().accounts[framework]


def images_of_account(account: str, region: str) -> frozenset[str] | None:
    """`repository:tag` of all images that AWS has in one of its own accounts in a region; None of any other account."""
    table = _table()
    frameworks = [name for name, accounts in table.accounts.items() if accounts.get(region) == account]
    if not frameworks:
        return None
    images = (image for name in frameworks for image in table.images.get(name, {}).values())
    return frozenset(f"{image.repository}:{tag}" for image in images for tag in image.tags.values())


@dataclass(frozen=True)
class _Table:
    images: Mapping[str, Mapping[str, FrameworkImage]]
    accounts: Mapping[str, Mapping[str, str]]


@cache
def _table() -> _Table:
    images: dict[str, dict[str, FrameworkImage]] = {}
    accounts: dict[str, dict[str, str]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        kind, *words = line.split() or [""]
        if kind == "account":
            for framework in words[0].split(","):
                accounts.setdefault(framework, {}).update(dict.fromkeys(words[2:], words[1]))
        elif kind == "image":
            image = _image(words)
            images.setdefault(image.framework, {})[image.version] = image
    return _Table(images, accounts)


def _image(words: list[str]) -> FrameworkImage:
    framework, version, repository, cpu, gpu, python, patched_until = ("" if word == "-" else word for word in words)
    tags: dict[Processor, str] = ({"cpu": cpu} if cpu else {}) | ({"gpu": gpu} if gpu else {})  # type: ignore[assignment]
    end = date.fromisoformat(patched_until) if patched_until else None
    return FrameworkImage(framework, version, repository, tags, python, end)
