"""What becomes of a job's source directory: a bundle for the toolkit, and archives of packages that travel with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .package_archives import PackageArchive, package_archives
from .source_bundle import (
    SourceBundle,
    bundle_source,
    compose_requirements,
    started_with_packages,
    with_script_package,
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
        found[SHIPPED_CODE] = None  # of which a part travels with code of one's own
    return list(found)


def job_code(spec: TrainingJobSpec, sources: Mapping[str, Files]) -> JobCode:
    """The code of one job; `sources` are its source directories' files, by the directory's name.

    Raises:
        SourceBundleError: the directory lacks something that the settings need.
    """
    files = sources[spec.source.directory]
    extras, entry_point = spec.requirements_extras, spec.source.entry_point
    packages = package_archives(files, extras) if spec.source.brings_packages else ()
    bundled = without_requirements(files) if spec.source.brings_packages else compose_requirements(files, extras)
    if not spec.source.is_shipped:
        bundled = with_script_package(bundled, sources[SHIPPED_CODE])
    if spec.source.program != entry_point:
        bundled = started_with_packages(bundled, sources[SHIPPED_CODE])
    return JobCode(bundle_source(bundled, entry_point), packages)
