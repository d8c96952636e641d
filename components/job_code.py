"""What becomes of a job's source directory: a bundle for the toolkit, and archives of packages that travel with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .package_archives import OF_IMAGE_LOCK, PackageArchive, package_archives
from .source_bundle import (
    SourceBundle,
    bundle_source,
    compose_requirements,
    started_with_packages,
    without_requirements,
)
from .source_spec import SHIPPED_CODE
from .training_job_spec import TrainingJobSpec

Files = Mapping[str, bytes]
"""The files of a directory: POSIX path relative to it -> content."""


@dataclass(frozen=True)
class JobCode:
    """A job's bundle and its archives, which are none where the toolkit installs packages from an index."""

    bundle: SourceBundle
    packages: tuple[PackageArchive, ...] = ()


def directories_of(specs: Iterable[TrainingJobSpec]) -> list[str]:
    """The source directories that `job_code` needs for these jobs, each once."""
    found: dict[str, None] = {}
    for spec in specs:
        found[spec.source.directory] = None
        if spec.source.program != spec.source.entry_point:
            found[SHIPPED_CODE] = None
    return list(found)


def job_code(spec: TrainingJobSpec, sources: Mapping[str, Files]) -> JobCode:
    """The code of one job; `sources` are its source directories' files, by the directory's name.

    Raises:
        SourceBundleError: the directory lacks something that the settings need.
    """
    files = sources[spec.source.directory]
    if not spec.source.brings_packages:
        return JobCode(bundle_source(compose_requirements(files, spec.requirements_extras), spec.source.entry_point))
    bundled = without_requirements(files)
    if spec.source.program != spec.source.entry_point:
        bundled = started_with_packages(bundled, sources[SHIPPED_CODE])
    published = spec.training_image.published
    is_other = published is not None and (published.framework, published.version) != OF_IMAGE_LOCK
    packages = package_archives(files, spec.requirements_extras, of_other_image=is_other)
    return JobCode(bundle_source(bundled, spec.source.entry_point), packages)
