"""The package as other programs install it: built, installed into an environment of its own, used by an example."""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.requirements_text import without_requirements
from components.source_bundle import bundle_source, read_source_files, with_script_package

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "python"
RUNNER = Path(__file__).with_name("mocked_program.py")
SCHEDULE = "aws:scheduler/schedule:Schedule"
SHIPPED_SOURCE = 'source={"directory": "churn_training", "entry_point": "fit.py"}'


def git_files(directory: Path) -> list[Path]:
    """What belongs to the repository, as somebody who clones it has it."""
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(line) for line in tracked.stdout.splitlines() if (directory / line).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, made = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("wheel")
    for file in git_files(ROOT):
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, source / file)
    build = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--offline", "--no-build-isolation"]
    subprocess.run([*build, "--out-dir", made, "--python", sys.executable, source], check=True)
    (built,) = made.glob("*.whl")
    return built


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the package and what it depends on, and nothing of this repository."""

    python: Path
    site_packages: Path

    def run(self, directory: Path, cache: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, "-W", "ignore", RUNNER, "eu-central-1"],
            cwd=directory,
            env={"PATH": "", "HOME": str(cache), "XDG_CACHE_HOME": str(cache)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, with_pip=False, symlinks=True)
    python = directory / "bin" / "python"
    (site_packages,) = directory.glob("lib/python3*/site-packages")
    # What it depends on; of a file that is found on the way, no line is heeded, so nothing is editable there.
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps"]
    subprocess.run([*install, "--python", python, wheel], check=True)
    return Environment(python, site_packages)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example, in a repository of its own."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "churn"))


Run = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def run(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Run:
    cache = tmp_path_factory.mktemp("cache")

    def declared(directory: Path) -> dict[str, Any]:
        done = environment.run(directory, cache)
        assert (done.returncode, done.stderr) == (0, "")
        answer: dict[str, Any] = json.loads(done.stdout)
        assert Path(answer["package"]).is_relative_to(environment.site_packages)
        return answer

    return declared


def request_of(answer: dict[str, Any]) -> dict[str, Any]:
    (schedule,) = [each for each in answer["registered"] if each["type"] == SCHEDULE]
    request: dict[str, Any] = json.loads(schedule["inputs"]["target"]["input"])
    return request


def with_shipped_code(example: Path) -> Path:
    program = example / "__main__.py"
    text = program.read_text()
    assert SHIPPED_SOURCE in text
    text = text.replace(f"        {SHIPPED_SOURCE},\n", "").replace('"trees": 200', '"n_estimators": 200')
    program.write_text(text)
    return example


def test_a_wheel_is_one_package_with_the_training_code_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    components, code = read_source_files(ROOT / "components"), read_source_files(ROOT / "training_code")

    assert {name.partition("/")[0] for name in names} == {"scheduled_training"}
    assert {name.removeprefix("scheduled_training/") for name in names} == {
        *components,
        *(f"training_code/{name}" for name in code),
    }
    assert "scheduled_training/py.typed" in names


def test_the_example_declares_a_job_with_a_script_of_its_own(example: Path, run: Run) -> None:
    answer = run(example)

    assert sorted((each["type"], each["name"]) for each in answer["registered"]) == [
        ("aws:iam/role:Role", "churn-execution-role"),
        ("aws:iam/role:Role", "churn-scheduler-role"),
        ("aws:iam/rolePolicy:RolePolicy", "churn-execution-policy"),
        ("aws:iam/rolePolicy:RolePolicy", "churn-scheduler-policy"),
        ("aws:s3/bucketObjectv2:BucketObjectv2", "churn-source-bundle"),
        (SCHEDULE, "churn-schedule"),
        ("aws:scheduler/scheduleGroup:ScheduleGroup", "churn-group"),
        ("aws:sqs/queue:Queue", "churn-dead-letters"),
        ("scheduled-training:index:ScheduledTrainingJob", "churn"),
    ]
    shipped = read_source_files(ROOT / "training_code")
    digest = bundle_source(with_script_package(read_source_files(EXAMPLE / "churn_training"), shipped), "fit.py").digest
    request = request_of(answer)
    assert request["TrainingJobName"] == "churn-dev-<aws.scheduler.execution-id>"
    assert request["AlgorithmSpecification"]["TrainingImage"] == (
        "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
    )
    assert request["HyperParameters"] == {
        "trees": "200",
        "sagemaker_program": "fit.py",
        "sagemaker_region": "eu-central-1",
        "sagemaker_submit_directory": f"s3://customer-analytics/training-code/churn-dev/{digest}/sourcedir.tar.gz",
    }
    assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == (
        "s3://customer-analytics/churn/training/"
    )
    assert request["Tags"] == [
        {"Key": "project", "Value": "churn"},
        {"Key": "stack", "Value": "dev"},
        {"Key": "team", "Value": "customer-analytics"},
        {"Key": "training-job", "Value": "churn"},
    ]


def test_nothing_is_written_beside_a_program(example: Path, run: Run) -> None:
    before = sorted(path for path in example.rglob("*") if "__pycache__" not in path.parts)

    bundle = next(each for each in run(example)["registered"] if each["name"] == "churn-source-bundle")

    assert sorted(path for path in example.rglob("*") if "__pycache__" not in path.parts) == before
    asset = Path(bundle["inputs"]["source"]["asset"])
    assert (asset.is_absolute(), asset.is_file(), asset.name) == (True, True, "sourcedir.tar.gz")
    assert asset.parts[-4:-2] == ("scheduled-training", "programs")


def test_the_code_that_comes_along_is_byte_for_byte_the_repositorys(example: Path, run: Run) -> None:
    answer = run(with_shipped_code(example))

    files = without_requirements(read_source_files(ROOT / "training_code"))
    assert (
        bundle_source(files, "train.py").digest in request_of(answer)["HyperParameters"]["sagemaker_submit_directory"]
    )
    (packages,) = [each for each in answer["registered"] if each["type"].endswith(":TrainingPackages")]
    assert packages["name"] == "churn-packages"
    assert [channel["ChannelName"] for channel in request_of(answer)["InputDataConfig"]] == ["training", "packages"]


def test_the_code_that_comes_along_judges_the_settings(example: Path, environment: Environment, tmp_path: Path) -> None:
    program = with_shipped_code(example) / "__main__.py"
    program.write_text(program.read_text().replace('"n_estimators": 200', '"n_estimators": 0'))

    done = environment.run(example, tmp_path)

    assert (done.returncode, done.stderr) == (
        1,
        "training job churn has 1 problem:\n"
        "  hyperparameters.n_estimators: got '0', allowed: a whole number from 1 to 100000\n",
    )


def test_a_directory_with_the_name_of_the_code_that_comes_along_is_refused(
    example: Path, environment: Environment, tmp_path: Path
) -> None:
    with_shipped_code(example)
    (example / "training_code").mkdir()

    done = environment.run(example, tmp_path)

    assert (done.returncode, done.stderr) == (
        1,
        "source.directory training_code is the training code that comes with this package, and the program has a "
        f"directory of that name itself ({example / 'training_code'}); rename that one, and set source.directory to "
        "its new name to train with it\n",
    )


def test_every_mistake_is_told_at_once(example: Path, environment: Environment, tmp_path: Path) -> None:
    program = example / "__main__.py"
    text = program.read_text().replace('"ml.m5.large"', '"m5.large"').replace('"churn/models/"', '"churn/models"')
    program.write_text(text.replace('tags={"team"', 'tag={"team"'))

    done = environment.run(example, tmp_path)

    assert done.returncode == 1
    head, *lines = done.stderr.splitlines()
    assert head == "ScheduledTrainingJobArgs has 3 problems:"
    assert [line.partition(": ")[0].strip() for line in lines] == ["resources.instance_type", "output.s3_path", "tag"]
    assert "did you mean 'tags'?" in lines[2]
