"""The training code as SageMaker's own toolkit runs it, from a bundle."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from progress import METRIC_NAMES, metric_regex
from rehearsal.container.packages import packages_variables

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree


MakeJob = Callable[..., "JobTree"]

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / ".venv-container"


def run_under_the_toolkit(job: JobTree, bundle: Path) -> tuple[int, str]:
    """Run the job as SageMaker does: the image's `train` over /opt/ml; returns exit code and log."""
    with tarfile.open(bundle, "w:gz") as archive:
        for path in sorted((ROOT / "training_code").rglob("*.py")):
            archive.add(path, path.relative_to(ROOT / "training_code"))
    settings = job.hyperparameters | {
        "max_features": "auto",
        "bootstrap": "true",
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": str(bundle),
        "sagemaker_region": "us-east-1",
    }
    hosts = {"current_host": "localhost", "hosts": ["localhost"], "network_interface_name": "lo"}
    channels = {key: {"TrainingInputMode": "File", "ContentType": "text/csv"} for key in ("training", "packages")}
    brought = packages_variables(ROOT, CONTAINER, print)["SM_CHANNEL_PACKAGES"]
    (job.base / "input" / "data" / "packages").symlink_to(brought)
    config = job.base / "input" / "config"
    config.mkdir(parents=True)
    for name, content in (("hyperparameters", settings), ("resourceconfig", hosts), ("inputdataconfig", channels)):
        (config / f"{name}.json").write_text(json.dumps(content))
    environ = {name: value for name, value in job.process_environment().items() if not name.startswith("SM_")}
    environ |= {"PATH": f"{CONTAINER}/bin:{environ['PATH']}", "AWS_REGION": "us-east-1"}
    # Its command of that name may be that of sagemaker-containers, which the image holds as well.
    start = [CONTAINER / "bin" / "python", "-m", "sagemaker_training.cli.train"]
    done = subprocess.run(start, env=environ, text=True, capture_output=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


in_the_image = pytest.mark.skipif(
    not (CONTAINER / "bin/train").exists(), reason=".venv-container is not there: `make` builds it"
)


@in_the_image
def test_the_sagemaker_toolkit_runs_it(make: MakeJob, tmp_path: Path) -> None:
    job = make(CHECKPOINT_LOCAL_PATH=str(tmp_path / "checkpoints"))
    code, log = run_under_the_toolkit(job, tmp_path / "sourcedir.tar.gz")
    assert code == 0, log
    assert "Reporting training SUCCESS" in log
    for name in METRIC_NAMES:
        assert len(re.findall(f"^{metric_regex(name)}$", log, re.MULTILINE)) == 1
    assert (job.model / "model.joblib").exists()
    assert not job.failure.exists()
    (version,) = job.versions
    assert version.tags["training_job_name"] == "job-1"


@in_the_image
def test_the_sagemaker_toolkit_keeps_the_reason_of_a_failure(make: MakeJob, tmp_path: Path) -> None:
    job = make()
    job.hyperparameters["target_column"] = "diagnosis"
    code, log = run_under_the_toolkit(job, tmp_path / "sourcedir.tar.gz")
    reason = job.failure.read_text()
    assert code == 1
    assert reason.startswith("training/part-0.csv: has no target column 'diagnosis'; its columns are 'mean radius', ")
    assert f"training failed: {reason}" in log
    assert not list(job.model.glob("**/*"))
