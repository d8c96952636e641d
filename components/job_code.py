"""What becomes of a job's source directory: a bundle for the toolkit, and archives of packages that travel with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .package_archives import OF_IMAGE_LOCK, PackageArchive, package_archives
from .requirements_text import compose_requirements, included, without_requirements
from .shipped_code import SHIPPED_CODE
from .source_bundle import (
    REQUIREMENTS,
    SETUP,
    SourceBundle,
    SourceBundleError,
    bundle_source,
    require_entry_point,
    with_script_package,
    with_start,
)
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


def job_codes(specs: Mapping[str, TrainingJobSpec], sources: Mapping[str, Files]) -> dict[str, JobCode]:
    """The code of each job, by the keys of `specs`; what several jobs have alike is packed once.

    Raises:
        SourceBundleError: as `job_code` does.
    """
    made: dict[tuple[object, ...], JobCode] = {}
    codes = {}
    for key, spec in specs.items():
        alike = (spec.source, spec.program, spec.requirements_extras, spec.training_image, spec.network_isolation)
        codes[key] = made[alike] = made.get(alike) or job_code(spec, sources)
    return codes


def job_code(spec: TrainingJobSpec, sources: Mapping[str, Files]) -> JobCode:
    """The code of one job; `sources` are its source directories' files, by the directory's name.

    Raises:
        SourceBundleError: the directory lacks something that the settings need.
    """
    files = sources[spec.source.directory]
    # Before anything of ours is among them.
    require_entry_point(files, spec.source.entry_point)
    extras, brings_packages = _extras(spec, files), spec.source.brings_packages
    if spec.network_isolation and not brings_packages and REQUIREMENTS in files:
        raise SourceBundleError(
            f"{spec.source.directory}/{REQUIREMENTS} would be installed from an index at the job's start, and "
            "network_isolation cuts it off; set source.packages to archive, so that they travel with the job, or "
            f"remove {REQUIREMENTS} where the image has all that is needed"
        )
    if SETUP in files and (brings_packages or spec.network_isolation):
        raise SourceBundleError(
            f"{spec.source.directory}/{SETUP} makes SageMaker's toolkit install the directory with pip, which fetches "
            f"setuptools from an index at the job's start, and this job has none; remove {SETUP} (pyproject.toml is "
            "passed over), and import the package from its directory beside the script"
        )
    if REQUIREMENTS in files and not brings_packages:
        included(files, REQUIREMENTS)
    bundled = without_requirements(files) if brings_packages else compose_requirements(files, extras)
    if not spec.source.is_shipped:
        bundled = with_script_package(bundled, sources[SHIPPED_CODE])
    if spec.program != spec.source.entry_point:
        bundled = with_start(bundled, sources[SHIPPED_CODE])
    bundle = bundle_source(bundled, spec.source.entry_point)
    published = spec.training_image.published
    is_other = published is not None and (published.framework, published.version) != OF_IMAGE_LOCK
    return JobCode(bundle, package_archives(files, extras, of_other_image=is_other) if brings_packages else ())


def _extras(spec: TrainingJobSpec, files: Files) -> list[str]:
    """Those of the spec; code of one's own shares its machines' work in its own way, unless it has our file for it."""
    is_ours = spec.source.is_shipped or "requirements-cluster.txt" in files
    return [extra for extra in spec.requirements_extras if is_ours or extra != "cluster"]
