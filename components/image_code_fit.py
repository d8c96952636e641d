"""Whether an image runs the code that it is given, and how it is reached: what these settings are to each other."""

from collections.abc import Iterator

from .network_spec import NetworkSpec
from .package_archives import IMAGE_TARGET
from .shipped_code import SHIPPED_CODE
from .source_spec import Source
from .training_image_spec import TrainingImage
from .training_images import SHIPPED_CODE_VERSIONS


def image_code_problems(image: TrainingImage, source: Source) -> Iterator[str]:
    """All that is wrong, a sentence each that begins with its setting."""
    if source.is_shipped:
        yield from _shipped_code_problems(image)
    elif source.brings_packages:
        yield from _archive_problems(image)


def registry_problems(image: TrainingImage, network: NetworkSpec | None) -> Iterator[str]:
    """A registry that is reached by way of a VPC, and no VPC."""
    if image.is_private and network is None:
        yield (
            "training_image.repository_access_mode: got 'Vpc'; allowed without network: Platform, because the registry "
            "is reached by way of the VPC; set network, or remove it"
        )


def _shipped_code_problems(image: TrainingImage) -> Iterator[str]:
    published, allowed = image.published, f"allowed with source.directory {SHIPPED_CODE}: "
    if image.framework not in {None, "scikit-learn"}:
        yield (
            f"training_image.framework: got {image.framework!r}; {allowed}scikit-learn, because that code trains with "
            "scikit-learn; set source.directory to code of your own, or choose that image"
        )
    elif published and published.version not in SHIPPED_CODE_VERSIONS:
        got = image.scikit_learn_version or image.version
        yield (
            f"training_image.{image.version_setting}: got {got!r}; {allowed}{', '.join(SHIPPED_CODE_VERSIONS)}, "
            "because what that code installs needs Python 3.11"
        )
    for setting in _own_start(image):
        yield (
            f"training_image.{setting}: {allowed}none, because the image's training toolkit starts that code, and only "
            "when SageMaker starts the image as it always does; remove it, or set source.directory to code of your own"
        )


def _archive_problems(image: TrainingImage) -> Iterator[str]:
    published = image.published
    if published and published.python != IMAGE_TARGET.python_version:
        has = f"the image has {published.python}" if published.python else "AWS does not tell which one the image has"
        named = image.version_setting if image.scikit_learn_version else f"framework {image.framework} and version"
        yield (
            f"source.packages: got 'archive'; allowed with training_image.{named} {published.version}: pip, because "
            f"archives are for Python {IMAGE_TARGET.python_version}, and {has}"
        )
    for setting in _own_start(image):
        yield (
            f"source.packages: got 'archive'; allowed with training_image.{setting}: pip, because what puts the "
            "packages in front is started by the training toolkit"
        )


def _own_start(image: TrainingImage) -> list[str]:
    return [setting for setting in ("entrypoint", "arguments") if getattr(image, setting)]
