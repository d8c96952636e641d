import io
import tarfile

import pytest

from components.job_code import directories_of, job_code
from components.source_bundle import SourceBundleError
from settings import TrainingJobSettings

LOCK = b"six==1.17.0 --hash=sha256:" + b"a" * 64 + b"\n"
SHIPPED = {
    "train.py": b"",
    "packages.py": b"packages",
    "failure.py": b"failure of ours",
    "scheduled_job/__init__.py": b"six functions",
    "scheduled_job/failure.py": b"failure",
    "start_with_packages.py": b"start",
    "requirements.txt": LOCK,
    "requirements-cluster.txt": LOCK,
    "requirements-accelerator.txt": LOCK,
}
MINE = {"fit.py": b"fit", "requirements.txt": LOCK}
PACKAGE = ["scheduled_job/__init__.py", "scheduled_job/failure.py"]
SOURCES = {"training_code": SHIPPED, "mine": MINE}


def of_mine(staging: TrainingJobSettings, packages: str | None) -> TrainingJobSettings:
    source = staging.source.model_copy(update={"directory": "mine", "entry_point": "fit.py", "packages": packages})
    return staging.model_copy(update={"source": source})


def names_in(content: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return sorted(archive.getnames())


def test_what_travels_is_not_installed(staging: TrainingJobSettings) -> None:
    code = job_code(staging, SOURCES)

    assert [archive.channel for archive in code.packages] == ["packages"]
    assert names_in(code.bundle.content) == [
        "failure.py",
        "packages.py",
        *PACKAGE,
        "start_with_packages.py",
        "train.py",
    ]


def test_with_pip_nothing_travels_and_the_requirements_are_those_of_the_job(staging: TrainingJobSettings) -> None:
    source = staging.source.model_copy(update={"packages": "pip"})

    code = job_code(staging.model_copy(update={"source": source}), SOURCES)

    assert code.packages == ()
    assert "requirements.txt" in names_in(code.bundle.content)


def test_code_of_ones_own_is_installed_by_pip_where_nothing_else_is_said(staging: TrainingJobSettings) -> None:
    code = job_code(of_mine(staging, None), SOURCES)

    assert code.packages == ()
    assert names_in(code.bundle.content) == ["fit.py", "requirements.txt", *PACKAGE]


def test_code_of_ones_own_whose_packages_travel_is_started_with_them(staging: TrainingJobSettings) -> None:
    spec = of_mine(staging, "archive")

    code = job_code(spec, SOURCES)

    assert spec.source.program == "start_with_packages.py"
    assert len(code.packages) == 1
    assert names_in(code.bundle.content) == [
        "fit.py",
        *PACKAGE,
        "start_with_packages.py",
        "start_with_packages/failure.py",
        "start_with_packages/packages.py",
    ]


def test_a_name_that_is_taken_is_refused(staging: TrainingJobSettings) -> None:
    sources = SOURCES | {"mine": MINE | {"start_with_packages.py": b""}}

    with pytest.raises(SourceBundleError) as refused:
        job_code(of_mine(staging, "archive"), sources)

    assert str(refused.value) == (
        "start_with_packages.py in the source directory has the name of what puts packages in front of its imports; "
        "rename it, or set source.packages to pip"
    )


@pytest.mark.parametrize("name", ["scheduled_job.py", "scheduled_job/__init__.py", "scheduled_job/own.py"])
@pytest.mark.parametrize("packages", ["archive", "pip"])
def test_a_file_of_the_teams_own_is_never_overwritten(staging: TrainingJobSettings, packages: str, name: str) -> None:
    sources = SOURCES | {"mine": MINE | {name: b"mine"}}

    with pytest.raises(SourceBundleError) as refused:
        job_code(of_mine(staging, packages), sources)

    assert str(refused.value) == (
        f"{name} in the source directory has the name of the package scheduled_job, which travels with code of your "
        "own (docs/own-code.md); rename it, or remove it if it is an older copy of that package"
    )


def test_a_copy_that_is_the_same_is_no_fault(staging: TrainingJobSettings) -> None:
    copy = {name: SHIPPED[name] for name in PACKAGE}

    code = job_code(of_mine(staging, None), SOURCES | {"mine": MINE | copy})

    assert code == job_code(of_mine(staging, None), SOURCES)


def test_the_directories_that_are_read_are_those_that_are_needed(staging: TrainingJobSettings) -> None:
    assert directories_of([staging, staging]) == ["training_code"]
    assert directories_of([of_mine(staging, "pip")]) == ["mine", "training_code"]
    assert directories_of([of_mine(staging, "archive")]) == ["mine", "training_code"]
