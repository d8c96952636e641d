"""Which packages travel with a job: the archives that its training code needs beside it, by name and digest.

What is in an archive follows from the locks that it is made from, so its digest is theirs: it is known at a preview,
before there is an archive, and wherever one is made it has the same place in S3 (docs/adr/0028).
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .requirements_text import text_of
from .source_bundle import REQUIREMENTS, SourceBundleError

ARCHIVE_FILE: Final = "packages.zip"
CHANNEL: Final = "packages"
"""The channel of the base archive; those of extras add `-<extra>`. Source: CHANNEL in training_code/packages.py."""
FORMAT: Final = 2
"""Of an archive; another one has another digest. Source: FORMAT in components/package_writing.py."""
_BEFORE_ADDRESS: Final = re.compile(r"@|(?<=://)")
"""Where what may be shown of a requirement ends: `name@https://…`, `--index-url=https://…`, `git+https://…`."""
IMAGE_LOCK: Final = Path(__file__).parent / "images" / "scikit-learn-1.9-0.txt"
"""Names, versions and hashes of what the image holds already."""
OF_IMAGE_LOCK: Final = ("scikit-learn", "1.9-0")
"""Framework and version of the image that this is the lock of."""
_IMPORTED = """
boto3 botocore certifi charset-normalizer click cryptography idna jinja2 jmespath joblib markupsafe narwhals numpy
packaging pandas pillow psutil pyarrow python-dateutil pytz pyyaml requests s3transfer scikit-learn scipy six
threadpoolctl tzdata urllib3
"""
IMPORTED_FROM_IMAGE: Final = frozenset(_IMPORTED.split())
"""What training imports of the image's packages. The image has them not compiled; the base archive has."""


@dataclass(frozen=True)
class Target:
    """Which Python imports the packages: its version, and uv's name for the platform; "" for this machine's own."""

    python_version: str = "3.12"
    platform: str = "x86_64-manylinux_2_34"


IMAGE_TARGET: Final = Target()
"""Of sagemaker-scikit-learn:1.9-0-cpu-py3. Source: its Dockerfile: Amazon Linux 2023, whose glibc is 2.34. AWS's other
images with that Python are on Amazon Linux 2023, Ubuntu 22.04 or Ubuntu 24.04, whose glibc is not older."""


@dataclass(frozen=True)
class PackageArchive:
    """One archive: the channel that it comes by, the lock (text of a requirements file) and the digest of both."""

    channel: str
    lock: str = field(repr=False)
    of_image: str = field(repr=False)
    """The lock of what is compiled of the image's packages; "" for none."""
    target: Target = IMAGE_TARGET

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all that an archive is made from."""
        made_from = [str(FORMAT), self.target.python_version, self.target.platform, self.lock, self.of_image]
        return hashlib.sha256("\0".join(made_from).encode()).hexdigest()

    def uri(self, base: str) -> str:
        """Its S3 prefix below that of all archives, which ends with `/`."""
        return f"{base}{self.digest}/"


def is_packages_channel(name: str) -> bool:
    """Whether a channel of that name holds an archive of packages, and no data."""
    return name == CHANNEL or name.startswith(f"{CHANNEL}-")


def channel_names(extras: Collection[str]) -> tuple[str, ...]:
    """The channels of a job's archives, the base archive's first."""
    return (CHANNEL, *(f"{CHANNEL}-{extra}" for extra in sorted(extras)))


def package_archives(
    files: Mapping[str, bytes],
    extras: Collection[str] = (),
    target: Target = IMAGE_TARGET,
    *,
    of_other_image: bool = False,
) -> tuple[PackageArchive, ...]:
    """The archives that source files (POSIX path -> content) name in requirements.txt and in those of the extras.

    With `of_other_image` the image is another than that of `IMAGE_LOCK`, and no compiled code of its packages comes.

    Raises:
        SourceBundleError: such a file is missing, or does not pin what it names.
    """
    image_lock = "" if of_other_image else only(IMAGE_LOCK.read_text(encoding="utf-8"), IMPORTED_FROM_IMAGE)
    found = []
    for channel, extra in zip(channel_names(extras), ["", *sorted(extras)], strict=True):
        name = f"requirements-{extra}.txt" if extra else REQUIREMENTS
        if name not in files:
            raise SourceBundleError(
                f"{name} is not in the source directory, and the packages that travel with the job are those it names; "
                f"put it there, or set source.packages to pip"
            )
        lock = _without_comments(text_of(files[name], name))
        if loose := [entry for entry in entries(lock) if "--hash=" not in entry]:
            raise SourceBundleError(
                f"{name} in the source directory names {shown_requirement(loose[0])!r} without a hash; allowed: pinned "
                "versions with hashes, as `uv pip compile --generate-hashes` writes; or set source.packages to pip"
            )
        found.append(PackageArchive(channel, lock, "" if extra else image_lock, target))
    return tuple(found)


def shown_requirement(entry: str) -> str:
    """A package's name, or an option, of an include with its value; no more, as an address may hold a password."""
    words = entry.split()
    if words[0] in {"-r", "-c", "--requirement", "--constraint"}:
        return " ".join(words[:2])
    return _BEFORE_ADDRESS.split(words[0])[0]


def _without_comments(lock: str) -> str:
    lines = [line.rstrip() for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return "".join(f"{line}\n" for line in lines)


def entries(lock: str) -> list[str]:
    """Each requirement with its hashes, as one line."""
    return [entry for entry in _without_comments(lock).replace("\\\n", " ").splitlines() if entry.strip()]


def only(lock: str, names: Collection[str]) -> str:
    """The lines of a lock that are about the packages named."""
    return "".join(f"{' '.join(entry.split())}\n" for entry in entries(lock) if entry.partition("==")[0] in names)
