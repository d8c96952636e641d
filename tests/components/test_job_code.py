import io
import tarfile

import pytest

from components.channel import Channel
from components.job_code import directories_of, job_code, job_codes
from components.source_bundle import SourceBundleError
from settings import TrainingJobSettings
from tests.components.job_options import changed, spec_of

LOCK = b"six==1.17.0 --hash=sha256:" + b"a" * 64 + b"\n"
SHIPPED = {
    "train.py": b"",
    "packages.py": b"packages",
    "failure.py": b"failure of ours",
    "scheduled_job/__init__.py": b"six functions",
    "scheduled_job/failure.py": b"failure",
    "scheduled_job/log.py": b"log",
    "start_with_packages.py": b"start",
    "dated_channels.py": b"dated",
    "progress.py": b"progress",
    "s3_objects.py": b"objects",
    "scheduled_dates.py": b"dates",
    "requirements.txt": LOCK,
    "requirements-cluster.txt": LOCK,
    "requirements-accelerator.txt": LOCK,
}
MINE = {"fit.py": b"fit", "requirements.txt": LOCK}
PACKAGE = ["scheduled_job/__init__.py", "scheduled_job/failure.py", "scheduled_job/log.py"]
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
        *("dated_channels.py", "failure.py", "packages.py", "progress.py", "s3_objects.py", "scheduled_dates.py"),
        *PACKAGE,
        *("start_with_packages.py", "train.py"),
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

    assert spec.program == "start_with_packages.py"
    assert len(code.packages) == 1
    assert names_in(code.bundle.content) == [
        "fit.py",
        *PACKAGE,
        "start_with_packages.py",
        *(f"start_with_packages/{name}.py" for name in ("dated_channels", "failure", "packages", "progress")),
        *(f"start_with_packages/{name}.py" for name in ("s3_objects", "scheduled_dates")),
    ]


@pytest.mark.parametrize("packages", ["pip", "archive"])
def test_code_of_ones_own_with_dated_data_is_started_with_it(staging: TrainingJobSettings, packages: str) -> None:
    spec = of_mine(staging, packages)
    dated = spec.model_copy(update={"channels": {"training": Channel(s3_path="s3://data-lake/dt={scheduled_date}/")}})

    code = job_code(dated, SOURCES)

    assert dated.program == "start_with_packages.py"
    assert len(code.packages) == (packages == "archive")
    assert {"start_with_packages/dated_channels.py", "start_with_packages/scheduled_dates.py"} <= {
        *names_in(code.bundle.content)
    }
    assert ("requirements.txt" in names_in(code.bundle.content)) == (packages == "pip")
    assert directories_of([dated]) == ["mine", "training_code"]


def test_a_whole_time_needs_no_start_of_ours(staging: TrainingJobSettings) -> None:
    channel = Channel(s3_path="s3://data-lake/{scheduled_time}/")

    assert of_mine(staging, "pip").model_copy(update={"channels": {"training": channel}}).program == "fit.py"


def test_a_name_that_is_taken_is_refused(staging: TrainingJobSettings) -> None:
    sources = SOURCES | {"mine": MINE | {"start_with_packages.py": b""}}

    with pytest.raises(SourceBundleError) as refused:
        job_code(of_mine(staging, "archive"), sources)

    assert str(refused.value) == (
        "start_with_packages.py in the source directory has the name of what puts packages and dated data in place "
        "before the code starts; rename it"
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


def test_jobs_with_the_same_code_share_what_is_packed(staging: TrainingJobSettings) -> None:
    other = staging.model_copy(update={"hyperparameters": {"n_estimators": 7}})
    jobs = {"churn": staging, "risk": other, "mine": of_mine(staging, None)}

    codes = job_codes(jobs, SOURCES)

    assert codes == {name: job_code(spec, SOURCES) for name, spec in jobs.items()}
    assert codes["churn"] is codes["risk"]


def test_jobs_that_differ_in_what_their_code_brings_share_nothing(staging: TrainingJobSettings) -> None:
    resources = staging.resources.model_copy(update={"instance_count": 2})
    cluster = staging.model_copy(update={"resources": resources})

    codes = job_codes({"one": staging, "several": cluster}, SOURCES)

    assert [len(code.packages) for code in codes.values()] == [1, 2]


@pytest.mark.parametrize("packages", ["pip", "archive"])
def test_several_machines_of_code_of_ones_own_need_no_package_of_ours(
    staging: TrainingJobSettings, packages: str
) -> None:
    several = staging.resources.model_copy(update={"instance_count": 2})
    spec = of_mine(staging, packages).model_copy(update={"resources": several})

    code = job_code(spec, SOURCES)
    with_ours = job_code(spec, SOURCES | {"mine": MINE | {"requirements-cluster.txt": LOCK.replace(b"six", b"dask")}})

    assert "requirements-cluster.txt" not in names_in(code.bundle.content)
    assert [each.channel for each in code.packages] == (["packages"] if packages == "archive" else [])
    assert with_ours != code


def test_packages_that_pip_would_install_are_refused_where_the_network_is_cut_off() -> None:
    files = {"train.py": b"", "requirements.txt": b"xgboost==2.1.4\n"}
    spec = spec_of(changed(network_isolation=True))

    with pytest.raises(SourceBundleError) as refused:
        job_code(spec, {"own_code": files, "training_code": SHIPPED})

    assert str(refused.value) == (
        "own_code/requirements.txt would be installed from an index at the job's start, and network_isolation cuts it "
        "off; set source.packages to archive, so that they travel with the job, or remove requirements.txt where the "
        "image has all that is needed"
    )
    assert job_code(spec, {"own_code": {"train.py": b""}, "training_code": SHIPPED}).packages == ()
    assert job_code(spec_of(changed()), {"own_code": files, "training_code": SHIPPED}).bundle.digest


@pytest.mark.parametrize("packages", ["archive", "pip"])
def test_a_setup_py_is_refused_where_pip_reaches_no_index(staging: TrainingJobSettings, packages: str) -> None:
    sources = SOURCES | {"mine": MINE | {"setup.py": b"", "pyproject.toml": b""}}
    if packages == "pip":
        assert job_code(of_mine(staging, "pip"), sources).bundle.digest
        return

    with pytest.raises(SourceBundleError) as refused:
        job_code(of_mine(staging, "archive"), sources)

    assert str(refused.value) == (
        "mine/setup.py makes SageMaker's toolkit install the directory with pip, which fetches setuptools from an "
        "index at the job's start, and this job has none; remove setup.py (pyproject.toml is passed over), and import "
        "the package from its directory beside the script"
    )


def test_a_file_that_requirements_include_has_to_travel(staging: TrainingJobSettings) -> None:
    sources = SOURCES | {"mine": MINE | {"requirements.txt": b"-r base.txt\n"}}

    with pytest.raises(SourceBundleError, match=r"includes base\.txt, which pip will not find at the job's start"):
        job_code(of_mine(staging, "pip"), sources)
    with pytest.raises(SourceBundleError, match=r"names '-r base\.txt' without a hash"):
        job_code(of_mine(staging, "archive"), sources)
