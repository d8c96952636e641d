"""That a job finds an MLflow App by its ARN, with the plugin that travels with it: at a real MLflow server here.

The plugin is AWS's own, out of the archive of packages. Only where it sends is told otherwise, by its own variable.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.aws_clients import AwsClients
from rehearsal.container.packages import packages_variables
from rehearsal.local_servers.servers import start_servers
from rehearsal.sealed_environment import sealed_environment
from tests.operations.projects import require_container
from tests.training_code.breaking_way import NEVER, BreakingWay, breaking
from tests.training_code.conftest import write_breast_cancer

APP = "arn:aws:sagemaker:eu-west-1:210987654321:mlflow-app/app-ANFQ3RACFV2G"
SERVER = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/ml-platform"
PROJECT_DIRECTORY = Path(__file__).parents[3]
BUCKET = "bucket"
ASK = """
import json, os, sys, packages
packages.put_in_front(os.environ)
import mlflow, requests
from sagemaker_mlflow.auth_provider import AuthProvider
from sagemaker_mlflow.mlflow_sagemaker_helpers import SageMakerMLflowHostMetadataProvider
from sagemaker_mlflow.mlflow_sagemaker_request_header_provider import MlflowSageMakerRequestHeaderProvider
found = {}
for arn in sys.argv[1:]:
    mlflow.set_tracking_uri(arn)
    place = SageMakerMLflowHostMetadataProvider()
    place.set_arn(arn)
    request = requests.Request("GET", place.construct_tracking_server_url(), headers={"Connection": "keep-alive"})
    signed = AuthProvider().get_auth()(request.prepare())
    found[arn] = [place.construct_tracking_server_url(), signed.headers["Authorization"]]
    found[arn].append(MlflowSageMakerRequestHeaderProvider().request_headers())
print(json.dumps(found))
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def way(tmp_path: Path) -> Iterator[tuple[BreakingWay, dict[str, str]]]:
    with start_servers(tmp_path / "servers", region="us-east-1", artifact_root=f"s3://{BUCKET}/mlflow") as servers:
        servers.wait_until_ready()
        AwsClients(servers.endpoint_url, "us-east-1").s3.create_bucket(Bucket=BUCKET)
        with breaking(servers.tracking_uri, NEVER) as way:
            yield way, sealed_environment({}, region="us-east-1", endpoint_url=servers.endpoint_url)


def in_container(arguments: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = require_container()
    packages = packages_variables(PROJECT_DIRECTORY, environment, lambda _: None)
    return subprocess.run(
        [str(environment / "bin" / "python"), *arguments],
        env={**variables, **packages, "PYTHONPATH": str(PROJECT_DIRECTORY / "training_code")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_plugin_signs_for_an_app_in_its_own_region_and_calls_the_host_of_apps() -> None:
    done = in_container(["-c", ASK, APP, SERVER], sealed_environment({}, region="us-east-1", endpoint_url="http://h"))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found[APP][0] == "https://mlflow.sagemaker.eu-west-1.app.aws"
    assert re.search(r"Credential=\w+/\d{8}/eu-west-1/sagemaker/aws4_request", found[APP][1])
    assert found[APP][2] == {"x-sm-mlflow-app-arn": APP}
    assert found[SERVER][0] == "https://us-east-1.experiments.sagemaker.aws"
    assert re.search(r"Credential=\w+/\d{8}/us-east-1/sagemaker-mlflow/aws4_request", found[SERVER][1])


def test_a_job_tracks_to_an_app_and_registers_there(way: tuple[BreakingWay, dict[str, str]], tmp_path: Path) -> None:
    there, around = way
    training = tmp_path / "ml" / "input" / "data" / "training"
    write_breast_cancer(training)
    variables = {
        **around,
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": there.address,
        "SAGEMAKER_BASE_DIR": str(tmp_path / "ml"),
        "SM_CHANNEL_TRAINING": str(training),
        "TRAINING_JOB_NAME": "job-1",
        "MLFLOW_TRACKING_URI": APP,
        "MLFLOW_EXPERIMENT_NAME": "breast-cancer",
        "REGISTERED_MODEL_NAME": "breast-cancer",
    }

    done = in_container(
        [str(PROJECT_DIRECTORY / "training_code" / "train.py"), "--n_estimators", "5", "--n_jobs", "1"], variables
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"at {APP}" in done.stdout
    assert "registered: version 1 of breast-cancer by job-1" in done.stdout
    assert ("POST", "/api/2.0/mlflow/model-versions/create") in there.came_by
