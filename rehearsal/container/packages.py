"""The packages that travel with a job, for the Python that stands in for the image's.

An archive is compiled for one Python on one platform: the image's. Where the container environment has another one, an
archive of the same packages is made for that and takes the place of the job's, at the container's boundary.
"""

import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from components.package_archives import (
    ARCHIVE_FILE,
    CHANNEL,
    IMAGE_TARGET,
    PackageArchive,
    Target,
    is_packages_channel,
    package_archives,
)
from components.package_building import provide
from components.source_bundle import read_source_files
from rehearsal.container.files import ContainerFiles, Request

_IMAGE_PLATFORM: Final = "linux-x86_64"
_ASK: Final = "import sys, sysconfig; print('.'.join(map(str, sys.version_info[:2])), sysconfig.get_platform())"


@dataclass(frozen=True)
class ContainerPython:
    """The Python of a container environment: its version, such as `3.12`, and its platform, such as `linux-x86_64`."""

    version: str
    platform: str

    @property
    def is_the_images(self) -> bool:
        """Whether what is compiled for the image runs on it."""
        return self.version == IMAGE_TARGET.python_version and self.platform == _IMAGE_PLATFORM

    @property
    def target(self) -> Target:
        """For which an archive is made."""
        return IMAGE_TARGET if self.is_the_images else Target(self.version, "")

    @property
    def difference(self) -> str:
        """What is otherwise than in the image; "" for nothing."""
        if self.is_the_images:
            return ""
        here = f"Python {self.version}" + ("" if self.platform == _IMAGE_PLATFORM else f" on {self.platform}")
        return f"{here}, not the image's Python {IMAGE_TARGET.python_version}"


@cache
def python_of(container_environment: Path) -> ContainerPython:
    """Ask the environment's Python which one it is; it has to be there."""
    python = container_environment / "bin" / "python"
    said = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, text=True, check=True).stdout.split()
    return ContainerPython(*said)


def put_stand_ins(
    request: Request, files: ContainerFiles, container_environment: Path, say: Callable[[str], None]
) -> None:
    """In a tree whose channels are there, put archives for the environment's Python in place of the image's.

    Raises:
        PackagesError: one cannot be made.
    """
    python = python_of(container_environment)
    if python.is_the_images:
        return
    for channel in request.get("InputDataConfig", []):
        if is_packages_channel(channel["ChannelName"]):
            path = files.base / "input" / "data" / channel["ChannelName"] / ARCHIVE_FILE
            with zipfile.ZipFile(path) as archive:
                brought, of_image = (archive.read(member).decode("utf-8") for member in ("brought.txt", "of_image.txt"))
            other = PackageArchive(channel["ChannelName"], brought, of_image, python.target)
            made = provide(other, os.environ, say)
            path.unlink()
            path.symlink_to(made)


def packages_variables(project_dir: Path, container_environment: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Variables with which a script of training_code finds its packages when it runs outside of a job.

    Raises:
        PackagesError, SourceBundleError: they cannot be made.
    """
    files = read_source_files(project_dir / "training_code")
    (archive,) = package_archives(files, (), python_of(container_environment).target)
    directory = provide(archive, os.environ, say).parent
    return {"SM_CHANNELS": json.dumps([CHANNEL]), f"SM_CHANNEL_{CHANNEL.upper()}": str(directory)}
