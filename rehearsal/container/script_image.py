"""What stands in for the image of one training job: an environment of this machine, and how it differs.

The training code that comes along has the environment that `make install` makes. Code of one's own has the lock beside
its script, over what its image is known to hold: all of AWS's scikit-learn image, else what a second lock beside the
script says of it, else the training toolkit alone.
"""

import io
import re
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from components.environment_building import (
    ScriptEnvironment,
    image_lock,
    is_made,
    provide_environment,
    toolkit_lock,
)
from components.package_archives import IMAGE_TARGET, is_packages_channel
from components.requirements_text import included, text_of
from components.s3_location import bucket_of, key_of
from components.source_bundle import REQUIREMENTS, SETUP
from rehearsal.container.code_channels import bundle_uri
from rehearsal.container.packages import python_of
from rehearsal.errors import ContainerError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IMAGE_REQUIREMENTS: Final = "image-requirements.txt"
"""Beside a script: a lock of what an image of one's own holds. Only a rehearsal, and who builds the image, reads it."""
_KNOWN_NAME: Final = "sagemaker-scikit-learn:1.9-0-cpu-py3"
_KNOWN_IMAGE: Final = re.compile(f"/{re.escape(_KNOWN_NAME)}$")
_OF_SHIPPED_CODE: Final = "growing/forest.py"
"""A file that no code of one's own is likely to have."""
_PYTHON_OF_TAG: Final = re.compile(r"[-:]py(3)(\d{1,2})(?=-|$)")


@dataclass(frozen=True)
class ScriptImage:
    """The environment that stands in for an image, and in words what it is."""

    environment: Path
    told: str


def image_of(
    s3: "S3Client",
    request: Mapping[str, Any],
    container_environment: Path,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> ScriptImage:
    """What stands in for the image of a job, made now where it is not in the cache.

    Raises:
        ContainerError: nothing is known of what the image holds.
        PackagesError: the environment cannot be made.
    """
    uri = str(request["AlgorithmSpecification"]["TrainingImage"])
    bundle = _bundle(s3, request)
    is_own = _OF_SHIPPED_CODE not in bundle
    if is_own and SETUP in bundle:
        raise ContainerError(
            f"{SETUP} beside the script makes the toolkit install the directory with pip, which fetches setuptools "
            f"from an index, and a rehearsal has none: remove {SETUP} (pyproject.toml is passed over), and import the "
            "package from its directory beside the script; or start the image itself with --container"
        )
    brings = any(is_packages_channel(channel["ChannelName"]) for channel in request.get("InputDataConfig", []))
    if not is_own or (brings and _KNOWN_IMAGE.search(uri)):
        return _installed(container_environment, uri)
    known = bool(_KNOWN_IMAGE.search(uri))
    locks = [
        name for name in (IMAGE_REQUIREMENTS, REQUIREMENTS) if name in bundle and not (known and name != REQUIREMENTS)
    ]
    if not locks and known:
        return _installed(container_environment, uri)
    if not locks:
        raise ContainerError(
            f"nothing is known here of what the image {uri} holds: put its packages into {IMAGE_REQUIREMENTS} beside "
            f"the script, or all that the script imports into {REQUIREMENTS}, both with pinned versions "
            f"(docs/own-code.md)"
        )
    own = text_of(bundle.get(IMAGE_REQUIREMENTS, b""), IMAGE_REQUIREMENTS)
    base = image_lock() if known else own if "sagemaker-training==" in own else f"{toolkit_lock()}{own}"
    environment = ScriptEnvironment(
        base,
        text_of(bundle.get(REQUIREMENTS, b""), REQUIREMENTS),
        included=included(bundle, REQUIREMENTS) if REQUIREMENTS in bundle else {},
    )
    if not is_made(environment, environ):
        for name in environment.loose:
            say(f"{REQUIREMENTS} names {name} without a version: a start on AWS may install another one")
    place = provide_environment(environment, environ, say)
    return ScriptImage(place, _told(uri, environment, locks, known=known))


def _installed(container_environment: Path, uri: str) -> ScriptImage:
    python = python_of(container_environment)
    if _KNOWN_IMAGE.search(uri):
        return ScriptImage(container_environment, python.difference or f"the image's packages, Python {python.version}")
    told = f"the packages of {_KNOWN_NAME} in place of {uri.rpartition('/')[2]}, Python {python.version}"
    return ScriptImage(container_environment, told)


def _told(uri: str, environment: ScriptEnvironment, locks: Sequence[str], *, known: bool) -> str:
    """What stands in for what, in one line."""
    name = uri.rpartition("/")[2]
    python = f"Python {environment.python_version}"
    if known:
        return f"{REQUIREMENTS} over the image's packages, {python}"
    tagged = _PYTHON_OF_TAG.search(uri)
    theirs = ".".join(tagged.groups()) if tagged else ""
    if theirs and theirs != IMAGE_TARGET.python_version:
        python += f", not the image's Python {theirs}"
    return f"{' and '.join(locks)} in place of {name}, {python}"


def _bundle(s3: "S3Client", request: Mapping[str, Any]) -> dict[str, bytes]:
    """The names of the files in the deployed bundle, and the content of its texts, among which the requirements are."""
    uri = bundle_uri(request)
    content = s3.get_object(Bucket=bucket_of(uri), Key=key_of(uri))["Body"].read()
    found = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.name.endswith((".txt", ".lock")) else None
            found[member.name] = file.read() if file else b""
    return found
